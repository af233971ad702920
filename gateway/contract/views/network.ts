// What is answered about what the network shows.

import { Type, type Static } from 'typebox'
import { PersonRef } from './parts.ts'
import { closed, Instant, orNull } from '../primitives.ts'

/** One leg of the way through the plant: it begins where the one before ended. */
export const PathLegView = Type.Object(
  {
    /** Null: from outside. */
    from: orNull(Type.String()),
    to: Type.String(),
    toName: Type.String(),
    level: Type.Number(),
    conduit: orNull(Type.String()),
    /** In the order they are crossed. */
    boundaries: Type.Array(Type.String()),
    /** Why it may cross more than one without a hop. */
    spans: orNull(Type.String()),
  },
  closed,
)
export type PathLegView = Static<typeof PathLegView>

/** Sessions held against the kernel's sockets. What the asker may not read of is counted and not named. */
export const SocketsView = Type.Object(
  {
    at: Instant,
    /** False where the system shows no socket table: nothing else is known then. */
    known: Type.Boolean(),
    /** Does everything agree? */
    agrees: Type.Boolean(),
    sessions: Type.Array(
      Type.Object(
        {
          session: Type.String(),
          asset: Type.String(),
          /** `idle`: it has no connection to its target now. */
          state: Type.Union([Type.Literal('agreed'), Type.Literal('missing'), Type.Literal('idle')]),
          /** Both ends of it; null while there is none. */
          local: orNull(Type.String()),
          remote: orNull(Type.String()),
        },
        closed,
      ),
    ),
    /** Connections to a target that no session answers for. */
    strangers: Type.Array(
      Type.Object(
        {
          asset: Type.String(),
          local: Type.String(),
          remote: Type.String(),
          /** The number of the process that holds it; the gateway's own, or one it started. */
          process: Type.Integer(),
          isChild: Type.Boolean(),
        },
        closed,
      ),
    ),
    /** Connections others opened to the gateway's ports. */
    clients: Type.Integer(),
    /** Where else the gateway is connected: its own services. Only for admins; empty for others. */
    others: Type.Array(Type.String()),
  },
  closed,
)
export type SocketsView = Static<typeof SocketsView>

/** Addresses held against the inventory, by how many. */
export const ComparedView = Type.Object(
  { registered: Type.Integer(), unregistered: Type.Integer(), fresh: Type.Integer(), elsewhere: Type.Integer() },
  closed,
)
export type ComparedView = Static<typeof ComparedView>

export const SeenView = Type.Object(
  {
    id: Type.String(),
    address: Type.String(),
    plant: Type.String(),
    firstAt: Instant,
    lastAt: Instant,
    /** When somebody of the plant has to have said what it is. */
    triageBy: Instant,
    isOverdue: Type.Boolean(),
    /** A declared asset has it by now. */
    isDeclared: Type.Boolean(),
    decided: orNull(Type.Object({ verdict: Type.String(), by: PersonRef, at: Instant, reason: Type.String() }, closed)),
    mayTriage: Type.Boolean(),
  },
  closed,
)
export type SeenView = Static<typeof SeenView>

export const SeenListView = Type.Object(
  {
    items: Type.Array(SeenView),
    next: orNull(Type.String()),
    /** Of the addresses known to be in the plants' networks, how many are declared; `ratio` from 0 to 1. */
    accuracy: Type.Object(
      { declared: Type.Integer(), outstanding: Type.Integer(), ratio: orNull(Type.Number()) },
      closed,
    ),
  },
  closed,
)
export type SeenListView = Static<typeof SeenListView>

// What works: the gateway's own parts, and what the path of access leans on.

import { Type, type Static } from 'typebox'
import { Instant, closed, orNull } from '../primitives.ts'

/** `some`: a dependency that is degraded lets no new session of some people, or of some plants, begin. */
const NewSessions = Type.Union([Type.Literal('open'), Type.Literal('some'), Type.Literal('refused')])

export const PartView = Type.Object(
  {
    part: Type.Union([
      Type.Literal('recordings'),
      Type.Literal('ledger'),
      Type.Literal('outbox'),
      Type.Literal('clock'),
    ]),
    /** `stopped`: no new session begins. */
    state: Type.Union([Type.Literal('working'), Type.Literal('degraded'), Type.Literal('stopped')]),
    since: Instant,
    /** With figures, for the plant's own people; null for others. */
    text: orNull(Type.String()),
  },
  closed,
)
export type PartView = Static<typeof PartView>

export const DependencyView = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    kind: Type.String(),
    /** Who answers for it; null where the bundle does not declare it. */
    owner: orNull(Type.String()),
    inScope: Type.Boolean(),
    /** Plants that lean on it; empty: every one. */
    plants: Type.Array(Type.String()),
    state: Type.Union([Type.Literal('unknown'), Type.Literal('available'), Type.Literal('degraded')]),
    since: Instant,
    /** What it means for access while it is degraded, in sentences. */
    means: Type.Array(Type.String()),
    effect: Type.Union([Type.Literal('note'), Type.Literal('deny-new')]),
    /** How it is known; null for others than the plant's own people, as are the next three. */
    watch: orNull(Type.String()),
    lookedAt: orNull(Instant),
    problem: orNull(Type.String()),
    /** Of the day so far. */
    day: orNull(Type.Object({ good: Type.Integer(), failed: Type.Integer(), degradedMs: Type.Integer() }, closed)),
  },
  closed,
)
export type DependencyView = Static<typeof DependencyView>

/** The processes that carry SSH. */
export const CarriersView = Type.Object(
  {
    /** How many serve where all is well; 0: the gateway's own process carries all. */
    wanted: Type.Integer(),
    /** Above this one takes no more connections; null where there are none. */
    mostMebibytes: orNull(Type.Integer()),
    /** Since the gateway started; each took its sessions with it. */
    died: Type.Integer(),
    lastDiedAt: orNull(Instant),
    workers: Type.Array(
      Type.Object(
        {
          number: Type.Integer(),
          pid: Type.Integer(),
          /** `starting`: carries nothing yet; `retiring`: takes nothing more, and ends when what it has is over. */
          state: Type.Union([Type.Literal('starting'), Type.Literal('serving'), Type.Literal('retiring')]),
          connections: Type.Integer(),
          sessions: Type.Integer(),
          residentMebibytes: orNull(Type.Integer()),
        },
        closed,
      ),
    ),
  },
  closed,
)
export type CarriersView = Static<typeof CarriersView>

export const HealthView = Type.Object(
  {
    at: Instant,
    newSessions: NewSessions,
    parts: Type.Array(PartView),
    dependencies: Type.Array(DependencyView),
    /** For the plant's own people; null for others. */
    carriers: orNull(CarriersView),
  },
  closed,
)
export type HealthView = Static<typeof HealthView>

/** For the plant's monitoring: no names, no addresses, no login. */
export const ReadyView = Type.Object(
  {
    ok: Type.Boolean(),
    newSessions: NewSessions,
    degraded: Type.Object({ parts: Type.Integer(), dependencies: Type.Integer() }, closed),
  },
  closed,
)
export type ReadyView = Static<typeof ReadyView>

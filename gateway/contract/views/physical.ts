// What is answered about doors, cabinets and key switches.

import { Type, type Static } from 'typebox'
import { Instant, closed, orNull } from '../primitives.ts'

const Kind = Type.Union([Type.Literal('door'), Type.Literal('cabinet'), Type.Literal('key-switch')])
const State = Type.Union([
  Type.Literal('open'),
  Type.Literal('closed'),
  Type.Literal('forced'),
  Type.Literal('on'),
  Type.Literal('off'),
])

/** What one says now: as a session or an approver is shown it. */
export const PhysicalFactView = Type.Object(
  {
    source: Type.String(),
    name: Type.String(),
    kind: Kind,
    /** Null where it is silent. */
    state: orNull(State),
    since: orNull(Instant),
  },
  closed,
)
export type PhysicalFactView = Static<typeof PhysicalFactView>

export const PhysicalSourceView = Type.Object(
  {
    ...PhysicalFactView.properties,
    plant: Type.String(),
    zone: Type.String(),
    zoneName: Type.String(),
    asset: orNull(Type.String()),
    owner: Type.String(),
    /** Until when what it said counts, if nothing more comes. */
    until: orNull(Instant),
    silentAfterMinutes: Type.Integer(),
    /** Has it a secret to sign with? */
    enrolled: Type.Boolean(),
    /** The message that said so: the reference in the system it comes from. */
    message: orNull(Type.String()),
    /** Assets that ask for this key. */
    enables: Type.Array(Type.String()),
    /** Living sessions on what it is about. */
    sessions: Type.Array(Type.String()),
  },
  closed,
)
export type PhysicalSourceView = Static<typeof PhysicalSourceView>

/** `taken`: it counts. `again`: it was taken before. `out-of-order`: something newer was said since. */
export const PhysicalTakenView = Type.Object(
  { outcome: Type.Union([Type.Literal('taken'), Type.Literal('again'), Type.Literal('out-of-order')]) },
  closed,
)
export type PhysicalTakenView = Static<typeof PhysicalTakenView>

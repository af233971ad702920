// What is answered about people and logins, and of the gateway itself.

import { Type, type Static } from 'typebox'
import { Instant, closed, orNull } from '../primitives.ts'
import { BreachView } from './who-works-here.ts'

export const PersonView = Type.Object(
  {
    id: Type.String(),
    login: Type.String(),
    displayName: Type.String(),
    roles: Type.Array(Type.String()),
    supplier: orNull(Type.String()),
    /** As the bundle in force calls it, or its id where that has it no longer; null for the plant's own people. */
    supplierName: orNull(Type.String()),
    plants: Type.Array(Type.String()),
  },
  closed,
)
export type PersonView = Static<typeof PersonView>

export const MeView = Type.Object(
  {
    person: PersonView,
    csrf: Type.String(),
    /** Plants they read of, which lists can be asked for one by one. */
    reads: Type.Array(Type.Object({ id: Type.String(), name: Type.String() }, closed)),
    /** What they hold together that a rule keeps apart, enforced yet or not; absent where there is none. */
    breaches: Type.Optional(Type.Array(BreachView)),
  },
  closed,
)
export type MeView = Static<typeof MeView>

export const StatusView = Type.Object(
  {
    version: Type.String(),
    stage: Type.Union([Type.Literal('production'), Type.Literal('pre-production')]),
    bundle: Type.String(),
    scopeVersion: Type.String(),
    ssh: Type.Object({ host: Type.String(), port: Type.Integer(), fingerprint: Type.String() }, closed),
    ledger: Type.Object({ size: Type.Integer(), origin: Type.String(), checkpointAt: orNull(Instant) }, closed),
    now: Instant,
  },
  closed,
)
export type StatusView = Static<typeof StatusView>

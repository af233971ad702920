// What is answered about samples: the seed, what was drawn from, and which recordings came of it.

import { Type, type Static } from 'typebox'
import { PersonRef } from './parts.ts'
import { Instant, closed, orNull } from '../primitives.ts'

export const SampleView = Type.Object(
  {
    id: Type.String(),
    by: PersonRef,
    at: Instant,
    /** Of these plants; null for all. */
    plants: orNull(Type.Array(Type.String())),
    /** Sessions that began from `since` on, and before `until`. */
    since: Instant,
    until: Instant,
    /** How many were asked for. */
    count: Type.Integer(),
    /** The seed: its root in base64, as in its note. */
    checkpoint: Type.Object({ origin: Type.String(), size: Type.Integer(), root: Type.String() }, closed),
    /** How many recordings were drawn from. */
    population: Type.Integer(),
    /** In the order of the draw. */
    drawn: Type.Array(Type.Object({ session: Type.String(), review: Type.String() }, closed)),
  },
  closed,
)
export type SampleView = Static<typeof SampleView>

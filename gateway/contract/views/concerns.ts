// What is answered about concerns: something that nearly went wrong, told without blame.

import { Type, type Static } from 'typebox'
import { PersonRef } from './parts.ts'
import { Instant, closed, orNull } from '../primitives.ts'

export const ConcernView = Type.Object(
  {
    id: Type.String(),
    /** Null where it is about no asset or session. */
    plant: orNull(Type.String()),
    asset: orNull(Type.String()),
    assetName: orNull(Type.String()),
    session: orNull(Type.String()),
    what: Type.String(),
    /** Who reported it, for an isms-manager and for themself; null where it was reported without a name. */
    by: orNull(PersonRef),
    at: Instant,
    /** By when it should have been looked at. */
    dueAt: Instant,
    overdue: Type.Boolean(),
    closed: orNull(Type.Object({ at: Instant, learned: Type.String() }, closed)),
  },
  closed,
)
export type ConcernView = Static<typeof ConcernView>

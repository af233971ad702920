// What was agreed with customers about evidence that goes out to them.

import { Type, type Static } from 'typebox'
import { closed, orNull } from '../primitives.ts'

export const AgreementView = Type.Object(
  {
    id: Type.String(),
    customer: Type.String(),
    /** Where it is written down. */
    reference: Type.String(),
    owner: Type.String(),
    /** First and last day, inclusive, UTC (ISO 8601). */
    from: Type.String(),
    until: Type.String(),
    /** Kinds of evidence that go out: `recordings`, `sessions`, … */
    evidence: Type.Array(Type.String()),
    /** Why nothing goes out under it now; null where it does. */
    fault: orNull(Type.String()),
  },
  closed,
)
export type AgreementView = Static<typeof AgreementView>

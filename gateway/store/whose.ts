// Whose rows are listed: one person's, those of one of several (a person and the machine accounts they answer for), or
// everybody's.

import type { PersonId } from '../../policy/index.ts'

export type Whose = PersonId | readonly PersonId[] | null

/** As a list for a query; not to be asked of everybody's. */
export const idsOf = (whose: NonNullable<Whose>): readonly PersonId[] => (typeof whose === 'string' ? [whose] : whose)

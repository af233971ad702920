// What the safety integrity level of an asset demands before anything is done to it (IEC 61511-1:2016 clauses 5.2.6 and
// 17.2: who authorises a change is competent, and not who makes it; IEC 61508-1:2010 table 5: the higher the level, the
// more independent of each other are those who judge it). A bundle may demand more and never less.

import type { ApprovalNeed, Asset, OperationClass } from './model.ts'

const safetyEngineer: ApprovalNeed = { kind: 'role', role: 'safety-engineer' }

/** From this level on one safety engineer does not judge alone. */
const independentFrom = 3

/**
 * Yeses that an operation on the asset takes whatever the policies say: of a safety engineer, and at SIL 3 and 4 of two,
 * neither of them the other. Who only looks at a safety system needs one; at what is safety-related, none by this rule.
 * @param operationClass null where it is not known, which counts as the most there is.
 */
export function safetyNeeds(
  { safety, sil }: Pick<Asset, 'safety' | 'sil'>,
  operationClass: OperationClass | null,
): readonly ApprovalNeed[] {
  if (safety === 'none' || (safety === 'related' && sil === null)) return []
  if (operationClass === 'observe') return safety === 'SIS' ? [safetyEngineer] : []
  return sil !== null && sil >= independentFrom ? [safetyEngineer, safetyEngineer] : [safetyEngineer]
}

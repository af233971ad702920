// From the rules of a denial to the reason a session ends for. Several may hold: the one that says most wins.

import type { DecisionReason, EndReason } from '../../policy/index.ts'

/** First match wins; rules not named here are a plant's own, or say that nothing permits it any more. */
const ranks: readonly { readonly reason: EndReason; readonly is: (rule: string) => boolean }[] = [
  { reason: 'suspended', is: (rule) => rule === 'suspended' },
  { reason: 'person-disabled', is: (rule) => rule === 'person-disabled' },
  { reason: 'revoked', is: (rule) => rule === 'grant-closed' },
  { reason: 'scope-changed', is: (rule) => /^(scope|phase)-/.test(rule) },
  { reason: 'contract-ended', is: (rule) => rule === 'supplier-contract' },
  { reason: 'conduit-closed', is: (rule) => /^(conduit|boundary)-/.test(rule) },
  { reason: 'presence-gone', is: (rule) => /presence/.test(rule) },
  { reason: 'expired', is: (rule) => rule === 'grant-outside-window' },
]

export function endReasonFor(reasons: readonly DecisionReason[]): EndReason {
  const found = ranks.find(({ is }) => reasons.some(({ rule }) => is(rule)))
  return found?.reason ?? 'policy-changed'
}

// From the rules of a denial, or from a revoked grant, to the reason a session ends for. Several may hold: the one that
// says most wins.

import {
  quietWorld,
  suspensionOf,
  zoneOf,
  type Bundle,
  type DecisionReason,
  type EndReason,
  type Person,
  type Suspension,
} from '../../policy/index.ts'
import { saySuspension } from '../access/suspensions.ts'
import type { SessionFacts } from './facts.ts'

/** First match wins; rules not named here are a plant's own, or say that nothing permits it any more. */
const ranks: readonly { readonly reason: EndReason; readonly is: (rule: string) => boolean }[] = [
  { reason: 'suspended', is: (rule) => rule === 'suspended' },
  { reason: 'person-disabled', is: (rule) => rule === 'person-disabled' },
  { reason: 'owner-gone', is: (rule) => rule === 'machine-ownerless' },
  { reason: 'account-ended', is: (rule) => rule === 'machine-ended' },
  { reason: 'revoked', is: (rule) => rule === 'grant-closed' },
  { reason: 'scope-changed', is: (rule) => /^(scope|phase)-/.test(rule) },
  { reason: 'contract-ended', is: (rule) => rule === 'supplier-contract' },
  {
    reason: 'attestation-ended',
    is: (rule) => ['supplier-expectation', 'training-missing', 'attestation-missing'].includes(rule),
  },
  { reason: 'conduit-closed', is: (rule) => /^(conduit|boundary)-/.test(rule) },
  { reason: 'presence-gone', is: (rule) => rule === 'local-enable' || /presence/.test(rule) },
  { reason: 'dependency-down', is: (rule) => rule === 'dependency-down' },
  { reason: 'expired', is: (rule) => rule === 'grant-outside-window' },
]

/** Why it ends when its grant was revoked: a suspension revokes too, and then it is the suspension that is told. */
export function endOfRevoked(
  { asset }: Pick<SessionFacts, 'asset'>,
  person: Person,
  reason: string,
  bundle: Bundle,
  suspensions: readonly Suspension[],
): { readonly reason: EndReason; readonly detail: string } {
  const declared = bundle.assets.get(asset)
  const found = declared && suspensionOf({ ...quietWorld, suspensions }, declared, zoneOf(declared, bundle), [person])
  return found ? { reason: 'suspended', detail: saySuspension(found) } : { reason: 'revoked', detail: reason }
}

export function endReasonFor(reasons: readonly DecisionReason[]): EndReason {
  const found = ranks.find(({ is }) => reasons.some(({ rule }) => is(rule)))
  return found?.reason ?? 'policy-changed'
}

// A step on standing facts that is refused: kept as evidence, then thrown. Nothing else was changed.

import type { Events } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import { GatewayError, type ProblemCode } from '../errors.ts'
import type { Store } from '../store/store.ts'

export type RefusedStep = Events['standing.step_refused']

const problemOf: Record<RefusedStep['code'], ProblemCode> = {
  'own-access': 'policy-denied',
  'own-suspension': 'policy-denied',
  'own-item': 'policy-denied',
  'not-the-owner': 'not-found',
  'own-eligibility': 'policy-denied',
  'own-training': 'policy-denied',
  'own-supplier': 'policy-denied',
  'suspended-party': 'policy-denied',
  'role-missing': 'role-missing',
  'to-oneself': 'policy-denied',
  'to-a-supplier': 'policy-denied',
  'confirm-safe-state': 'confirm-safe-state',
  'not-attached': 'state-conflict',
  'wrong-code': 'policy-denied',
  'code-replayed': 'policy-denied',
  'too-many-tries': 'too-many-requests',
}

/** @throws GatewayError, always. @param text for who tried; never kept. */
export async function keepRefusal(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  refused: RefusedStep,
  text: string,
  extra: Readonly<Record<string, unknown>> = {},
): Promise<never> {
  await store.change((tx) => tx.ledger.append('standing.step_refused', clock.now(), refused))
  throw new GatewayError(problemOf[refused.code], text, extra)
}

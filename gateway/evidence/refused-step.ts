// A step on evidence that is refused: kept as evidence, then thrown. Nothing else was changed.

import type { Events } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import { GatewayError, type ProblemCode } from '../errors.ts'
import type { Store } from '../store/store.ts'

export type RefusedStep = Events['evidence.step_refused']

const problemOf: Record<RefusedStep['code'], ProblemCode> = {
  'own-hold': 'policy-denied',
  'own-proposal': 'policy-denied',
  'own-recording': 'policy-denied',
  'own-data': 'policy-denied',
  held: 'evidence-kept',
  kept: 'evidence-kept',
  'other-plant': 'role-missing',
}

/** @throws GatewayError, always. @param text for who tried; never kept. */
export async function refuseStep(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  refused: RefusedStep,
  text: string,
): Promise<never> {
  await store.change((tx) => tx.ledger.append('evidence.step_refused', clock.now(), refused))
  throw new GatewayError(problemOf[refused.code], text)
}

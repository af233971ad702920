// Refusing a step on a bundle: kept as evidence, then thrown. What holds for each step is proposals.ts's.

import { showProblem, type Events, type PersonId, type Problem, type ProposalId } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import { GatewayError, type ProblemCode } from '../errors.ts'
import type { Store } from '../store/store.ts'
import type { NotTaken } from './bundle-shelf.ts'

export type BundleRefusal = Events['policy.step_refused']['code']
export type BundleStep = Events['policy.step_refused']['step']

const publicCode: Readonly<Record<BundleRefusal, ProblemCode>> = {
  'bundle-invalid': 'bundle-invalid',
  'bundle-too-costly': 'bundle-too-costly',
  'bundle-outdated': 'bundle-outdated',
  'own-proposal': 'own-proposal',
  'own-review': 'own-review',
  'safety-review-missing': 'safety-review-missing',
  'dossier-incomplete': 'dossier-incomplete',
  'decision-missing': 'decision-missing',
  'no-review-needed': 'state-conflict',
  'not-the-plants': 'role-missing',
  'not-the-proposer': 'role-missing',
  'already-decided': 'state-conflict',
  'nothing-to-roll-back': 'state-conflict',
  'in-force-already': 'state-conflict',
}

export type RefuseStep = (
  step: BundleStep,
  code: BundleRefusal,
  person: PersonId,
  proposal: ProposalId | null,
  text: string,
  problems?: readonly Problem[],
) => Promise<never>

/** Keeps the refusal as evidence and throws it. */
export const refuseInto =
  ({ store, clock }: { readonly store: Store; readonly clock: Clock }): RefuseStep =>
  async (step, code, person, proposal, text, problems = []) => {
    await store.change((tx) => tx.ledger.append('policy.step_refused', clock.now(), { proposal, person, step, code }))
    throw new GatewayError(publicCode[code], text, problems.length > 0 ? { problems: problems.map(showProblem) } : {})
  }

/** The refusal that names every problem of a bundle, or says what it costs. */
export function invalidBundle({ code, problems }: NotTaken): GatewayError {
  if (code === 'bundle-too-costly') return new GatewayError(code, problems[0]?.reason ?? null)
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  return new GatewayError('bundle-invalid', `the bundle is not valid: ${count}`, {
    problems: problems.map(showProblem),
  })
}

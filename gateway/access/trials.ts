// What a proposed bundle did where nothing can break: a plant's pre-production copy, a simulator, a factory acceptance test.
// Each such test is evidence of its own, and part of the release dossier; dossier.ts says what is demanded of it.

import type { EvidenceEvent, PersonId, ProposalId } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { Store } from '../store/store.ts'
import type { Actor } from './authorize.ts'

export const trialResults = ['passed', 'failed'] as const
export type TrialResult = (typeof trialResults)[number]

export interface GivenTrial {
  readonly result: TrialResult
  /** Where it was: a site, a gateway of the pre-production stage, a test bench. */
  readonly site: string
  /** The record of the test. */
  readonly reference: string
  /** What was tried, and what came of it. */
  readonly findings: string
}

/** A test that is kept; a text is null where it was erased. */
export interface Trial {
  readonly index: number
  readonly at: number
  readonly by: PersonId
  readonly result: TrialResult
  readonly site: string | null
  readonly reference: string | null
  readonly findings: string | null
}

/**
 * Keeps that a proposal was tested outside production. It is about the bundle, whatever that is put on: a rebase leaves it.
 * @throws GatewayError `state-conflict` where the proposal is decided.
 */
export async function keepTrial(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  { person }: Actor,
  id: ProposalId,
  { result, site, reference, findings }: GivenTrial,
): Promise<void> {
  const state = await store.change(async (tx) => {
    const now = clock.now()
    const proposal = await tx.proposals.byId(id)
    if (proposal?.state !== 'open') {
      const refused = {
        proposal: proposal?.id ?? null,
        person: person.id,
        step: 'test',
        code: 'already-decided',
      } as const
      await tx.ledger.append('policy.step_refused', now, refused)
      return proposal?.state ?? null
    }
    await tx.ledger.append('policy.tested', now, {
      proposal: id,
      bundle: proposal.digest,
      by: person.id,
      result,
      site: await tx.ledger.commit(site),
      reference: await tx.ledger.commit(reference),
      findings: await tx.ledger.commit(findings),
    })
    return 'open'
  })
  if (state === null) throw new GatewayError('not-found', `no proposal \`${id}\``)
  if (state !== 'open')
    throw new GatewayError('state-conflict', `proposal \`${id}\` is ${state} already: read it again`)
}

/** The texts of an entry `policy.tested` beside it. */
export async function trialOf({ evidence }: Pick<Store, 'evidence'>, event: EvidenceEvent): Promise<Trial> {
  const commitments = (['site', 'reference', 'findings'] as const).map((field) => String(event.data[field]))
  const disclosed = await evidence.disclosed(commitments)
  const [site = null, reference = null, findings = null] = commitments.map((text) => disclosed.get(text) ?? null)
  return {
    index: event.index,
    at: event.at,
    by: String(event.data['by']) as PersonId,
    result: event.data['result'] === 'passed' ? 'passed' : 'failed',
    site,
    reference,
    findings,
  }
}

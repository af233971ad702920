// The release dossier of a bundle: the records a change of a validated system is released by (impact, test, safety
// review, approval, way back), gathered from the evidence, each with its ledger entry. Says what is missing and judges
// nothing else. Writes only what a dry run of a proposal found, so that it is there to be gathered.

import type { ActivationEffects, Bundle, Events, EvidenceEvent, PersonId, ProposalId } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Proposal } from '../store/proposals.ts'
import { newestFirst } from '../store/newest-first.ts'
import type { StoredSafetyReview } from '../store/safety-reviews.ts'
import type { Store } from '../store/store.ts'
import type { DryRunReport } from './dry-run.ts'
import { trialOf, type Trial } from './trials.ts'

/** An entry of the ledger that a record rests on. */
export interface Cited {
  readonly index: number
  readonly at: number
}

export interface DossierTest extends Cited {
  readonly by: PersonId
  readonly found: Omit<Events['policy.dry_run'], 'proposal' | 'bundle' | 'by'>
}

export interface Dossier {
  readonly proposal: Proposal
  /** What it changed, as counted when it was put in force. */
  readonly impact: (Cited & { readonly effects: ActivationEffects | null }) | null
  /** The last dry run before it was put in force, or the last of all while it waits. */
  readonly test: DossierTest | null
  /** The last test outside production before it was put in force, or the last of all while it waits. */
  readonly trial: Trial | null
  /** How many declarations on the safety path it touches. */
  readonly safetyTouches: number
  readonly reviews: readonly StoredSafetyReview[]
  readonly proposed: Cited | null
  /** Who put it in force. */
  readonly approval: (Cited & { readonly by: PersonId | null }) | null
  /** The rollback that took it out of force again, if one did. */
  readonly rolledBack: (Cited & { readonly by: PersonId | null }) | null
  /** Every entry about it, oldest first. */
  readonly entries: readonly (Cited & { readonly type: string })[]
  /** Records that are not there, in words. */
  readonly missing: readonly string[]
}

const types = [
  'policy.proposed',
  'policy.rejected',
  'policy.changed',
  'policy.dry_run',
  'policy.tested',
  'policy.step_refused',
  'safety.review_approved',
  'safety.review_rejected',
] as const

/** Gathers the dossier of a proposal, in whatever state it is. */
export async function dossierOf(store: Store, proposal: Proposal): Promise<Dossier> {
  const [reviews, events] = await Promise.all([store.safetyReviews.of(proposal), eventsAbout(store, proposal)])
  const cite = ({ index, at }: EvidenceEvent): Cited => ({ index, at })
  const isOf = (type: (typeof types)[number]) => (event: EvidenceEvent) => event.type === type
  const proposals = events.filter(isOf('policy.proposed'))
  const changes = events.filter(isOf('policy.changed'))
  const activation = changes.find(({ data }) => data['proposal'] === proposal.id) ?? null
  const rollback = changes.find(({ data }) => data['kind'] === 'rollback') ?? null
  const lastBefore = (type: (typeof types)[number]): EvidenceEvent | null =>
    events.findLast((event) => isOf(type)(event) && (activation === null || event.index < activation.index)) ?? null
  const test = lastBefore('policy.dry_run')
  const trial = lastBefore('policy.tested')
  const safetyTouches = Number(proposals.at(-1)?.data['safetyTouches'] ?? 0)
  const effects = activation === null ? null : effectsOf(activation)
  return {
    proposal,
    impact: activation === null ? null : { ...cite(activation), effects },
    test: test === null ? null : testOf(test),
    trial: trial === null ? null : await trialOf(store, trial),
    safetyTouches,
    reviews,
    proposed: proposals[0] === undefined ? null : cite(proposals[0]),
    approval: activation === null ? null : { ...cite(activation), by: personOf(activation) },
    rolledBack: rollback === null ? null : { ...cite(rollback), by: personOf(rollback) },
    entries: events.map(({ index, at, type }) => ({ index, at, type })),
    missing: [
      ...(proposal.change === null ? ['a change reference'] : []),
      ...(effects === null ? ['the impact, counted when it is put in force'] : []),
      ...(test === null ? ['a dry run against the decisions of the last days'] : []),
      ...(trial?.data['result'] === 'failed' ? ['a passed test outside production, because the last one failed'] : []),
      ...(safetyTouches > 0 && !isReviewed(reviews, proposal) ? ["a safety engineer's yes"] : []),
      ...(activation === null ? ["the second person's approval"] : []),
      ...(proposal.rollback === null ? ['a rollback plan'] : []),
    ],
  }
}

/** What a release has to show. Either rule is put aside by a release that keeps it, and not without. */
export interface Demanded {
  readonly completeDossier: boolean
  readonly testedFirst: boolean
}

export function demandedOf(inForce: Bundle, next: Bundle): Demanded {
  const either = (rule: keyof Demanded): boolean => inForce.scope[rule] || next.scope[rule]
  return { completeDossier: either('completeDossier'), testedFirst: either('testedFirst') }
}

/**
 * What keeps a proposal from being released, in words. Impact and approval come with the activation, and the safety review
 * is asked for in any case.
 */
export function lackingForRelease(dossier: Dossier, { completeDossier, testedFirst }: Demanded): readonly string[] {
  return [...(completeDossier ? lackingRecords(dossier) : []), ...(testedFirst ? lackingTrial(dossier) : [])]
}

function lackingTrial({ trial }: Dossier): readonly string[] {
  if (trial?.result === 'passed') return []
  const last = trial === null ? '' : ', because the last one failed'
  return [`a passed test outside production (\`bundle tested\`)${last}`]
}

function lackingRecords({ proposal, test, entries }: Dossier): readonly string[] {
  // A dry run from before it was put on another base looked at another difference.
  const based = entries.findLast(({ type }) => type === 'policy.proposed')?.index ?? 0
  const tested = test !== null && test.index > based
  return [
    ...(proposal.change === null ? ['a change reference (`--change`)'] : []),
    ...(tested ? [] : ['a dry run of it as it stands (`bundle dry-run --proposal`)']),
    ...(proposal.rollback === null ? ['a rollback plan (`--rollback`)'] : []),
  ]
}

/** Keeps what a dry run of a proposal found, as evidence. */
export async function keepDryRun(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  proposal: ProposalId,
  by: PersonId,
  days: number,
  { bundle, decisions, rebuilt, nowDenied, nowPermitted, otherRules }: DryRunReport,
): Promise<void> {
  const found = { decisions, rebuilt, nowDenied: nowDenied.count, nowPermitted: nowPermitted.count, otherRules }
  await store.change((tx) => tx.ledger.append('policy.dry_run', clock.now(), { proposal, bundle, by, days, ...found }))
}

/** Oldest first: what names the proposal, and the rollback that followed its activation, if one did. */
async function eventsAbout(store: Store, { id, digest }: Proposal): Promise<readonly EvidenceEvent[]> {
  const found: EvidenceEvent[] = []
  let rollback: EvidenceEvent | null = null
  for await (const event of newestFirst(store.evidence, { types, session: null })) {
    const { type, data } = event
    // The last one seen before the activation is the one that followed it.
    if (type === 'policy.changed' && data['kind'] === 'rollback' && data['from'] === digest) rollback = event
    if (data['proposal'] !== id) continue
    if (type === 'policy.changed' && rollback !== null) found.push(rollback)
    found.push(event)
    if (type === 'policy.proposed' && data['rebased'] === false) break
  }
  return found.toReversed()
}

/** Entries of before effects were counted have none. */
function effectsOf({ data }: EvidenceEvent): ActivationEffects | null {
  return (data as Partial<Events['policy.changed']>).effects ?? null
}

function testOf({ index, at, data }: EvidenceEvent): DossierTest {
  const count = (field: string): number => Number(data[field])
  return {
    index,
    at,
    by: String(data['by']) as PersonId,
    found: {
      days: count('days'),
      decisions: count('decisions'),
      rebuilt: count('rebuilt'),
      nowDenied: count('nowDenied'),
      nowPermitted: count('nowPermitted'),
      otherRules: count('otherRules'),
    },
  }
}

const personOf = ({ data }: EvidenceEvent): PersonId | null =>
  typeof data['activator'] === 'string' ? (data['activator'] as PersonId) : null

const isReviewed = (reviews: readonly StoredSafetyReview[], { base }: Proposal): boolean =>
  reviews.some((review) => review.verdict === 'approved' && review.voidAt === null && review.base === base)

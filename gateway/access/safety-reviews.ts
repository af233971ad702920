// The safety review of a proposal: a safety engineer of each plant it concerns looks at what it changes on the safety
// path, against a record that the change was validated, and says yes or no. What lies on the safety path is policy's;
// nothing that does is put in force without the yes: proposals.ts asks here.

import type { Bundle, Events, Person, PersonId, ProposalId, SafetyPath } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { Proposal } from '../store/proposals.ts'
import type { SafetyVerdict, StoredSafetyReview } from '../store/safety-reviews.ts'
import type { Store, Tables } from '../store/store.ts'
import type { Actor } from './authorize.ts'
import type { Taken } from './bundle-shelf.ts'
import { safetyInTurns } from './comparing.ts'

export interface SafetyStanding {
  readonly path: SafetyPath
  /** Every verdict there ever was on the proposal, and the noes to its bundle when it was proposed before; oldest first. */
  readonly reviews: readonly StoredSafetyReview[]
  /** Whose yes stands. */
  readonly reviewedBy: readonly PersonId[]
  /** What is missing before it may be activated, as a clause; null where nothing is. */
  readonly missing: string | null
}

export interface GivenVerdict {
  readonly verdict: SafetyVerdict
  /** The validation record; a yes names one. */
  readonly reference: string | null
  readonly comment: string
}

type Refusal = Events['policy.step_refused']['code']

export interface SafetyReviews {
  /** What stands for a proposal that touches `path`, read where `tables` reads. */
  standing(
    tables: Pick<Tables, 'safetyReviews' | 'people'>,
    proposal: Proposal,
    path: SafetyPath,
  ): Promise<SafetyStanding>
  /**
   * Gives a verdict on the proposal as it stands on `base`.
   * @throws GatewayError when it is not theirs to give, or the proposal is not what they read.
   */
  review(actor: Actor, proposal: Proposal, base: string, given: GivenVerdict): Promise<void>
}

/** As many as the evidence names; the count says how many there are. */
const mostNamed = 20

/** The first of what is touched, as the evidence names it. */
export const namesOf = ({ touches }: SafetyPath): readonly string[] =>
  touches.items.slice(0, mostNamed).map(({ section, id }) => (section === 'phases' ? id : `${section} ${id}`))

export function openSafetyReviews(deps: {
  readonly store: Store
  readonly clock: Clock
  readonly inForce: () => Bundle
  readonly take: (proposal: Proposal) => Promise<Taken>
  /** Keeps the refusal as evidence and throws it. */
  readonly refuse: (code: Refusal, person: PersonId, proposal: ProposalId, text: string) => Promise<never>
}): SafetyReviews {
  const { store, clock, inForce, take, refuse } = deps

  return {
    async standing(tables, proposal, path) {
      const reviews = await tables.safetyReviews.of(proposal)
      const people = await tables.people.byIds(reviews.map(({ person }) => person))
      return judgeSafety(path, proposal, reviews, people)
    },

    async review({ person }, proposal, base, { verdict, reference, comment }) {
      const { id, digest } = proposal
      if (verdict === 'approved' && reference === null)
        throw new GatewayError('malformed-body', 'a yes names the record of the validation in `reference`')
      const no = (code: Refusal, text: string): Promise<never> => refuse(code, person.id, id, text)
      if (proposal.state !== 'open')
        return no('already-decided', `proposal \`${id}\` is ${proposal.state} already: read it again`)
      if (proposal.by === person.id)
        return no('own-proposal', 'who proposed a bundle does not review its safety: another person has to')
      if (base !== inForce().digest || proposal.base !== base)
        return no(
          'bundle-outdated',
          'another bundle is in force than the proposal builds on: it has to be rebased first',
        )
      const path = await pathOf(proposal)
      const { count } = path.touches
      if (count === 0) return no('no-review-needed', 'nothing of this proposal lies on the safety path')
      const isTheirs = path.plants.length === 0 || path.plants.some((plant) => person.plants.includes(plant))
      if (person.supplier !== null || !isTheirs)
        return no('not-the-plants', `a safety engineer of plant ${path.plants.join(' or ')} reviews this`)
      const done = await store.change(async (tx) => {
        const at = clock.now()
        const now = await tx.proposals.byId(id)
        if (now?.state !== 'open' || now.base !== base) {
          await tx.ledger.append('policy.step_refused', at, {
            proposal: id,
            person: person.id,
            step: 'review',
            code: 'already-decided',
          })
          return false
        }
        const row = { proposal: id, base, verdict, person: person.id, at, reference, comment, voidAt: null }
        await tx.safetyReviews.insert(row)
        await tx.ledger.append(`safety.review_${verdict}`, at, {
          proposal: id,
          bundle: digest,
          base,
          by: person.id,
          reference: reference === null ? null : await tx.ledger.commit(reference),
          comment: await tx.ledger.commit(comment),
          touches: count,
          of: namesOf(path),
          sil: path.sil,
        })
        return true
      })
      if (!done) throw new GatewayError('state-conflict', 'somebody else was faster: read it again')
    },
  }

  async function pathOf(proposal: Proposal): Promise<SafetyPath> {
    const taken = await take(proposal)
    if (taken.kind === 'invalid')
      throw new GatewayError(taken.code, 'the bundle cannot be read by this version: it cannot be reviewed')
    try {
      return await safetyInTurns(inForce(), taken.bundle)
    } finally {
      taken.giveBack()
    }
  }
}

/**
 * Says whether what was said of a proposal's safety is enough: a yes from a safety engineer of each plant concerned, and
 * no standing no. The latest verdict of a person is theirs; one of somebody who is no safety engineer any more counts
 * only where it is a no.
 */
export function judgeSafety(
  path: SafetyPath,
  { base, by }: Pick<Proposal, 'base' | 'by'>,
  reviews: readonly StoredSafetyReview[],
  people: ReadonlyMap<string, Person>,
): SafetyStanding {
  const latest = new Map<PersonId, StoredSafetyReview>()
  for (const review of reviews) if (review.voidAt === null && review.base === base) latest.set(review.person, review)
  const fit = [...latest.values()].flatMap(({ person, verdict }) => {
    const known = people.get(person)
    const isFit = known?.disabled === false && known.supplier === null && known.roles.includes('safety-engineer')
    return isFit && verdict === 'approved' && person !== by ? [known] : []
  })
  const reviewedBy = fit.map(({ id }) => id)
  const standing = { path, reviews, reviewedBy }
  if (path.touches.count === 0) return { ...standing, missing: null }
  if ([...latest.values()].some(({ verdict }) => verdict === 'rejected'))
    return { ...standing, missing: 'a safety engineer said no to it' }
  if (fit.length === 0)
    return { ...standing, missing: 'a safety engineer has to review what it changes on the safety path' }
  const uncovered = path.plants.filter((plant) => !fit.some(({ plants }) => plants.includes(plant)))
  if (uncovered.length === 0) return { ...standing, missing: null }
  return {
    ...standing,
    missing: `a safety engineer of plant ${uncovered.join(' and of plant ')} has to review it as well`,
  }
}

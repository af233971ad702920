// The safety review and the dossier of a proposal as views of the contract. Names stand beside ids.

import { sayTouch, type Bundle, type PersonId } from '../../policy/index.ts'
import type { Actor } from '../access/authorize.ts'
import type { Dossier } from '../access/dossier.ts'
import type { SafetyStanding } from '../access/safety-reviews.ts'
import type { DossierView, SafetyReviewView, SafetyView } from '../contract/release-views.ts'
import type { PersonRef } from '../contract/views.ts'
import type { Proposal } from '../store/proposals.ts'
import type { StoredSafetyReview } from '../store/safety-reviews.ts'
import type { Store } from '../store/store.ts'
import { refOf } from './person-ref.ts'

/** Who reads proposals and dossiers beside those who handle bundles. */
export const releaseReaders = ['auditor', 'safety-engineer'] as const

type Refs = (id: PersonId) => PersonRef
/** What of the bundle in force names people's suppliers. */
type Names = Pick<Bundle, 'suppliers'>

async function refsIn(store: Store, bundle: Names, ids: readonly (PersonId | null)[]): Promise<Refs> {
  const people = await store.people.byIds(ids.filter((id) => id !== null))
  return (id) => refOf(people, id, bundle)
}

const reviewViews = (reviews: readonly StoredSafetyReview[], base: string, ref: Refs): SafetyReviewView[] =>
  reviews.map(({ verdict, person, at, reference, comment, voidAt, base: of }) => ({
    verdict,
    by: ref(person),
    at,
    reference,
    comment,
    void: voidAt !== null || of !== base,
  }))

export async function safetyView(
  store: Store,
  bundle: Names,
  { person }: Actor,
  proposal: Proposal,
  { path, reviews, missing }: SafetyStanding,
): Promise<SafetyView> {
  const { touches, plants } = path
  const ref = await refsIn(
    store,
    bundle,
    reviews.map((review) => review.person),
  )
  const isTheirs = plants.length === 0 || plants.some((plant) => person.plants.includes(plant))
  return {
    touches: touches.count,
    lines: touches.items.map(sayTouch),
    plants: [...plants],
    reviews: reviewViews(reviews, proposal.base, ref),
    missing,
    mayReview:
      touches.count > 0 &&
      isTheirs &&
      person.supplier === null &&
      person.roles.includes('safety-engineer') &&
      person.id !== proposal.by,
  }
}

export async function dossierView(store: Store, bundle: Names, dossier: Dossier): Promise<DossierView> {
  const { proposal, impact, test, trial, reviews, proposed, approval, rolledBack, entries, missing } = dossier
  const people = [proposal.by, test?.by ?? null, trial?.by ?? null, approval?.by ?? null, rolledBack?.by ?? null]
  const ref = await refsIn(store, bundle, [...people, ...reviews.map(({ person }) => person)])
  const maybe = (id: PersonId | null): PersonRef | null => (id === null ? null : ref(id))
  const effects = impact?.effects ?? null
  return {
    proposal: proposal.id,
    state: proposal.state,
    bundle: proposal.digest,
    base: proposal.base,
    scopeVersion: proposal.scopeVersion,
    comment: proposal.comment,
    change: proposal.change,
    proposed: proposed === null ? null : { ...proposed, by: maybe(proposal.by) },
    impact:
      impact === null
        ? null
        : {
            index: impact.index,
            at: impact.at,
            assetsMoved: effects?.assetsMoved ?? null,
            changes: effects?.changes ?? null,
            grantsOpen: effects?.grants?.open ?? null,
            grantsEnded: effects?.grants?.ended ?? null,
            sessionsEnded: effects?.grants?.sessions ?? null,
          },
    test: test === null ? null : { index: test.index, at: test.at, by: ref(test.by), ...test.found },
    trial: trial === null ? null : { ...trial, by: ref(trial.by) },
    safety: { touches: dossier.safetyTouches, reviews: reviewViews(reviews, proposal.base, ref) },
    approval: approval === null ? null : { index: approval.index, at: approval.at, by: maybe(approval.by) },
    rollback: {
      plan: proposal.rollback,
      done: rolledBack === null ? null : { index: rolledBack.index, at: rolledBack.at, by: maybe(rolledBack.by) },
    },
    entries: entries.map((entry) => ({ ...entry })),
    missing: [...missing],
  }
}

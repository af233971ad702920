// Verdicts of safety engineers on proposals that touch the safety path. A verdict is never changed: a later one of the
// same person stands for the earlier, and putting the proposal on another base voids all of them.

import type { PersonId, ProposalId } from '../../policy/index.ts'
import type { Proposal } from './proposals.ts'
import type { Db, Schema } from './schema.ts'

export const safetyVerdicts = ['approved', 'rejected'] as const
export type SafetyVerdict = (typeof safetyVerdicts)[number]

export interface StoredSafetyReview {
  /** Counted from 1 without gaps: the order they were given in. */
  readonly seq: number
  readonly proposal: ProposalId
  /** Digest of the bundle the proposal was compared with. */
  readonly base: string
  readonly verdict: SafetyVerdict
  readonly person: PersonId
  readonly at: number
  /** The validation record it names; only a rejection may have none. */
  readonly reference: string | null
  readonly comment: string
  readonly voidAt: number | null
}

export interface SafetyReviews {
  insert(review: Omit<StoredSafetyReview, 'seq'>): Promise<void>
  /** Of this proposal, with those that are void, and the noes to the same bundle when it was proposed before; oldest first. */
  of(proposal: Pick<Proposal, 'id' | 'digest'>): Promise<readonly StoredSafetyReview[]>
  /** Voids what stands on the proposal. */
  voidAll(proposal: ProposalId, at: number): Promise<void>
}

function reviewOf(row: Schema['safety_review']): StoredSafetyReview {
  return {
    seq: Number(row.seq),
    proposal: row.proposal as ProposalId,
    base: row.base,
    verdict: row.verdict as SafetyVerdict,
    person: row.person as PersonId,
    at: Number(row.at),
    reference: row.reference,
    comment: row.comment,
    voidAt: row.void_at === null ? null : Number(row.void_at),
  }
}

export function safetyReviewsIn(db: Db): SafetyReviews {
  return {
    async insert({ proposal, base, verdict, person, at, reference, comment, voidAt }) {
      const last = await db
        .selectFrom('safety_review')
        .select((eb) => eb.fn.max('seq').as('seq'))
        .executeTakeFirst()
      await db
        .insertInto('safety_review')
        .values({
          seq: Number(last?.seq ?? 0) + 1,
          proposal,
          base,
          verdict,
          person,
          at,
          reference,
          comment,
          void_at: voidAt,
        })
        .execute()
    },
    async of({ id, digest }) {
      const twins = db.selectFrom('bundle_proposal').select('id').where('digest', '=', digest)
      const rows = await db
        .selectFrom('safety_review')
        .selectAll()
        .where((eb) =>
          eb.or([
            eb('proposal', '=', id),
            eb.and([eb('proposal', 'in', twins), eb('verdict', '=', 'rejected'), eb('void_at', 'is', null)]),
          ]),
        )
        .orderBy('seq')
        .execute()
      return rows.map(reviewOf)
    },
    async voidAll(proposal, at) {
      await db
        .updateTable('safety_review')
        .set({ void_at: at })
        .where('proposal', '=', proposal)
        .where('void_at', 'is', null)
        .execute()
    },
  }
}

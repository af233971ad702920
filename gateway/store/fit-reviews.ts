// Who went through the scope-fit report, when, and what was declared then.

import type { FitReviewId, Instant, KnownThings, PersonId } from '../../policy/index.ts'
import type { Db } from './schema.ts'

export interface StoredFitReview {
  readonly id: FitReviewId
  readonly by: PersonId
  readonly at: Instant
  readonly dueAt: Instant
  readonly bundle: string
  /** What follows from the report, in words. */
  readonly decisions: string
  readonly known: KnownThings
}

export interface FitReviews {
  insert(review: StoredFitReview): Promise<void>
  /** The newest, or null while nobody has looked. */
  last(): Promise<StoredFitReview | null>
}

export function fitReviewsIn(db: Db): FitReviews {
  return {
    async insert({ id, by, at, dueAt, bundle, decisions, known }) {
      await db
        .insertInto('scope_fit_review')
        .values({ id, by_person: by, at, due_at: dueAt, bundle, decisions, known: JSON.stringify(known) })
        .execute()
    },
    async last() {
      const row = await db
        .selectFrom('scope_fit_review')
        .selectAll()
        .orderBy('at', 'desc')
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst()
      if (row === undefined) return null
      return {
        id: row.id as FitReviewId,
        by: row.by_person as PersonId,
        at: row.at,
        dueAt: row.due_at,
        bundle: row.bundle,
        decisions: row.decisions,
        known: JSON.parse(row.known) as KnownThings,
      }
    },
  }
}

// Reviews that are owed: of emergency and break-glass access, of sessions whose policy asks for one, and of those that
// were drawn at random.

import type {
  AssetId,
  GrantId,
  Instant,
  PersonId,
  PlantId,
  RequestId,
  ReviewId,
  SessionId,
} from '../../policy/index.ts'
import type { Db, Schema } from './schema.ts'

export const reviewKinds = ['emergency', 'break-glass', 'session', 'sample'] as const
export type ReviewKind = (typeof reviewKinds)[number]
/** `justified`: the access was right and was used as it was meant. */
export const reviewVerdicts = ['justified', 'not-justified'] as const
export type ReviewVerdict = (typeof reviewVerdicts)[number]

export interface OpenReview {
  readonly id: ReviewId
  readonly kind: ReviewKind
  readonly request: RequestId
  readonly grant: GrantId
  /** Set where one session is reviewed. */
  readonly session: SessionId | null
  /** Who used the access. */
  readonly person: PersonId
  readonly asset: AssetId
  readonly plant: PlantId
  readonly openedAt: Instant
  readonly dueAt: Instant
}

export interface ReviewClosing {
  readonly by: PersonId
  readonly at: Instant
  readonly verdict: ReviewVerdict
  readonly comment: string
}

export interface StoredReview extends OpenReview {
  readonly overdueAt: Instant | null
  readonly closed: ReviewClosing | null
}

export interface Reviews {
  insert(review: OpenReview): Promise<void>
  byId(id: ReviewId): Promise<StoredReview | null>
  /** Those of a grant and of its sessions. */
  ofGrant(grant: GrantId): Promise<readonly StoredReview[]>
  /** False when somebody closed it meanwhile. */
  close(id: ReviewId, closing: ReviewClosing): Promise<boolean>
  /** False when it was closed, or noticed as overdue, meanwhile. */
  moveDue(id: ReviewId, dueAt: Instant): Promise<boolean>
  /** Newest first. */
  list(open: boolean): Promise<readonly StoredReview[]>
  /** Open, past their day, and not noticed yet. */
  newlyOverdue(now: Instant): Promise<readonly StoredReview[]>
  /** False when it was noticed already. */
  markOverdue(id: ReviewId, now: Instant): Promise<boolean>
}

function reviewOf(row: Schema['review']): StoredReview {
  return {
    id: row.id as ReviewId,
    kind: row.kind as ReviewKind,
    request: row.request as RequestId,
    grant: row.grant_id as GrantId,
    session: row.session as SessionId | null,
    person: row.person as PersonId,
    asset: row.asset as AssetId,
    plant: row.plant as PlantId,
    openedAt: row.opened_at,
    dueAt: row.due_at,
    overdueAt: row.overdue_at,
    closed:
      row.closed_at === null
        ? null
        : {
            by: row.closed_by as PersonId,
            at: row.closed_at,
            verdict: row.verdict as ReviewVerdict,
            comment: row.comment ?? '',
          },
  }
}

export function reviewsIn(db: Db): Reviews {
  return {
    async insert(review) {
      await db
        .insertInto('review')
        .values({
          id: review.id,
          kind: review.kind,
          request: review.request,
          grant_id: review.grant,
          session: review.session,
          person: review.person,
          asset: review.asset,
          plant: review.plant,
          opened_at: review.openedAt,
          due_at: review.dueAt,
          overdue_at: null,
          closed_by: null,
          closed_at: null,
          verdict: null,
          comment: null,
        })
        .execute()
    },
    async byId(id) {
      const row = await db.selectFrom('review').selectAll().where('id', '=', id).executeTakeFirst()
      return row ? reviewOf(row) : null
    },
    async ofGrant(grant) {
      return (await db.selectFrom('review').selectAll().where('grant_id', '=', grant).execute()).map(reviewOf)
    },
    async close(id, { by, at, verdict, comment }) {
      const done = await db
        .updateTable('review')
        .set({ closed_by: by, closed_at: at, verdict, comment })
        .where('id', '=', id)
        .where('closed_at', 'is', null)
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
    async moveDue(id, dueAt) {
      const done = await db
        .updateTable('review')
        .set({ due_at: dueAt })
        .where('id', '=', id)
        .where('closed_at', 'is', null)
        .where('overdue_at', 'is', null)
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
    async list(open) {
      let query = db.selectFrom('review').selectAll().orderBy('id', 'desc')
      if (open) query = query.where('closed_at', 'is', null)
      return (await query.execute()).map(reviewOf)
    },
    async newlyOverdue(now) {
      const rows = await db
        .selectFrom('review')
        .selectAll()
        .where('closed_at', 'is', null)
        .where('due_at', '<=', now)
        .where('overdue_at', 'is', null)
        .execute()
      return rows.map(reviewOf)
    },
    async markOverdue(id, now) {
      const done = await db
        .updateTable('review')
        .set({ overdue_at: now })
        .where('id', '=', id)
        .where('overdue_at', 'is', null)
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
  }
}

// Viewings of recordings that a second person has to agree to: asked, answered, and until when they may be looked at.

import type { Instant, PersonId, SessionId, ViewingId } from '../../policy/index.ts'
import type { Page } from './requests.ts'
import type { Db, Schema } from './schema.ts'

/** `expired`: nobody answered in time. */
export type ViewingState = 'asked' | 'confirmed' | 'refused' | 'expired'

export interface StoredViewing {
  readonly id: ViewingId
  readonly session: SessionId
  readonly viewer: PersonId
  readonly purpose: string
  readonly askedAt: Instant
  readonly answerBy: Instant
  readonly state: ViewingState
  readonly answered: { readonly by: PersonId; readonly at: Instant; readonly reason: string | null } | null
  /** Null until somebody agreed. */
  readonly viewUntil: Instant | null
}

export interface Viewings {
  /** False where the same person's question about the same session waits already. */
  insert(viewing: StoredViewing): Promise<boolean>
  byId(id: ViewingId): Promise<StoredViewing | null>
  /** One that was agreed to and has not ended. */
  openFor(session: SessionId, viewer: PersonId, now: Instant): Promise<StoredViewing | null>
  /** False where somebody else answered meanwhile, or it is too late. */
  answer(
    id: ViewingId,
    answer: {
      readonly state: 'confirmed' | 'refused'
      readonly by: PersonId
      readonly at: Instant
      readonly reason: string | null
      readonly viewUntil: Instant | null
    },
  ): Promise<boolean>
  /** Questions that nobody answered in time, which are over now. */
  expire(now: Instant): Promise<readonly StoredViewing[]>
  hasOverdue(now: Instant): Promise<boolean>
  /** Newest first. */
  list(page: Page): Promise<readonly StoredViewing[]>
}

function viewingOf(row: Schema['viewing']): StoredViewing {
  return {
    id: row.id as ViewingId,
    session: row.session as SessionId,
    viewer: row.viewer as PersonId,
    purpose: row.purpose,
    askedAt: row.asked_at,
    answerBy: row.answer_by,
    state: row.state as ViewingState,
    answered:
      row.answered_at === null ? null : { by: row.answered_by as PersonId, at: row.answered_at, reason: row.reason },
    viewUntil: row.view_until,
  }
}

export function viewingsIn(db: Db): Viewings {
  const all = () => db.selectFrom('viewing').selectAll()
  return {
    async insert({ id, session, viewer, purpose, askedAt, answerBy, state, answered, viewUntil }) {
      const inserted = await db
        .insertInto('viewing')
        .values({
          id,
          session,
          viewer,
          purpose,
          asked_at: askedAt,
          answer_by: answerBy,
          state,
          answered_by: answered?.by ?? null,
          answered_at: answered?.at ?? null,
          reason: answered?.reason ?? null,
          view_until: viewUntil,
        })
        .onConflict((c) => c.doNothing())
        .executeTakeFirst()
      return inserted.numInsertedOrUpdatedRows === 1n
    },
    async byId(id) {
      const row = await all().where('id', '=', id).executeTakeFirst()
      return row ? viewingOf(row) : null
    },
    async openFor(session, viewer, now) {
      const row = await all()
        .where('session', '=', session)
        .where('viewer', '=', viewer)
        .where('state', '=', 'confirmed')
        .where('view_until', '>', now)
        .orderBy('view_until', 'desc')
        .executeTakeFirst()
      return row ? viewingOf(row) : null
    },
    async answer(id, { state, by, at, reason, viewUntil }) {
      const done = await db
        .updateTable('viewing')
        .set({ state, answered_by: by, answered_at: at, reason, view_until: viewUntil })
        .where('id', '=', id)
        .where('state', '=', 'asked')
        .where('answer_by', '>', at)
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
    async expire(now) {
      const rows = await db
        .updateTable('viewing')
        .set({ state: 'expired' })
        .where('state', '=', 'asked')
        .where('answer_by', '<=', now)
        .returningAll()
        .execute()
      return rows.map(viewingOf)
    },
    async hasOverdue(now) {
      const row = await db
        .selectFrom('viewing')
        .select('id')
        .where('state', '=', 'asked')
        .where('answer_by', '<=', now)
        .limit(1)
        .executeTakeFirst()
      return row !== undefined
    },
    async list({ limit, before }) {
      let query = all().orderBy('id', 'desc').limit(limit)
      if (before !== null) query = query.where('id', '<', before)
      return (await query.execute()).map(viewingOf)
    },
  }
}

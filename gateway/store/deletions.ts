// Deletions of recordings: proposed by one person, confirmed by another, and what has become of each recording since.

import type { DeletionId, Instant, PersonId, SessionId } from '../../policy/index.ts'
import type { Page } from './requests.ts'
import type { Db, Schema } from './schema.ts'

/** `confirmed`: not every recording is gone yet. */
export type DeletionState = 'open' | 'confirmed' | 'withdrawn' | 'done'
/** `stopped`: it has to be kept after all. */
export type ItemState = 'waiting' | 'removing' | 'deleted' | 'stopped'

export interface DeletionItem {
  readonly session: SessionId
  /** Id of its retention class when it was proposed, and until when that kept it. */
  readonly retention: string
  readonly keptUntil: Instant
  readonly bytes: number
  readonly state: ItemState
  readonly at: Instant | null
  readonly problem: string | null
}

export interface StoredDeletion {
  readonly id: DeletionId
  readonly by: PersonId
  readonly at: Instant
  readonly reason: string
  readonly state: DeletionState
  readonly decided: { readonly by: PersonId; readonly at: Instant; readonly words: string } | null
}

export interface DeletedRecording {
  readonly deletion: StoredDeletion
  readonly item: DeletionItem
}

export interface Deletions {
  insert(
    deletion: Omit<StoredDeletion, 'state' | 'decided'>,
    items: readonly Omit<DeletionItem, 'state' | 'at' | 'problem'>[],
  ): Promise<void>
  byId(id: DeletionId): Promise<StoredDeletion | null>
  items(id: DeletionId): Promise<readonly DeletionItem[]>
  /** False when somebody decided meanwhile. */
  decide(
    id: DeletionId,
    state: 'confirmed' | 'withdrawn',
    decided: NonNullable<StoredDeletion['decided']>,
  ): Promise<boolean>
  finish(id: DeletionId): Promise<void>
  setItem(
    id: DeletionId,
    session: SessionId,
    change: { readonly state?: ItemState; readonly at?: Instant; readonly problem: string | null },
  ): Promise<void>
  /** Confirmed and not finished, oldest first. */
  unfinished(): Promise<readonly StoredDeletion[]>
  /** Newest first. */
  list(page: Page): Promise<readonly StoredDeletion[]>
  /** Sessions among these that stand in a deletion which is open or under way. */
  pending(sessions: readonly SessionId[]): Promise<ReadonlySet<SessionId>>
  /** How a recording came to be deleted. */
  ofDeleted(session: SessionId): Promise<DeletedRecording | null>
}

function deletionOf(row: Schema['deletion']): StoredDeletion {
  return {
    id: row.id as DeletionId,
    by: row.by_person as PersonId,
    at: row.at,
    reason: row.reason,
    state: row.state as DeletionState,
    decided:
      row.decided_at === null ? null : { by: row.decided_by as PersonId, at: row.decided_at, words: row.words ?? '' },
  }
}

function itemOf(row: Schema['deletion_item']): DeletionItem {
  return {
    session: row.session as SessionId,
    retention: row.retention,
    keptUntil: row.kept_until,
    bytes: row.bytes,
    state: row.state as ItemState,
    at: row.at,
    problem: row.problem,
  }
}

export function deletionsIn(db: Db): Deletions {
  const all = () => db.selectFrom('deletion').selectAll()
  return {
    async insert({ id, by, at, reason }, items) {
      await db
        .insertInto('deletion')
        .values({ id, by_person: by, at, reason, state: 'open', decided_by: null, decided_at: null, words: null })
        .execute()
      for (const { session, retention, keptUntil, bytes } of items)
        await db
          .insertInto('deletion_item')
          .values({
            deletion: id,
            session,
            retention,
            kept_until: keptUntil,
            bytes,
            state: 'waiting',
            at: null,
            problem: null,
          })
          .execute()
    },
    async byId(id) {
      const row = await all().where('id', '=', id).executeTakeFirst()
      return row ? deletionOf(row) : null
    },
    async items(id) {
      const rows = await db
        .selectFrom('deletion_item')
        .selectAll()
        .where('deletion', '=', id)
        .orderBy('session')
        .execute()
      return rows.map(itemOf)
    },
    async decide(id, state, { by, at, words }) {
      const done = await db
        .updateTable('deletion')
        .set({ state, decided_by: by, decided_at: at, words })
        .where('id', '=', id)
        .where('state', '=', 'open')
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
    async finish(id) {
      await db.updateTable('deletion').set({ state: 'done' }).where('id', '=', id).execute()
    },
    async setItem(id, session, { state, at, problem }) {
      await db
        .updateTable('deletion_item')
        .set({ problem, ...(state === undefined ? {} : { state }), ...(at === undefined ? {} : { at }) })
        .where('deletion', '=', id)
        .where('session', '=', session)
        .execute()
    },
    async unfinished() {
      return (await all().where('state', '=', 'confirmed').orderBy('id').execute()).map(deletionOf)
    },
    async list({ limit, before }) {
      let query = all().orderBy('id', 'desc').limit(limit)
      if (before !== null) query = query.where('id', '<', before)
      return (await query.execute()).map(deletionOf)
    },
    async pending(sessions) {
      if (sessions.length === 0) return new Set()
      const rows = await db
        .selectFrom('deletion_item')
        .innerJoin('deletion', 'deletion.id', 'deletion_item.deletion')
        .select('deletion_item.session')
        .where('deletion_item.session', 'in', [...sessions])
        .where('deletion.state', 'in', ['open', 'confirmed'])
        .where('deletion_item.state', 'in', ['waiting', 'removing'])
        .execute()
      return new Set(rows.map(({ session }) => session as SessionId))
    },
    async ofDeleted(session) {
      const row = await db
        .selectFrom('deletion_item')
        .selectAll()
        .where('session', '=', session)
        .where('state', '=', 'deleted')
        .executeTakeFirst()
      const stored = row ? await all().where('id', '=', row.deletion).executeTakeFirst() : undefined
      return row && stored ? { deletion: deletionOf(stored), item: itemOf(row) } : null
    },
  }
}

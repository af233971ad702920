// Erasures of personal data: proposed by one person, confirmed by another. Erasing is taking out the salt and the value a
// commitment stands for; what stands in the ledger is not touched.

import type { Commitment, ErasureId, ErasureSubject, Instant, PersonId } from '../../policy/index.ts'
import { openSharedTurns } from '../turns.ts'
import type { Page } from './requests.ts'
import type { Db, Schema } from './schema.ts'

export type ErasureState = 'open' | 'withdrawn' | 'done'

export interface StoredErasure {
  readonly id: ErasureId
  readonly subject: ErasureSubject
  readonly by: PersonId
  readonly at: Instant
  readonly reason: string
  /** Values that could be erased when it was proposed; when it is done, those that were. */
  readonly count: number
  readonly state: ErasureState
  readonly decided: { readonly by: PersonId; readonly at: Instant; readonly words: string } | null
}

export interface Erasures {
  insert(erasure: Omit<StoredErasure, 'state' | 'decided'>): Promise<void>
  byId(id: ErasureId): Promise<StoredErasure | null>
  /** False when somebody decided meanwhile. */
  decide(
    id: ErasureId,
    state: 'done' | 'withdrawn',
    decided: NonNullable<StoredErasure['decided']> & { readonly count: number },
  ): Promise<boolean>
  /** Newest first. */
  list(page: Page): Promise<readonly StoredErasure[]>
  /** Of these commitments, those whose value is still kept. In turns: not for inside a transaction. */
  kept(commitments: readonly string[]): Promise<readonly Commitment[]>
  /** Takes out salts and values. */
  erase(commitments: readonly Commitment[]): Promise<void>
}

/** Well under what a statement may have of parameters. */
const chunk = 500

function erasureOf(row: Schema['erasure']): StoredErasure {
  return {
    id: row.id as ErasureId,
    subject:
      row.subject_kind === 'person'
        ? { kind: 'person', id: row.subject_id as PersonId }
        : { kind: 'commitment', commitment: row.subject_id as Commitment },
    by: row.by_person as PersonId,
    at: row.at,
    reason: row.reason,
    count: row.count,
    state: row.state as ErasureState,
    decided:
      row.decided_at === null ? null : { by: row.decided_by as PersonId, at: row.decided_at, words: row.words ?? '' },
  }
}

export function erasuresIn(db: Db): Erasures {
  const all = () => db.selectFrom('erasure').selectAll()
  return {
    async insert({ id, subject, by, at, reason, count }) {
      await db
        .insertInto('erasure')
        .values({
          id,
          subject_kind: subject.kind,
          subject_id: subject.kind === 'person' ? subject.id : subject.commitment,
          by_person: by,
          at,
          reason,
          count,
          state: 'open',
          decided_by: null,
          decided_at: null,
          words: null,
        })
        .execute()
    },
    async byId(id) {
      const row = await all().where('id', '=', id).executeTakeFirst()
      return row ? erasureOf(row) : null
    },
    async decide(id, state, { by, at, words, count }) {
      const done = await db
        .updateTable('erasure')
        .set({ state, decided_by: by, decided_at: at, words, count })
        .where('id', '=', id)
        .where('state', '=', 'open')
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
    async list({ limit, before }) {
      let query = all().orderBy('id', 'desc').limit(limit)
      if (before !== null) query = query.where('id', '<', before)
      return (await query.execute()).map(erasureOf)
    },
    async kept(commitments) {
      const found: Commitment[] = []
      const giveWay = openSharedTurns()
      for (let i = 0; i < commitments.length; i += chunk) {
        const rows = await db
          .selectFrom('disclosure')
          .select('commitment')
          .where('commitment', 'in', commitments.slice(i, i + chunk))
          .execute()
        found.push(...rows.map(({ commitment }) => commitment as Commitment))
        await giveWay()
      }
      return found
    },
    async erase(commitments) {
      for (let i = 0; i < commitments.length; i += chunk)
        await db
          .deleteFrom('disclosure')
          .where('commitment', 'in', commitments.slice(i, i + chunk))
          .execute()
    },
  }
}

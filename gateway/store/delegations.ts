// Who decides for whom, and until when.

import type { DelegationId, Instant, PersonId, Window } from '../../policy/index.ts'
import type { Db, Schema } from './schema.ts'

export interface StoredDelegation {
  readonly id: DelegationId
  readonly from: PersonId
  readonly to: PersonId
  readonly window: Window
  readonly createdAt: Instant
  readonly reason: string
  readonly ended: { readonly by: PersonId; readonly at: Instant } | null
}

export interface Delegations {
  insert(delegation: Omit<StoredDelegation, 'ended'>): Promise<void>
  byId(id: DelegationId): Promise<StoredDelegation | null>
  /** False when it was ended meanwhile. */
  end(id: DelegationId, by: PersonId, at: Instant): Promise<boolean>
  /** Neither ended nor over; some may not have begun. */
  notOver(now: Instant): Promise<readonly StoredDelegation[]>
  /** Newest first. */
  list(): Promise<readonly StoredDelegation[]>
}

function delegationOf(row: Schema['delegation']): StoredDelegation {
  return {
    id: row.id as DelegationId,
    from: row.from_person as PersonId,
    to: row.to_person as PersonId,
    window: { from: row.from_at, until: row.until_at },
    createdAt: row.created_at,
    reason: row.reason,
    ended: row.ended_at === null ? null : { by: row.ended_by as PersonId, at: row.ended_at },
  }
}

export function delegationsIn(db: Db): Delegations {
  const all = () => db.selectFrom('delegation').selectAll()
  return {
    async insert({ id, from, to, window, createdAt, reason }) {
      await db
        .insertInto('delegation')
        .values({
          id,
          from_person: from,
          to_person: to,
          from_at: window.from,
          until_at: window.until,
          created_at: createdAt,
          reason,
          ended_by: null,
          ended_at: null,
        })
        .execute()
    },
    async byId(id) {
      const row = await all().where('id', '=', id).executeTakeFirst()
      return row ? delegationOf(row) : null
    },
    async end(id, by, at) {
      const done = await db
        .updateTable('delegation')
        .set({ ended_by: by, ended_at: at })
        .where('id', '=', id)
        .where('ended_at', 'is', null)
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
    async notOver(now) {
      const rows = await all().where('ended_at', 'is', null).where('until_at', '>', now).orderBy('id').execute()
      return rows.map(delegationOf)
    },
    async list() {
      return (await all().orderBy('id', 'desc').execute()).map(delegationOf)
    },
  }
}

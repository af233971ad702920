// Legal holds. That nothing they cover is deleted or erased is the gateway's retention to see to.

import type { Hold, HoldId, HoldTarget, Instant, PersonId } from '../../policy/index.ts'
import type { Db, Schema } from './schema.ts'

export interface StoredHold extends Hold {
  readonly released: { readonly by: PersonId; readonly at: Instant; readonly reason: string } | null
}

export interface Holds {
  insert(hold: Hold): Promise<void>
  byId(id: HoldId): Promise<StoredHold | null>
  /** False when somebody released it meanwhile. */
  release(id: HoldId, released: NonNullable<StoredHold['released']>): Promise<boolean>
  inForce(): Promise<readonly StoredHold[]>
  /** Newest first. */
  list(open: boolean): Promise<readonly StoredHold[]>
}

function holdOf(row: Schema['evidence_hold']): StoredHold {
  return {
    id: row.id as HoldId,
    // INVARIANT: rows are written from a HoldTarget only.
    target: (row.target_kind === 'all' ? { kind: 'all' } : { kind: row.target_kind, id: row.target_id }) as HoldTarget,
    span: row.from_at === null || row.until_at === null ? null : { from: row.from_at, until: row.until_at },
    by: row.by_person as PersonId,
    at: row.at,
    reason: row.reason,
    reference: row.reference,
    released:
      row.released_at === null
        ? null
        : { by: row.released_by as PersonId, at: row.released_at, reason: row.release_reason ?? '' },
  }
}

export function holdsIn(db: Db): Holds {
  const all = () => db.selectFrom('evidence_hold').selectAll()
  const standing = () => all().where('released_at', 'is', null)
  return {
    async insert({ id, target, span, by, at, reason, reference }) {
      await db
        .insertInto('evidence_hold')
        .values({
          id,
          target_kind: target.kind,
          target_id: target.kind === 'all' ? '' : target.id,
          from_at: span?.from ?? null,
          until_at: span?.until ?? null,
          by_person: by,
          at,
          reason,
          reference,
          released_by: null,
          released_at: null,
          release_reason: null,
        })
        .execute()
    },
    async byId(id) {
      const row = await all().where('id', '=', id).executeTakeFirst()
      return row ? holdOf(row) : null
    },
    async release(id, { by, at, reason }) {
      const done = await db
        .updateTable('evidence_hold')
        .set({ released_by: by, released_at: at, release_reason: reason })
        .where('id', '=', id)
        .where('released_at', 'is', null)
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
    async inForce() {
      return (await standing().orderBy('id').execute()).map(holdOf)
    },
    async list(open) {
      return (await (open ? standing() : all()).orderBy('id', 'desc').execute()).map(holdOf)
    },
  }
}

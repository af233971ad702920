// Suspensions, and the orders to end sessions that another process than the gateway gives.

import type { Instant, PersonId, SessionId, Suspension, SuspensionId, SuspensionTarget } from '../../policy/index.ts'
import type { Db, Schema } from './schema.ts'

export interface StoredSuspension extends Suspension {
  readonly lifted: { readonly by: PersonId; readonly at: Instant; readonly reason: string } | null
}

export interface EndOrder {
  readonly session: SessionId
  readonly by: PersonId
  readonly reason: string
  readonly at: Instant
}

export interface Suspensions {
  /** False when the target is suspended already. */
  insert(suspension: Suspension): Promise<boolean>
  byId(id: SuspensionId): Promise<StoredSuspension | null>
  /** The one that stands for a target now. */
  standing(target: SuspensionTarget): Promise<StoredSuspension | null>
  /** False when somebody lifted it meanwhile. */
  lift(id: SuspensionId, lifted: { by: PersonId; at: Instant; reason: string }): Promise<boolean>
  inForce(): Promise<readonly Suspension[]>
  /** Newest first. */
  list(open: boolean): Promise<readonly StoredSuspension[]>
  order(order: EndOrder): Promise<void>
  /** Takes every order out: each is carried out once. */
  takeOrders(): Promise<readonly EndOrder[]>
  hasOrders(): Promise<boolean>
}

const idOf = (target: SuspensionTarget): string => (target.kind === 'all' ? '' : target.id)

function suspensionOf(row: Schema['suspension']): StoredSuspension {
  return {
    id: row.id as SuspensionId,
    // INVARIANT: rows are written from a SuspensionTarget only.
    target: (row.target_kind === 'all'
      ? { kind: 'all' }
      : { kind: row.target_kind, id: row.target_id }) as SuspensionTarget,
    by: row.by_person as PersonId,
    at: row.at,
    reason: row.reason,
    lifted:
      row.lifted_at === null
        ? null
        : { by: row.lifted_by as PersonId, at: row.lifted_at, reason: row.lift_reason ?? '' },
  }
}

export function suspensionsIn(db: Db): Suspensions {
  const all = () => db.selectFrom('suspension').selectAll()
  const standing = () => all().where('lifted_at', 'is', null)
  return {
    async insert({ id, target, by, at, reason }) {
      const inserted = await db
        .insertInto('suspension')
        .values({
          id,
          target_kind: target.kind,
          target_id: idOf(target),
          by_person: by,
          at,
          reason,
          lifted_by: null,
          lifted_at: null,
          lift_reason: null,
        })
        .onConflict((c) => c.doNothing())
        .executeTakeFirst()
      return inserted.numInsertedOrUpdatedRows === 1n
    },
    async byId(id) {
      const row = await all().where('id', '=', id).executeTakeFirst()
      return row ? suspensionOf(row) : null
    },
    async standing(target) {
      const row = await standing()
        .where('target_kind', '=', target.kind)
        .where('target_id', '=', idOf(target))
        .executeTakeFirst()
      return row ? suspensionOf(row) : null
    },
    async lift(id, { by, at, reason }) {
      const done = await db
        .updateTable('suspension')
        .set({ lifted_by: by, lifted_at: at, lift_reason: reason })
        .where('id', '=', id)
        .where('lifted_at', 'is', null)
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
    async inForce() {
      return (await standing().orderBy('id').execute()).map(suspensionOf)
    },
    async list(open) {
      return (await (open ? standing() : all()).orderBy('id', 'desc').execute()).map(suspensionOf)
    },
    async order({ session, by, reason, at }) {
      await db
        .insertInto('end_order')
        .values({ session, by_person: by, reason, at })
        .onConflict((c) => c.column('session').doNothing())
        .execute()
    },
    async takeOrders() {
      const rows = await db.deleteFrom('end_order').returningAll().execute()
      return rows.map((row) => ({
        session: row.session as SessionId,
        by: row.by_person as PersonId,
        reason: row.reason,
        at: row.at,
      }))
    },
    async hasOrders() {
      return (await db.selectFrom('end_order').select('session').limit(1).executeTakeFirst()) !== undefined
    },
  }
}

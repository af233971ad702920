// Assets that an activation moved in or out of scope by one of their attributes, and what became of the review.

import type { AssetId, PersonId, ScopeChangeId, ScopeStatus } from '../../policy/index.ts'
import type { Page } from './requests.ts'
import type { Db, Schema } from './schema.ts'

export const scopeChangeStates = ['open', 'accepted', 'rejected', 'lapsed'] as const
export type ScopeChangeState = (typeof scopeChangeStates)[number]

export interface ScopeChange {
  readonly id: ScopeChangeId
  readonly asset: AssetId
  /** Digests: the bundle under which the asset was last as before, and the one that says otherwise. */
  readonly before: string
  readonly bundle: string
  readonly was: ScopeStatus
  readonly becomes: ScopeStatus
  /** What of the asset changed: `zone`, `plant`, `type`, `owner`, `labels`. */
  readonly attributes: readonly string[]
  readonly raisedAt: number
  readonly proposer: PersonId | null
  readonly activator: PersonId | null
  readonly state: ScopeChangeState
  readonly reviewedBy: PersonId | null
  readonly reviewedAt: number | null
  readonly comment: string | null
}

export interface ScopeChanges {
  insert(change: ScopeChange): Promise<void>
  byId(id: ScopeChangeId): Promise<ScopeChange | null>
  /** Not accepted and not lapsed: for these the stricter outcome holds. */
  holding(): Promise<readonly ScopeChange[]>
  list(filter: { readonly state: ScopeChangeState | null }, page: Page): Promise<readonly ScopeChange[]>
  /** Writes what became of it only if it still holds; false when somebody was faster. */
  settle(
    id: ScopeChangeId,
    end: { state: ScopeChangeState; by: PersonId | null; at: number; comment: string },
  ): Promise<boolean>
}

function changeOf(row: Schema['scope_change']): ScopeChange {
  return {
    id: row.id as ScopeChangeId,
    asset: row.asset as AssetId,
    before: row.before,
    bundle: row.bundle,
    was: JSON.parse(row.was) as ScopeStatus,
    becomes: JSON.parse(row.becomes) as ScopeStatus,
    attributes: JSON.parse(row.attributes) as string[],
    raisedAt: Number(row.raised_at),
    proposer: row.proposer as PersonId | null,
    activator: row.activator as PersonId | null,
    state: row.state as ScopeChangeState,
    reviewedBy: row.reviewed_by as PersonId | null,
    reviewedAt: row.reviewed_at === null ? null : Number(row.reviewed_at),
    comment: row.comment,
  }
}

export function scopeChangesIn(db: Db): ScopeChanges {
  return {
    async insert(change) {
      await db
        .insertInto('scope_change')
        .values({
          id: change.id,
          asset: change.asset,
          before: change.before,
          bundle: change.bundle,
          was: JSON.stringify(change.was),
          becomes: JSON.stringify(change.becomes),
          attributes: JSON.stringify(change.attributes),
          raised_at: change.raisedAt,
          proposer: change.proposer,
          activator: change.activator,
          state: change.state,
          reviewed_by: change.reviewedBy,
          reviewed_at: change.reviewedAt,
          comment: change.comment,
        })
        .execute()
    },
    async byId(id) {
      const row = await db.selectFrom('scope_change').selectAll().where('id', '=', id).executeTakeFirst()
      return row ? changeOf(row) : null
    },
    async holding() {
      const rows = await db
        .selectFrom('scope_change')
        .selectAll()
        .where('state', 'in', ['open', 'rejected'])
        .orderBy('id')
        .execute()
      return rows.map(changeOf)
    },
    async list({ state }, { limit, before }) {
      let query = db.selectFrom('scope_change').selectAll().orderBy('id', 'desc').limit(limit)
      if (state !== null) query = query.where('state', '=', state)
      if (before !== null) query = query.where('id', '<', before)
      return (await query.execute()).map(changeOf)
    },
    async settle(id, { state, by, at, comment }) {
      const done = await db
        .updateTable('scope_change')
        .set({ state, reviewed_by: by, reviewed_at: at, comment })
        .where('id', '=', id)
        // A rejected one can still be accepted later or lapse; what was accepted stays so.
        .where('state', 'in', state === 'rejected' ? ['open'] : ['open', 'rejected'])
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
  }
}

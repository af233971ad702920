// Grants: the access that stands. A row is written by the transition that made its state; the state machine is in `policy`.

import type {
  AssetId,
  FileTerms,
  Grant,
  GrantId,
  OperationClass,
  PersonId,
  PlantId,
  Protocol,
  RequestId,
  Schedule,
  Tier,
} from '../../policy/index.ts'
import type { Page } from './page.ts'
import { isOf, type Whose } from './whose.ts'
import type { Db, Schema } from './schema.ts'

export interface StoredGrant {
  readonly grant: Grant
  readonly plant: PlantId
}

export interface Grants {
  insert(stored: StoredGrant): Promise<void>
  byId(id: GrantId): Promise<StoredGrant | null>
  byIds(ids: readonly GrantId[]): Promise<ReadonlyMap<GrantId, StoredGrant>>
  /** Writes the new state only if the row is still `open`; false when it ended meanwhile. */
  update(grant: Grant): Promise<boolean>
  /** Open grants of a person, in or before their window. */
  openOf(person: PersonId, now: number): Promise<readonly StoredGrant[]>
  /** @param filter.plant left out or null: of every plant. */
  list(
    filter: { readonly open: boolean; readonly person: Whose; readonly plant?: PlantId | null },
    page: Page,
  ): Promise<readonly StoredGrant[]>
  /** Open grants whose window has ended. */
  overdue(now: number): Promise<readonly StoredGrant[]>
}

function grantOf(row: Schema['access_grant']): StoredGrant {
  const core = {
    id: row.id as GrantId,
    request: row.request as RequestId,
    person: row.person as PersonId,
    asset: row.asset as AssetId,
    protocol: row.protocol as Protocol,
    operationClass: row.operation_class as OperationClass,
    window: { from: row.from_at, until: row.until_at },
    schedule: JSON.parse(row.schedule) as Schedule,
    tier: row.tier as Tier,
    escort: row.escort === 1,
    conditions: row.conditions,
    ...(row.transfer === null ? {} : { transfer: JSON.parse(row.transfer) as FileTerms }),
  }
  const at = row.ended_at ?? row.until_at
  const plant = row.plant as PlantId
  switch (row.kind) {
    case 'open':
      return { grant: { ...core, kind: 'open' }, plant }
    case 'revoked':
      return {
        grant: { ...core, kind: 'revoked', by: row.ended_by as PersonId | null, at, reason: row.reason ?? '' },
        plant,
      }
    case 'expired':
      return { grant: { ...core, kind: 'expired', at }, plant }
    default:
      throw new Error(`grant \`${row.id}\`: unknown state \`${row.kind}\``)
  }
}

/** What a change of state may change. */
const statusOf = (grant: Grant) => ({
  kind: grant.kind,
  from_at: grant.window.from,
  until_at: grant.window.until,
  schedule: JSON.stringify(grant.schedule),
  ended_by: grant.kind === 'revoked' ? grant.by : null,
  ended_at: grant.kind === 'open' ? null : grant.at,
  reason: grant.kind === 'revoked' ? grant.reason : null,
})

export function grantsIn(db: Db): Grants {
  return {
    async insert({ grant, plant }) {
      await db
        .insertInto('access_grant')
        .values({
          id: grant.id,
          request: grant.request,
          person: grant.person,
          asset: grant.asset,
          plant,
          protocol: grant.protocol,
          operation_class: grant.operationClass,
          tier: grant.tier,
          escort: grant.escort ? 1 : 0,
          conditions: grant.conditions,
          transfer: grant.transfer === undefined ? null : JSON.stringify(grant.transfer),
          ...statusOf(grant),
        })
        .execute()
    },
    async byId(id) {
      const row = await db.selectFrom('access_grant').selectAll().where('id', '=', id).executeTakeFirst()
      return row ? grantOf(row) : null
    },
    async byIds(ids) {
      if (ids.length === 0) return new Map()
      const rows = await db
        .selectFrom('access_grant')
        .selectAll()
        .where('id', 'in', [...new Set(ids)])
        .execute()
      return new Map(rows.map((row) => [row.id as GrantId, grantOf(row)]))
    },
    async update(grant) {
      const done = await db
        .updateTable('access_grant')
        .set(statusOf(grant))
        .where('id', '=', grant.id)
        .where('kind', '=', 'open')
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
    async openOf(person, now) {
      const rows = await db
        .selectFrom('access_grant')
        .selectAll()
        .where('person', '=', person)
        .where('kind', '=', 'open')
        .where('until_at', '>', now)
        .orderBy('from_at')
        .execute()
      return rows.map(grantOf)
    },
    async list({ open, person, plant = null }, { limit, before }) {
      let query = db.selectFrom('access_grant').selectAll().orderBy('id', 'desc').limit(limit)
      if (open) query = query.where('kind', '=', 'open')
      const theirs = isOf(person)
      if (theirs !== null) query = query.where(theirs)
      if (plant !== null) query = query.where('plant', '=', plant)
      if (before !== null) query = query.where('id', '<', before)
      return (await query.execute()).map(grantOf)
    },
    async overdue(now) {
      const rows = await db
        .selectFrom('access_grant')
        .selectAll()
        .where('kind', '=', 'open')
        .where('until_at', '<=', now)
        .execute()
      return rows.map(grantOf)
    },
  }
}

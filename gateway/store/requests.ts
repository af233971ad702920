// Access requests and grants. A row is written by the transition that made its state; the state machine is in `policy`.

import type {
  AccessAsk,
  AccessRequest,
  Approval,
  AssetId,
  Decision,
  Grant,
  GrantId,
  OperationClass,
  PersonId,
  PlantId,
  Protocol,
  RequestId,
} from '../../policy/index.ts'
import type { Db, Schema } from './schema.ts'

export interface StoredRequest {
  readonly request: AccessRequest
  readonly plant: PlantId
  readonly digest: string
  /** The policy's answer when it was submitted. */
  readonly decision: Decision
}

export interface StoredGrant {
  readonly grant: Grant
  readonly plant: PlantId
}

export interface Page {
  readonly limit: number
  /** Rows older than this id. */
  readonly before: string | null
}

export interface Requests {
  insert(stored: StoredRequest): Promise<void>
  byId(id: RequestId): Promise<StoredRequest | null>
  /** Writes the new state only if the row is still `submitted`; false when somebody was faster. */
  decide(request: AccessRequest, at: number): Promise<boolean>
  list(
    filter: { readonly kind: string | null; readonly person: PersonId | null },
    page: Page,
  ): Promise<readonly StoredRequest[]>
  /** Submitted requests whose window has ended: they can no longer be answered. */
  overdue(now: number): Promise<readonly StoredRequest[]>
}

export interface Grants {
  insert(stored: StoredGrant): Promise<void>
  byId(id: GrantId): Promise<StoredGrant | null>
  /** Writes the new state only if the row is still `open`; false when it ended meanwhile. */
  update(grant: Grant): Promise<boolean>
  /** Open grants of a person, in or before their window. */
  openOf(person: PersonId, now: number): Promise<readonly StoredGrant[]>
  list(
    filter: { readonly open: boolean; readonly person: PersonId | null },
    page: Page,
  ): Promise<readonly StoredGrant[]>
  overdue(now: number): Promise<readonly StoredGrant[]>
}

function requestOf(row: Schema['request']): StoredRequest {
  const core = {
    id: row.id as RequestId,
    by: row.person as PersonId,
    ask: JSON.parse(row.ask) as AccessAsk,
    submittedAt: row.submitted_at,
  }
  const approvals = JSON.parse(row.approvals) as Approval[]
  const at = row.decided_at ?? row.submitted_at
  let request: AccessRequest
  switch (row.kind) {
    case 'submitted':
      request = { ...core, kind: 'submitted' }
      break
    case 'approved':
      request = { ...core, kind: 'approved', approvals, grant: row.grant_id as GrantId }
      break
    case 'refused':
      request = { ...core, kind: 'refused', approvals }
      break
    case 'withdrawn':
      request = { ...core, kind: 'withdrawn', at }
      break
    case 'expired':
      request = { ...core, kind: 'expired', at }
      break
    default:
      throw new Error(`request \`${row.id}\`: unknown state \`${row.kind}\``)
  }
  return {
    request,
    plant: row.plant as PlantId,
    digest: row.digest,
    decision: JSON.parse(row.decision) as Decision,
  }
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
  }
  const at = row.ended_at ?? row.until_at
  let grant: Grant
  switch (row.kind) {
    case 'open':
      grant = { ...core, kind: 'open' }
      break
    case 'revoked':
      grant = { ...core, kind: 'revoked', by: row.ended_by as PersonId, at, reason: row.reason ?? '' }
      break
    case 'expired':
      grant = { ...core, kind: 'expired', at }
      break
    default:
      throw new Error(`grant \`${row.id}\`: unknown state \`${row.kind}\``)
  }
  return { grant, plant: row.plant as PlantId }
}

export function requestsIn(db: Db): Requests {
  return {
    async insert({ request, plant, digest, decision }) {
      await db
        .insertInto('request')
        .values({
          id: request.id,
          person: request.by,
          asset: request.ask.asset,
          plant,
          ask: JSON.stringify(request.ask),
          digest,
          submitted_at: request.submittedAt,
          kind: request.kind,
          decision: JSON.stringify(decision),
          approvals: '[]',
          decided_at: null,
          grant_id: null,
        })
        .execute()
    },
    async byId(id) {
      const row = await db.selectFrom('request').selectAll().where('id', '=', id).executeTakeFirst()
      return row ? requestOf(row) : null
    },
    async decide(request, at) {
      const approvals = request.kind === 'approved' || request.kind === 'refused' ? request.approvals : []
      const done = await db
        .updateTable('request')
        .set({
          kind: request.kind,
          approvals: JSON.stringify(approvals),
          decided_at: at,
          grant_id: request.kind === 'approved' ? request.grant : null,
        })
        .where('id', '=', request.id)
        .where('kind', '=', 'submitted')
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
    async list({ kind, person }, { limit, before }) {
      let query = db.selectFrom('request').selectAll().orderBy('id', 'desc').limit(limit)
      if (kind !== null) query = query.where('kind', '=', kind)
      if (person !== null) query = query.where('person', '=', person)
      if (before !== null) query = query.where('id', '<', before)
      return (await query.execute()).map(requestOf)
    },
    async overdue(now) {
      const rows = await db.selectFrom('request').selectAll().where('kind', '=', 'submitted').execute()
      return rows.map(requestOf).filter(({ request }) => request.ask.window.until <= now)
    },
  }
}

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
          from_at: grant.window.from,
          until_at: grant.window.until,
          kind: grant.kind,
          ended_by: null,
          ended_at: null,
          reason: null,
        })
        .execute()
    },
    async byId(id) {
      const row = await db.selectFrom('access_grant').selectAll().where('id', '=', id).executeTakeFirst()
      return row ? grantOf(row) : null
    },
    async update(grant) {
      const done = await db
        .updateTable('access_grant')
        .set({
          kind: grant.kind,
          from_at: grant.window.from,
          until_at: grant.window.until,
          ended_by: grant.kind === 'revoked' ? grant.by : null,
          ended_at: grant.kind === 'open' ? null : grant.at,
          reason: grant.kind === 'revoked' ? grant.reason : null,
        })
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
    async list({ open, person }, { limit, before }) {
      let query = db.selectFrom('access_grant').selectAll().orderBy('id', 'desc').limit(limit)
      if (open) query = query.where('kind', '=', 'open')
      if (person !== null) query = query.where('person', '=', person)
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

// Access requests. A row is written by the transition that made its state; the state machine is in `policy`.

import {
  requestDigest,
  type AccessAsk,
  type AccessRequest,
  type Approval,
  type ApprovalNeed,
  type Decision,
  type GrantId,
  type LapsedApproval,
  type PersonId,
  type PlantId,
  type RequestId,
  type RequestSetId,
  type Terms,
  type TicketState,
} from '../../policy/index.ts'
import type { Page } from './page.ts'
import { isOf, type Whose } from './whose.ts'
import type { Db, Schema } from './schema.ts'

export type { Page } from './page.ts'
export type { Grants, StoredGrant } from './grants.ts'

export interface StoredRequest {
  readonly request: AccessRequest
  /** What would be granted; once it was approved, what was. */
  readonly terms: Terms
  readonly plant: PlantId
  /** Of the request and its terms as they are. */
  readonly digest: string
  /** The policy's answer when it was submitted. */
  readonly decision: Decision
  /** Every yes that some decision on it asked for; empty where none asks for more than an approver's. */
  readonly needs: readonly ApprovalNeed[]
  /** What the change system said when it was last asked. */
  readonly ticketState: TicketState
  /** When it expires if nobody decides, ms since the epoch. */
  readonly expiresAt: number
  /** When waiting for access becomes an alarm; null when it never does, or no more. */
  readonly alarmAt: number | null
  readonly alarmedAt: number | null
  /** When the first session on its grant began. */
  readonly usedAt: number | null
  /** Yeses that count no longer, in the order they lapsed. */
  readonly lapsed: readonly LapsedApproval[]
  /** Counts the changes; a change names the one it was judged on. */
  readonly version: number
}

export interface Requests {
  insert(stored: StoredRequest): Promise<void>
  byId(id: RequestId): Promise<StoredRequest | null>
  ofSet(set: RequestSetId): Promise<readonly StoredRequest[]>
  /**
   * Writes the new state, terms, digest, needs and times, if the row is still at the `version` given; false when
   * somebody was faster.
   */
  update(stored: StoredRequest, at: number): Promise<boolean>
  list(filter: { readonly kind: string | null; readonly person: Whose }, page: Page): Promise<readonly StoredRequest[]>
  /** Submitted requests that can no longer be answered. */
  overdue(now: number): Promise<readonly StoredRequest[]>
  /** Requests whose wait for access has become an alarm. */
  alarming(now: number): Promise<readonly StoredRequest[]>
}

function requestOf(row: Schema['request']): StoredRequest {
  const core = {
    id: row.id as RequestId,
    set: row.set_id as RequestSetId | null,
    by: row.person as PersonId,
    ...(row.asked_by === null ? {} : { askedBy: row.asked_by as PersonId }),
    ask: JSON.parse(row.ask) as AccessAsk,
    submittedAt: row.submitted_at,
  }
  const approvals = JSON.parse(row.approvals) as Approval[]
  const terms = JSON.parse(row.terms) as Terms
  const at = row.decided_at ?? row.submitted_at
  let request: AccessRequest
  switch (row.kind) {
    case 'submitted':
      request = { ...core, kind: 'submitted', approvals, terms }
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
    terms,
    plant: row.plant as PlantId,
    // One that waits has the digest its approval will be held against, whatever release wrote it.
    digest: request.kind === 'submitted' ? requestDigest(request) : row.digest,
    decision: { ...unsaid, ...(JSON.parse(row.decision) as Decision) },
    needs: JSON.parse(row.needs) as ApprovalNeed[],
    ticketState: row.ticket_state as TicketState,
    expiresAt: row.expires_at,
    alarmAt: row.alarm_at,
    alarmedAt: row.alarmed_at,
    usedAt: row.used_at,
    lapsed: JSON.parse(row.lapsed) as LapsedApproval[],
    version: row.version,
  }
}

/** A decision of an earlier release says nothing of these: there were none. */
const unsaid: Pick<Decision, 'acceptedRisks' | 'watched' | 'leansOn' | 'unavailable'> = {
  acceptedRisks: [],
  watched: [],
  leansOn: [],
  unavailable: [],
}

const hasApprovals = (request: AccessRequest): request is AccessRequest & { approvals: readonly Approval[] } =>
  request.kind === 'submitted' || request.kind === 'approved' || request.kind === 'refused'

/** What changes in the life of a request; what was asked never does. */
const statusOf = (stored: StoredRequest) => ({
  kind: stored.request.kind,
  ...(hasApprovals(stored.request) ? { approvals: JSON.stringify(stored.request.approvals) } : {}),
  grant_id: stored.request.kind === 'approved' ? stored.request.grant : null,
  terms: JSON.stringify(stored.terms),
  digest: stored.digest,
  needs: JSON.stringify(stored.needs),
  ticket_state: stored.ticketState,
  expires_at: stored.expiresAt,
  alarm_at: stored.alarmAt,
  alarmed_at: stored.alarmedAt,
  used_at: stored.usedAt,
  lapsed: JSON.stringify(stored.lapsed),
})

export function requestsIn(db: Db): Requests {
  return {
    async insert(stored) {
      const { request, plant, decision } = stored
      await db
        .insertInto('request')
        .values({
          id: request.id,
          set_id: request.set,
          person: request.by,
          asked_by: request.askedBy ?? null,
          asset: request.ask.asset,
          plant,
          ask: JSON.stringify(request.ask),
          submitted_at: request.submittedAt,
          decision: JSON.stringify(decision),
          approvals: '[]',
          decided_at: null,
          version: stored.version,
          ...statusOf(stored),
        })
        .execute()
    },
    async byId(id) {
      const row = await db.selectFrom('request').selectAll().where('id', '=', id).executeTakeFirst()
      return row ? requestOf(row) : null
    },
    async ofSet(set) {
      const rows = await db.selectFrom('request').selectAll().where('set_id', '=', set).orderBy('id').execute()
      return rows.map(requestOf)
    },
    async update(stored, at) {
      const done = await db
        .updateTable('request')
        .set({ ...statusOf(stored), decided_at: at, version: stored.version + 1 })
        .where('id', '=', stored.request.id)
        .where('version', '=', stored.version)
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
    async list({ kind, person }, { limit, before }) {
      let query = db.selectFrom('request').selectAll().orderBy('id', 'desc').limit(limit)
      if (kind !== null) query = query.where('kind', '=', kind)
      const theirs = isOf(person)
      if (theirs !== null) query = query.where(theirs)
      if (before !== null) query = query.where('id', '<', before)
      return (await query.execute()).map(requestOf)
    },
    async overdue(now) {
      const rows = await db
        .selectFrom('request')
        .selectAll()
        .where('kind', '=', 'submitted')
        .where('expires_at', '<=', now)
        .execute()
      return rows.map(requestOf)
    },
    async alarming(now) {
      const rows = await db.selectFrom('request').selectAll().where('alarm_at', '<=', now).execute()
      return rows.map(requestOf)
    },
  }
}

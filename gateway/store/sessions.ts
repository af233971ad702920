// Sessions as rows: what a list shows and a restart must know. The living session is in `sessions/`.

import type {
  AssetId,
  EndReason,
  GrantId,
  Instant,
  PersonId,
  PlantId,
  Protocol,
  SessionId,
} from '../../policy/index.ts'
import type { Page } from './requests.ts'
import { isOf, type Whose } from './whose.ts'
import type { Db, Schema } from './schema.ts'

/** `ended` lives no more and is not sealed yet. */
export type SessionState = 'opening' | 'active' | 'ending' | 'ended' | 'sealed'
/** `unsealed`: nobody writes it any more, and sealing it has failed so far. */
export type RecordingStatus = 'live' | 'unsealed' | 'complete' | 'interrupted' | 'missing' | 'deleted'

export interface StoredSession {
  readonly id: SessionId
  readonly grant: GrantId
  readonly person: PersonId
  readonly asset: AssetId
  readonly plant: PlantId
  readonly protocol: Protocol
  readonly state: SessionState
  readonly startedAt: number
  readonly windowUntil: number
  readonly endedAt: number | null
  readonly endReason: EndReason | null
  readonly channels: number
  readonly bytesIn: number
  readonly bytesOut: number
  readonly source: string
  readonly recording: RecordingStatus
  /** SHA-256 (hex) of the seal, and the ledger index of the entry that holds it. */
  readonly seal: string | null
  readonly sealIndex: number | null
  /** Of the asset at the start; null in sessions of before it was kept, whose labels are then empty. */
  readonly assetType: string | null
  readonly labels: readonly string[]
}

export interface Sessions {
  insert(session: StoredSession): Promise<void>
  byId(id: SessionId): Promise<StoredSession | null>
  update(id: SessionId, change: Partial<Omit<StoredSession, 'id'>>): Promise<void>
  /** Newest first. */
  ofGrant(grant: GrantId): Promise<readonly StoredSession[]>
  /** When each of them began a session last; who never did is left out. */
  lastStarts(people: readonly PersonId[]): Promise<ReadonlyMap<PersonId, Instant>>
  /** Not sealed yet: alive, left behind by a crash, or not sealed when it ended. */
  unsealed(): Promise<readonly StoredSession[]>
  /** Puts something else in place of the address somebody came from. */
  eraseSource(id: SessionId, by: string): Promise<void>
  /** With a sealed recording that is still kept, ended before that; oldest first, from the one after `after`. */
  keptBefore(
    endedBefore: Instant,
    page: { readonly limit: number; readonly after: string | null },
  ): Promise<readonly StoredSession[]>
  /**
   * With a recording that is still kept and whose seal stands in the ledger below an index, of these plants (null: all),
   * begun in that time; the oldest first, from the one after `after`.
   */
  sealedBelow(
    filter: {
      readonly size: number
      readonly plants: readonly PlantId[] | null
      readonly since: Instant
      readonly until: Instant
    },
    page: { readonly limit: number; readonly after: SessionId | null },
  ): Promise<readonly SessionId[]>
  /** @param filter.plant left out or null: of every plant. */
  list(
    filter: { readonly person: Whose; readonly live: boolean; readonly plant?: PlantId | null },
    page: Page,
  ): Promise<readonly StoredSession[]>
}

function sessionOf(row: Schema['session']): StoredSession {
  return {
    id: row.id as SessionId,
    grant: row.grant_id as GrantId,
    person: row.person as PersonId,
    asset: row.asset as AssetId,
    plant: row.plant as PlantId,
    protocol: row.protocol as Protocol,
    state: row.state as SessionState,
    startedAt: row.started_at,
    windowUntil: row.window_until,
    endedAt: row.ended_at,
    endReason: row.end_reason as EndReason | null,
    channels: row.channels,
    bytesIn: row.bytes_in,
    bytesOut: row.bytes_out,
    source: row.source,
    recording: row.recording as RecordingStatus,
    seal: row.seal,
    sealIndex: row.seal_index,
    assetType: row.asset_type,
    labels: JSON.parse(row.labels) as string[],
  }
}

function rowOf(change: Partial<StoredSession>): Partial<Schema['session']> {
  const row: Partial<Schema['session']> = {}
  if (change.grant !== undefined) row.grant_id = change.grant
  if (change.state !== undefined) row.state = change.state
  if (change.windowUntil !== undefined) row.window_until = change.windowUntil
  if (change.endedAt !== undefined) row.ended_at = change.endedAt
  if (change.endReason !== undefined) row.end_reason = change.endReason
  if (change.channels !== undefined) row.channels = change.channels
  if (change.bytesIn !== undefined) row.bytes_in = change.bytesIn
  if (change.bytesOut !== undefined) row.bytes_out = change.bytesOut
  if (change.recording !== undefined) row.recording = change.recording
  if (change.seal !== undefined) row.seal = change.seal
  if (change.sealIndex !== undefined) row.seal_index = change.sealIndex
  return row
}

export function sessionsIn(db: Db): Sessions {
  return {
    async insert(session) {
      await db
        .insertInto('session')
        .values({
          id: session.id,
          grant_id: session.grant,
          person: session.person,
          asset: session.asset,
          plant: session.plant,
          protocol: session.protocol,
          state: session.state,
          started_at: session.startedAt,
          window_until: session.windowUntil,
          ended_at: session.endedAt,
          end_reason: session.endReason,
          channels: session.channels,
          bytes_in: session.bytesIn,
          bytes_out: session.bytesOut,
          source: session.source,
          recording: session.recording,
          seal: session.seal,
          seal_index: session.sealIndex,
          asset_type: session.assetType,
          labels: JSON.stringify(session.labels),
        })
        .execute()
    },
    async byId(id) {
      const row = await db.selectFrom('session').selectAll().where('id', '=', id).executeTakeFirst()
      return row ? sessionOf(row) : null
    },
    async update(id, change) {
      await db.updateTable('session').set(rowOf(change)).where('id', '=', id).execute()
    },
    async ofGrant(grant) {
      const rows = await db
        .selectFrom('session')
        .selectAll()
        .where('grant_id', '=', grant)
        .orderBy('id', 'desc')
        .execute()
      return rows.map(sessionOf)
    },
    async lastStarts(people) {
      if (people.length === 0) return new Map()
      const rows = await db
        .selectFrom('session')
        .select(({ fn }) => ['person', fn.max('started_at').as('at')])
        .where('person', 'in', [...people])
        .groupBy('person')
        .execute()
      return new Map(rows.map(({ person, at }) => [person as PersonId, Number(at)]))
    },
    async unsealed() {
      return (await db.selectFrom('session').selectAll().where('state', '!=', 'sealed').execute()).map(sessionOf)
    },
    async eraseSource(id, by) {
      await db.updateTable('session').set({ source: by }).where('id', '=', id).execute()
    },
    async keptBefore(endedBefore, { limit, after }) {
      let query = db
        .selectFrom('session')
        .selectAll()
        .where('recording', 'in', ['complete', 'interrupted'])
        .where('ended_at', '<', endedBefore)
        .orderBy('id')
        .limit(limit)
      if (after !== null) query = query.where('id', '>', after)
      return (await query.execute()).map(sessionOf)
    },
    async sealedBelow({ size, plants, since, until }, { limit, after }) {
      if (plants?.length === 0) return []
      let query = db
        .selectFrom('session')
        .select('id')
        .where('recording', 'in', ['complete', 'interrupted'])
        .where('seal_index', '<', size)
        .where('started_at', '>=', since)
        .where('started_at', '<', until)
        .orderBy('id')
        .limit(limit)
      if (plants !== null) query = query.where('plant', 'in', [...plants])
      if (after !== null) query = query.where('id', '>', after)
      return (await query.execute()).map(({ id }) => id as SessionId)
    },
    async list({ person, live, plant = null }, { limit, before }) {
      let query = db.selectFrom('session').selectAll().orderBy('id', 'desc').limit(limit)
      const theirs = isOf(person)
      if (theirs !== null) query = query.where(theirs)
      if (plant !== null) query = query.where('plant', '=', plant)
      if (live) query = query.where('state', 'not in', ['ended', 'sealed'])
      if (before !== null) query = query.where('id', '<', before)
      return (await query.execute()).map(sessionOf)
    },
  }
}

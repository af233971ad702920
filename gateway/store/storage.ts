// What recordings take on disk, as it was measured when they were sealed, and which level of free space was last told.

import type { AssetId, Instant, PlantId, SessionId, StorageLevel } from '../../policy/index.ts'
import type { Db } from './schema.ts'

/** What was recorded of one asset in a time. */
export interface Recorded {
  readonly plant: PlantId
  readonly asset: AssetId
  readonly assetType: string | null
  /** Of the asset at the start. */
  readonly labels: readonly string[]
  readonly recordings: number
  readonly bytes: number
}

export interface Storage {
  setBytes(session: SessionId, bytes: number): Promise<void>
  bytesOf(sessions: readonly SessionId[]): Promise<ReadonlyMap<SessionId, number>>
  /** Sealed recordings of sessions that ended since then, and that nobody has measured yet. */
  unmeasured(endedSince: Instant, limit: number): Promise<readonly SessionId[]>
  /** What ended since then, by asset. */
  recordedSince(at: Instant): Promise<readonly Recorded[]>
  /** When the first session there is ended; null where none has. */
  firstEnd(): Promise<Instant | null>
  /** Of all recordings that are kept. */
  keptBytes(): Promise<number>
  told(): Promise<{ readonly level: StorageLevel; readonly at: Instant; readonly checkedAt: Instant } | null>
  tell(level: StorageLevel, at: Instant): Promise<void>
  /** When what has to be kept was last looked through. */
  checked(at: Instant): Promise<void>
}

const one = 1
/** Sealed, and not deleted. */
const kept = ['complete', 'interrupted']

export function storageIn(db: Db): Storage {
  return {
    async setBytes(session, bytes) {
      await db
        .insertInto('recording_size')
        .values({ session, bytes })
        .onConflict((c) => c.column('session').doUpdateSet({ bytes }))
        .execute()
    },
    async bytesOf(sessions) {
      if (sessions.length === 0) return new Map()
      const rows = await db
        .selectFrom('recording_size')
        .selectAll()
        .where('session', 'in', [...sessions])
        .execute()
      return new Map(rows.map(({ session, bytes }) => [session as SessionId, bytes]))
    },
    async unmeasured(endedSince, limit) {
      const rows = await db
        .selectFrom('session')
        .leftJoin('recording_size', 'recording_size.session', 'session.id')
        .select('session.id')
        .where('session.recording', 'in', kept)
        .where('session.ended_at', '>=', endedSince)
        .where('recording_size.session', 'is', null)
        .orderBy('session.id')
        .limit(limit)
        .execute()
      return rows.map(({ id }) => id as SessionId)
    },
    async recordedSince(at) {
      const rows = await db
        .selectFrom('session')
        .innerJoin('recording_size', 'recording_size.session', 'session.id')
        .select((eb) => [
          'plant',
          'asset',
          'asset_type',
          'labels',
          eb.fn.countAll<number>().as('recordings'),
          eb.fn.sum<number>('recording_size.bytes').as('bytes'),
        ])
        .where('ended_at', '>=', at)
        .groupBy(['plant', 'asset', 'asset_type', 'labels'])
        .execute()
      return rows.map((row) => ({
        plant: row.plant as PlantId,
        asset: row.asset as AssetId,
        assetType: row.asset_type,
        labels: JSON.parse(row.labels) as readonly string[],
        recordings: Number(row.recordings),
        bytes: Number(row.bytes),
      }))
    },
    async firstEnd() {
      const row = await db
        .selectFrom('session')
        .select((eb) => eb.fn.min('ended_at').as('first'))
        .executeTakeFirst()
      return row?.first === null || row?.first === undefined ? null : Number(row.first)
    },
    async keptBytes() {
      const row = await db
        .selectFrom('session')
        .innerJoin('recording_size', 'recording_size.session', 'session.id')
        .select((eb) => eb.fn.sum<number | null>('recording_size.bytes').as('bytes'))
        .where('session.recording', 'in', kept)
        .executeTakeFirst()
      return Number(row?.bytes ?? 0)
    },
    async told() {
      const row = await db.selectFrom('storage_level').selectAll().where('id', '=', one).executeTakeFirst()
      return row ? { level: row.level as StorageLevel, at: row.at, checkedAt: row.checked_at } : null
    },
    async tell(level, at) {
      await db
        .insertInto('storage_level')
        .values({ id: one, level, at, checked_at: 0 })
        .onConflict((c) => c.column('id').doUpdateSet({ level, at }))
        .execute()
    },
    async checked(at) {
      await db
        .insertInto('storage_level')
        .values({ id: one, level: 'enough', at, checked_at: at })
        .onConflict((c) => c.column('id').doUpdateSet({ checked_at: at }))
        .execute()
    },
  }
}

// What each physical source said last, and which of its messages were taken.

import type {
  AssetId,
  Instant,
  PhysicalKind,
  PhysicalSourceId,
  PhysicalState,
  PlantId,
  ZoneId,
} from '../../policy/index.ts'
import type { Db, Schema } from './schema.ts'

export interface StoredPhysical {
  readonly source: PhysicalSourceId
  /** As it was declared when it said so. */
  readonly kind: PhysicalKind
  readonly zone: ZoneId
  readonly asset: AssetId | null
  readonly plant: PlantId
  readonly state: PhysicalState
  readonly since: Instant
  /** The newest time its own clock gave. */
  readonly lastAt: Instant
  readonly until: Instant
  readonly message: string
  /** How often it said the same since its last entry in the ledger. */
  readonly heard: number
  /** Its silence is written; it says nothing until it reports again. */
  readonly silent: boolean
}

export interface PhysicalStates {
  all(): Promise<readonly StoredPhysical[]>
  of(source: PhysicalSourceId): Promise<StoredPhysical | null>
  put(state: StoredPhysical): Promise<void>
  /** What a source said counts until then at most. */
  expire(source: PhysicalSourceId, at: Instant): Promise<void>
  /** Takes a message of a source once: false when it was taken before. Atomic. */
  take(source: PhysicalSourceId, message: string, at: Instant): Promise<boolean>
  /** Forgets messages taken before an instant. */
  forget(before: Instant): Promise<void>
}

function stateOf(row: Schema['physical_state']): StoredPhysical {
  return {
    source: row.source as PhysicalSourceId,
    kind: row.kind as PhysicalKind,
    zone: row.zone as ZoneId,
    asset: row.asset as AssetId | null,
    plant: row.plant as PlantId,
    state: row.state as PhysicalState,
    since: row.since_at,
    lastAt: row.last_at,
    until: row.until_at,
    message: row.message,
    heard: row.heard,
    silent: row.silent === 1,
  }
}

export function physicalIn(db: Db): PhysicalStates {
  const rows = () => db.selectFrom('physical_state').selectAll()
  return {
    async all() {
      return (await rows().orderBy('source').execute()).map(stateOf)
    },
    async of(source) {
      const row = await rows().where('source', '=', source).executeTakeFirst()
      return row ? stateOf(row) : null
    },
    async put({ since, lastAt, until, silent, ...same }) {
      const row = { ...same, since_at: since, last_at: lastAt, until_at: until, silent: silent ? 1 : 0 }
      await db
        .insertInto('physical_state')
        .values(row)
        .onConflict((conflict) => conflict.column('source').doUpdateSet(row))
        .execute()
    },
    async expire(source, at) {
      await db
        .updateTable('physical_state')
        .set({ until_at: at })
        .where('source', '=', source)
        .where('until_at', '>', at)
        .execute()
    },
    async take(source, message, at) {
      const done = await db
        .insertInto('physical_message')
        .values({ source, message, at })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst()
      return done.numInsertedOrUpdatedRows === 1n
    },
    async forget(before) {
      await db.deleteFrom('physical_message').where('at', '<', before).execute()
    },
  }
}

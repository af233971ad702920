// Timestamps of the ledger's checkpoints (RFC 3161), as they came.

import type { Instant } from '../../policy/index.ts'
import type { Db } from './schema.ts'

export interface StoredTimestamp {
  /** Entries of the checkpoint. */
  readonly size: number
  /** Name of the authority in the configuration. */
  readonly authority: string
  readonly at: Instant
  /** What the authority says. */
  readonly time: Instant
  /** The checkpoint as it was attested. */
  readonly note: string
  /** The TimeStampResp, DER. */
  readonly response: Uint8Array
}

export interface Timestamps {
  put(timestamp: StoredTimestamp): Promise<void>
  /** The newest of one authority. */
  latest(authority: string): Promise<StoredTimestamp | null>
  /** Those of the first `size` entries, oldest first. */
  upTo(size: number): Promise<readonly StoredTimestamp[]>
  /** The bytes that were attested for this size, by whomever first. */
  noteOf(size: number): Promise<string | null>
}

export function timestampsIn(db: Db): Timestamps {
  const all = () => db.selectFrom('ledger_timestamp').selectAll()
  return {
    async put(timestamp) {
      await db.insertInto('ledger_timestamp').values(timestamp).execute()
    },
    async latest(authority) {
      const row = await all().where('authority', '=', authority).orderBy('size', 'desc').limit(1).executeTakeFirst()
      return row === undefined ? null : stored(row)
    },
    async upTo(size) {
      const rows = await all().where('size', '<=', size).orderBy('size').orderBy('authority').execute()
      return rows.map(stored)
    },
    async noteOf(size) {
      const row = await all().where('size', '=', size).orderBy('at').limit(1).executeTakeFirst()
      return row?.note ?? null
    },
  }
}

const stored = (row: StoredTimestamp): StoredTimestamp => ({
  ...row,
  size: Number(row.size),
  at: Number(row.at),
  time: Number(row.time),
})

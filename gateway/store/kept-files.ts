// Which contents of files are kept, each once, under its digest. The bytes are in a folder of the airlock's.

import type { Instant } from '../../policy/index.ts'
import type { Db } from './schema.ts'

export interface KeptFile {
  readonly sha256: string
  readonly bytes: number
  readonly storedAt: Instant
}

export interface KeptFiles {
  put(file: KeptFile): Promise<void>
  has(sha256: string): Promise<boolean>
  /** False where it is not kept any more. */
  drop(sha256: string, at: Instant): Promise<boolean>
  /** By digest, from the first after `after`. */
  page(after: string, limit: number): Promise<readonly KeptFile[]>
}

export function keptFilesIn(db: Db): KeptFiles {
  return {
    async put({ sha256, bytes, storedAt }) {
      const row = { sha256, bytes, stored_at: storedAt, state: 'kept', deleted_at: null }
      await db
        .insertInto('kept_file')
        .values(row)
        .onConflict((c) => c.column('sha256').doUpdateSet(row).where('kept_file.state', '<>', 'kept'))
        .execute()
    },
    async has(sha256) {
      const row = await db
        .selectFrom('kept_file')
        .select('sha256')
        .where('sha256', '=', sha256)
        .where('state', '=', 'kept')
        .executeTakeFirst()
      return row !== undefined
    },
    async drop(sha256, at) {
      const done = await db
        .updateTable('kept_file')
        .set({ state: 'deleted', deleted_at: at })
        .where('sha256', '=', sha256)
        .where('state', '=', 'kept')
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
    async page(after, limit) {
      const rows = await db
        .selectFrom('kept_file')
        .selectAll()
        .where('state', '=', 'kept')
        .where('sha256', '>', after)
        .orderBy('sha256')
        .limit(limit)
        .execute()
      return rows.map(({ sha256, bytes, stored_at: storedAt }) => ({ sha256, bytes, storedAt }))
    },
  }
}

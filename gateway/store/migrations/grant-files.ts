// Migration 24: which files may cross by a grant. One from before has none: no file could cross.

import type { Kysely } from 'kysely'

export async function up(db: Kysely<never>): Promise<void> {
  /** As JSON. */
  await db.schema.alterTable('access_grant').addColumn('transfer', 'text').execute()
}

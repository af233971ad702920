// Migration 22: what is to be brought out of the gateway and fails, and samples of recordings that are reviewed.

import type { Kysely } from 'kysely'

export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable('setback')
    .addColumn('what', 'text', (c) => c.notNull())
    .addColumn('place', 'text', (c) => c.notNull())
    .addColumn('since', 'bigint', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('told', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('setback_pk', ['what', 'place'])
    .execute()
}

// Migration 16: how each thing the path of access leans on was seen last, and how its day went so far.

import type { Kysely } from 'kysely'

export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable('dependency_state')
    .addColumn('dependency', 'text', (c) => c.primaryKey())
    /** How it is looked at; looked at in another way, what is kept here says nothing. */
    .addColumn('watch', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('since', 'bigint', (c) => c.notNull())
    /** Failures in a row. */
    .addColumn('failures', 'integer', (c) => c.notNull())
    .addColumn('looked_at', 'bigint')
    .addColumn('good_at', 'bigint')
    .addColumn('problem', 'text')
    /** The time its next heartbeat is about, so far. */
    .addColumn('day_from', 'bigint', (c) => c.notNull())
    .addColumn('day_good', 'integer', (c) => c.notNull())
    .addColumn('day_failed', 'integer', (c) => c.notNull())
    .addColumn('day_worst', 'text', (c) => c.notNull())
    .addColumn('day_degraded_ms', 'bigint', (c) => c.notNull())
    .execute()
}

// Migration 23: releases of the gateway itself, from the entry that found them to the yes of a second person.

import type { Kysely } from 'kysely'

export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable('platform_release')
    /** Index of the entry that found the change. */
    .addColumn('entry', 'bigint', (c) => c.primaryKey())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('due_at', 'bigint', (c) => c.notNull())
    .addColumn('changes', 'text', (c) => c.notNull())
    .addColumn('record_entry', 'bigint')
    .addColumn('recorded_by', 'text')
    .addColumn('recorded_at', 'bigint')
    .addColumn('change_reference', 'text')
    .addColumn('impact', 'text')
    .addColumn('test', 'text')
    .addColumn('rollback_plan', 'text')
    .addColumn('verdict', 'text')
    .addColumn('verdict_entry', 'bigint')
    .addColumn('verdict_by', 'text')
    .addColumn('verdict_at', 'bigint')
    .addColumn('verdict_comment', 'text')
    .execute()
}

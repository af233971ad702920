// Migration 10: how far each accepted risk of the register has aged.

import type { Kysely } from 'kysely'

export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable('risk_stage')
    .addColumn('risk', 'text', (c) => c.notNull())
    /** Last day it is accepted: accepted anew it has another one, and ages anew. */
    .addColumn('until_day', 'text', (c) => c.notNull())
    .addColumn('stage', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('risk_stage_pk', ['risk', 'until_day', 'stage'])
    .execute()
}

// Migration 18: accounts that look over their own plants only. Whoever is there already goes on looking over all.

import type { Kysely } from 'kysely'

export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .alterTable('person')
    .addColumn('oversight', 'text', (c) => c.notNull().defaultTo('all'))
    .execute()
}

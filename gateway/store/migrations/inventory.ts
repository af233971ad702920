// Migration 7: what was confirmed of assets at walkdowns, and when somebody went through the scope-fit report.

import type { Kysely } from 'kysely'

export async function up(db: Kysely<never>): Promise<void> {
  const { schema } = db
  await schema
    .createTable('asset_confirmation')
    /** Counts up by one: what is new is read from where the last reading stopped. */
    .addColumn('seq', 'bigint', (c) => c.primaryKey())
    .addColumn('asset', 'text', (c) => c.notNull())
    .addColumn('zone', 'text', (c) => c.notNull())
    .addColumn('seen_on', 'text', (c) => c.notNull())
    .addColumn('by_person', 'text', (c) => c.notNull().references('person.id'))
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('note', 'text')
    .execute()
  await schema
    .createTable('scope_fit_review')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('by_person', 'text', (c) => c.notNull().references('person.id'))
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('due_at', 'bigint', (c) => c.notNull())
    .addColumn('bundle', 'text', (c) => c.notNull())
    .addColumn('decisions', 'text', (c) => c.notNull())
    /** What was declared then, by id: the next report is held against it. */
    .addColumn('known', 'text', (c) => c.notNull())
    .execute()
}

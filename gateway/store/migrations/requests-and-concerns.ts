// Migration 9: yeses that count no longer stay with their request, and concerns that people report.

import type { Kysely } from 'kysely'

export async function up(db: Kysely<never>): Promise<void> {
  const { schema } = db
  await schema
    .alterTable('request')
    .addColumn('lapsed', 'text', (c) => c.notNull().defaultTo('[]'))
    .execute()
  await schema
    .createTable('concern')
    .addColumn('id', 'text', (c) => c.primaryKey())
    /** Null where it is about no asset or session. */
    .addColumn('plant', 'text')
    .addColumn('asset', 'text')
    .addColumn('session', 'text')
    .addColumn('words', 'text', (c) => c.notNull())
    /** Null where who reported it did not want to be named: then it is kept nowhere. */
    .addColumn('person', 'text', (c) => c.references('person.id'))
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('due_at', 'bigint', (c) => c.notNull())
    .addColumn('closed_by', 'text')
    .addColumn('closed_at', 'bigint')
    .addColumn('learned', 'text')
    .execute()
}

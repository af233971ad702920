// Migration 11: machine accounts. Each is a person of the store with more beside it: who answers for it, for what it is
// there, until when, and from where it comes. A request for one keeps who asked in its name.

import type { Kysely } from 'kysely'

export async function up(db: Kysely<never>): Promise<void> {
  const { schema } = db
  await schema
    .createTable('machine')
    .addColumn('person', 'text', (c) => c.primaryKey().references('person.id'))
    .addColumn('owner', 'text', (c) => c.notNull().references('person.id'))
    .addColumn('purpose', 'text', (c) => c.notNull())
    .addColumn('until_day', 'text', (c) => c.notNull())
    .addColumn('sources', 'text', (c) => c.notNull())
    .execute()
  await schema.createIndex('machine_owner').on('machine').column('owner').execute()
  await schema.alterTable('request').addColumn('asked_by', 'text').execute()
}

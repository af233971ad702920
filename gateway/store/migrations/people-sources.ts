// Migration 19: where the roles of people come from, which feeds were taken, prepared accounts that wait for their person,
// and breaches of separation that were noticed.

import type { Kysely } from 'kysely'

export async function up(db: Kysely<never>): Promise<void> {
  const { schema } = db
  await schema
    .createTable('person_source')
    .addColumn('person', 'text', (c) => c.primaryKey().references('person.id'))
    .addColumn('feed', 'text', (c) => c.notNull())
    .addColumn('external_id', 'text', (c) => c.notNull())
    .addColumn('hand_roles', 'text', (c) => c.notNull())
    .addColumn('hand_plants', 'text', (c) => c.notNull())
    .addColumn('feed_roles', 'text', (c) => c.notNull())
    .addColumn('feed_plants', 'text', (c) => c.notNull())
    .addColumn('withheld_roles', 'text', (c) => c.notNull())
    .addColumn('withheld_plants', 'text', (c) => c.notNull())
    /** When the feed said they left; null while they are here. */
    .addColumn('left_at', 'bigint')
    .execute()
  await schema
    .createIndex('person_source_external')
    .unique()
    .on('person_source')
    .columns(['feed', 'external_id'])
    .execute()
  await schema
    .createTable('people_feed')
    .addColumn('feed', 'text', (c) => c.primaryKey())
    .addColumn('as_of', 'bigint', (c) => c.notNull())
    .addColumn('digest', 'text', (c) => c.notNull())
    .addColumn('taken_at', 'bigint', (c) => c.notNull())
    .addColumn('rows', 'integer', (c) => c.notNull())
    .execute()
  await schema
    .createTable('enrolment')
    .addColumn('person', 'text', (c) => c.primaryKey().references('person.id'))
    .addColumn('secret_hash', 'text', (c) => c.notNull())
    .addColumn('totp_secret', 'blob', (c) => c.notNull())
    .addColumn('until_at', 'bigint', (c) => c.notNull())
    .execute()
  await schema
    .createTable('separation_breach')
    .addColumn('person', 'text', (c) => c.notNull().references('person.id'))
    .addColumn('rule', 'text', (c) => c.notNull())
    .addColumn('found', 'text', (c) => c.notNull())
    .addColumn('found_at', 'bigint', (c) => c.notNull())
    .addColumn('enforced_at', 'bigint')
    .addPrimaryKeyConstraint('separation_breach_pk', ['person', 'rule'])
    .execute()
}

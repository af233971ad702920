// Migration 6: attestations are of more than a person's eligibility for a label: of a person's training, and of what is
// expected of a supplier. The table is made anew, because its person is now one of two it may be about.

import { sql, type Kysely } from 'kysely'

export async function up(db: Kysely<never>): Promise<void> {
  const { schema } = db
  await schema
    .createTable('attestation_of')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('person', 'text', (c) => c.references('person.id'))
    .addColumn('supplier', 'text')
    .addColumn('what', 'text', (c) => c.notNull())
    .addColumn('until_at', 'bigint', (c) => c.notNull())
    .addColumn('reference', 'text', (c) => c.notNull())
    .addColumn('by_person', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('ended_by', 'text')
    .addColumn('ended_at', 'bigint')
    /** When its end was called out beforehand. */
    .addColumn('called_at', 'bigint')
    .execute()
  await sql`insert into attestation_of
    (id, kind, person, what, until_at, reference, by_person, at, ended_by, ended_at)
    select id, 'label', person, label, until_at, reference, by_person, at, ended_by, ended_at from attestation`.execute(
    db,
  )
  await schema.dropTable('attestation').execute()
  await sql`alter table attestation_of rename to attestation`.execute(db)
  await schema.createIndex('attestation_until').on('attestation').column('until_at').execute()
  await schema.createIndex('attestation_supplier').on('attestation').column('supplier').execute()
}

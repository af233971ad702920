// Migration 12: recordings remember what their asset was labelled at the start of the session, and viewings that a second
// person has to agree to.

import { sql, type Kysely } from 'kysely'

export async function up(db: Kysely<never>): Promise<void> {
  const { schema } = db
  /** Null in sessions of before: nothing is remembered of them. */
  await schema.alterTable('session').addColumn('asset_type', 'text').execute()
  await schema
    .alterTable('session')
    .addColumn('labels', 'text', (c) => c.notNull().defaultTo('[]'))
    .execute()
  await schema
    .createTable('viewing')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('session', 'text', (c) => c.notNull().references('session.id'))
    .addColumn('viewer', 'text', (c) => c.notNull().references('person.id'))
    .addColumn('purpose', 'text', (c) => c.notNull())
    .addColumn('asked_at', 'bigint', (c) => c.notNull())
    /** Until when it may be answered. */
    .addColumn('answer_by', 'bigint', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('answered_by', 'text')
    .addColumn('answered_at', 'bigint')
    .addColumn('reason', 'text')
    /** Until when it may be looked at; null until somebody agreed. */
    .addColumn('view_until', 'bigint')
    .execute()
  await schema.createIndex('viewing_session').on('viewing').columns(['session', 'viewer']).execute()
  await schema.createIndex('viewing_state').on('viewing').columns(['state', 'answer_by']).execute()
  // Of one person and one recording one question at a time waits for an answer.
  await sql`create unique index viewing_waiting on viewing (session, viewer) where state = 'asked'`.execute(db)
}

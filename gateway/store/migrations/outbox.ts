// Migration 5: what is to be told to whom. The ledger itself is the list of causes; what was written before this
// migration is told to nobody.

import { sql, type Kysely } from 'kysely'

export async function up(db: Kysely<never>): Promise<void> {
  const schema = db.schema
  await schema.alterTable('person').addColumn('email', 'text').execute()
  await schema
    .createTable('outbox_cursor')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('next_idx', 'bigint', (c) => c.notNull())
    .execute()
  await sql`insert into outbox_cursor (id, next_idx) select 1, coalesce(max(idx) + 1, 0) from evidence`.execute(db)
  await schema
    .createTable('outbox')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('idx', 'bigint', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('destination', 'text', (c) => c.notNull())
    .addColumn('person', 'text')
    .addColumn('link', 'text')
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('next_at', 'bigint', (c) => c.notNull())
    .addColumn('done_at', 'bigint')
    .addColumn('problem', 'text')
    .execute()
  await schema.createIndex('outbox_due').on('outbox').columns(['state', 'destination', 'next_at']).execute()
  await schema
    .createTable('approval_link')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('request', 'text', (c) => c.notNull())
    .addColumn('digest', 'text', (c) => c.notNull())
    .addColumn('person', 'text', (c) => c.notNull())
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .addColumn('used_at', 'bigint')
    .execute()
  await schema
    .createTable('waiting_step')
    .addColumn('request', 'text', (c) => c.notNull())
    .addColumn('step', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('waiting_step_pk', ['request', 'step'])
    .execute()
}

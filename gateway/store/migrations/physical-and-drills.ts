// Migration 20: what doors, cabinets and key switches said last, and which drills were run.

import type { Kysely } from 'kysely'

export async function up(db: Kysely<never>): Promise<void> {
  const { schema } = db
  await schema
    .createTable('physical_state')
    .addColumn('source', 'text', (c) => c.primaryKey())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('zone', 'text', (c) => c.notNull())
    .addColumn('asset', 'text')
    .addColumn('plant', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('since_at', 'bigint', (c) => c.notNull())
    /** The newest time its own clock gave; what is older changes nothing. */
    .addColumn('last_at', 'bigint', (c) => c.notNull())
    .addColumn('until_at', 'bigint', (c) => c.notNull())
    .addColumn('message', 'text', (c) => c.notNull())
    .addColumn('heard', 'integer', (c) => c.notNull())
    .addColumn('silent', 'integer', (c) => c.notNull())
    .execute()
  await schema
    .createTable('physical_message')
    .addColumn('source', 'text', (c) => c.notNull())
    .addColumn('message', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('physical_message_pk', ['source', 'message'])
    .execute()
  await schema.createIndex('physical_message_at').on('physical_message').column('at').execute()
  await schema
    .createTable('drill_run')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('asset', 'text', (c) => c.notNull())
    .addColumn('plant', 'text', (c) => c.notNull())
    .addColumn('by_person', 'text', (c) => c.notNull())
    .addColumn('bundle', 'text', (c) => c.notNull())
    .addColumn('started_at', 'bigint', (c) => c.notNull())
    .addColumn('ended_at', 'bigint')
    .addColumn('outcome', 'text')
    /** What was expected of each step and what came, as JSON. */
    .addColumn('steps', 'text')
    .execute()
  await schema.createIndex('drill_run_name').on('drill_run').columns(['name', 'ended_at']).execute()
  await schema
    .createTable('drill_seen')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute()
  await schema
    .createTable('drill_stage')
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('due_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('drill_stage_pk', ['name', 'due_at'])
    .execute()
}

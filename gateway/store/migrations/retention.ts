// Migration 13: legal holds, deletions and erasures with their two people, what recordings take on disk, and the level of
// free space that was last told.

import type { Kysely } from 'kysely'

export async function up(db: Kysely<never>): Promise<void> {
  const { schema } = db
  await schema
    .createTable('recording_size')
    .addColumn('session', 'text', (c) => c.primaryKey().references('session.id'))
    .addColumn('bytes', 'bigint', (c) => c.notNull())
    .execute()
  // What ended when is asked every minute, and of the last thirty days.
  await schema.createIndex('session_ended').on('session').column('ended_at').execute()
  await schema
    .createTable('evidence_hold')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('target_kind', 'text', (c) => c.notNull())
    /** Empty for everything. */
    .addColumn('target_id', 'text', (c) => c.notNull())
    /** Both or none. */
    .addColumn('from_at', 'bigint')
    .addColumn('until_at', 'bigint')
    .addColumn('by_person', 'text', (c) => c.notNull().references('person.id'))
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('reference', 'text', (c) => c.notNull())
    .addColumn('released_by', 'text')
    .addColumn('released_at', 'bigint')
    .addColumn('release_reason', 'text')
    .execute()
  await schema
    .createTable('deletion')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('by_person', 'text', (c) => c.notNull().references('person.id'))
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    /** `open`, `confirmed`, `withdrawn`, `done`. */
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('decided_by', 'text')
    .addColumn('decided_at', 'bigint')
    .addColumn('words', 'text')
    .execute()
  await schema
    .createTable('deletion_item')
    .addColumn('deletion', 'text', (c) => c.notNull().references('deletion.id'))
    .addColumn('session', 'text', (c) => c.notNull().references('session.id'))
    .addColumn('retention', 'text', (c) => c.notNull())
    .addColumn('kept_until', 'bigint', (c) => c.notNull())
    .addColumn('bytes', 'bigint', (c) => c.notNull())
    /** `waiting`, `removing`, `deleted`, `stopped`. */
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint')
    /** What kept it from being removed at the last try. */
    .addColumn('problem', 'text')
    .addPrimaryKeyConstraint('deletion_item_key', ['deletion', 'session'])
    .execute()
  await schema.createIndex('deletion_item_session').on('deletion_item').column('session').execute()
  await schema
    .createTable('erasure')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('subject_kind', 'text', (c) => c.notNull())
    .addColumn('subject_id', 'text', (c) => c.notNull())
    .addColumn('by_person', 'text', (c) => c.notNull().references('person.id'))
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    /** Values that could be erased when it was proposed; when it is done, those that were. */
    .addColumn('count', 'integer', (c) => c.notNull())
    /** `open`, `withdrawn`, `done`. */
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('decided_by', 'text')
    .addColumn('decided_at', 'bigint')
    .addColumn('words', 'text')
    .execute()
  await schema
    .createTable('storage_level')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('level', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('checked_at', 'bigint', (c) => c.notNull())
    .execute()
}

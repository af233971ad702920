// Migration 14: copies of sealed recordings in the object store, and how far each has come.

import type { Kysely } from 'kysely'

export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable('recording_copy')
    .addColumn('session', 'text', (c) => c.primaryKey().references('session.id'))
    /** Of its seal in the ledger: recordings are taken up in this order. */
    .addColumn('seal_index', 'integer', (c) => c.notNull())
    /** `due`, `stored`, `leaving`, `away`, `removed`. */
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('next_at', 'bigint', (c) => c.notNull())
    .addColumn('problem', 'text')
    .addColumn('bytes', 'bigint', (c) => c.notNull())
    .addColumn('stored_at', 'bigint')
    .addColumn('locked_until', 'bigint')
    .execute()
  await db.schema.createIndex('recording_copy_next').on('recording_copy').columns(['state', 'next_at']).execute()
  await db.schema.createIndex('recording_copy_seal').on('recording_copy').columns(['seal_index']).execute()
  await db.schema.createIndex('session_seal_index').on('session').columns(['seal_index']).execute()
  await db.schema
    .createTable('recording_object')
    .addColumn('session', 'text', (c) => c.notNull().references('session.id'))
    /** File of the recording's folder. */
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('bytes', 'bigint', (c) => c.notNull())
    .addColumn('sha256', 'text', (c) => c.notNull())
    .addColumn('version', 'text')
    .addPrimaryKeyConstraint('recording_object_pk', ['session', 'name'])
    .execute()
}

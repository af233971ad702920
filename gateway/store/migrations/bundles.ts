// Migration 4: the life of bundles. Activations in order, proposals with their files, and scope changes under review.

import { sql, type Kysely } from 'kysely'

export async function up(db: Kysely<never>): Promise<void> {
  const schema = db.schema
  await schema
    .createTable('bundle_activation')
    .addColumn('seq', 'bigint', (c) => c.primaryKey())
    .addColumn('digest', 'text', (c) => c.notNull().references('bundle.digest'))
    .addColumn('previous', 'text')
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('proposal', 'text')
    .addColumn('proposer', 'text')
    .addColumn('activator', 'text')
    .addColumn('reason', 'text')
    .execute()
  // What was in force before this migration came from the folder, at the start of the gateway.
  await sql`insert into bundle_activation (seq, digest, previous, at, kind)
    select row_number() over (order by activated_at, digest), digest,
      lag(digest) over (order by activated_at, digest), activated_at, 'folder' from bundle`.execute(db)
  await schema
    .createTable('bundle_proposal')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('digest', 'text', (c) => c.notNull())
    .addColumn('base', 'text', (c) => c.notNull())
    .addColumn('scope_version', 'text', (c) => c.notNull())
    .addColumn('person', 'text', (c) => c.references('person.id'))
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('comment', 'text', (c) => c.notNull())
    .addColumn('files', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('decided_by', 'text')
    .addColumn('decided_at', 'bigint')
    .addColumn('reason', 'text')
    .execute()
  await schema.createIndex('proposal_state').on('bundle_proposal').columns(['state', 'id']).execute()
  await schema
    .createTable('scope_change')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('asset', 'text', (c) => c.notNull())
    .addColumn('before', 'text', (c) => c.notNull())
    .addColumn('bundle', 'text', (c) => c.notNull())
    .addColumn('was', 'text', (c) => c.notNull())
    .addColumn('becomes', 'text', (c) => c.notNull())
    .addColumn('attributes', 'text', (c) => c.notNull())
    .addColumn('raised_at', 'bigint', (c) => c.notNull())
    .addColumn('proposer', 'text')
    .addColumn('activator', 'text')
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('reviewed_by', 'text')
    .addColumn('reviewed_at', 'bigint')
    .addColumn('comment', 'text')
    .execute()
  await schema.createIndex('scope_change_state').on('scope_change').columns(['state', 'asset']).execute()
}

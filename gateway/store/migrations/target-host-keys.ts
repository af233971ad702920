// Migration 26: host keys of targets that are not pinned in the bundle: seen, proposed by one person, accepted by another.

import type { Kysely } from 'kysely'

export async function up(db: Kysely<never>): Promise<void> {
  const { schema } = db
  await schema
    .createTable('target_host_key')
    .addColumn('asset', 'text', (c) => c.notNull())
    /** `SHA256:…`, as OpenSSH prints it. */
    .addColumn('fingerprint', 'text', (c) => c.notNull())
    /** In OpenSSH form. */
    .addColumn('host_key', 'text', (c) => c.notNull())
    /** `seen`, `proposed`, `accepted`, `rejected`, or `replaced` by one that was accepted later. */
    .addColumn('state', 'text', (c) => c.notNull())
    /** Where it was shown: host and port. */
    .addColumn('address', 'text', (c) => c.notNull())
    .addColumn('seen_at', 'bigint', (c) => c.notNull())
    .addColumn('proposed_by', 'text')
    .addColumn('proposed_at', 'bigint')
    .addColumn('decided_by', 'text')
    .addColumn('decided_at', 'bigint')
    .addPrimaryKeyConstraint('target_host_key_pk', ['asset', 'fingerprint'])
    .execute()
}

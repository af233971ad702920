// Migration 15: what time-stamping authorities attested of the ledger's checkpoints.

import type { Kysely } from 'kysely'

export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable('ledger_timestamp')
    .addColumn('size', 'bigint', (c) => c.notNull())
    .addColumn('authority', 'text', (c) => c.notNull())
    /** When it came, by the gateway's clock, and when the authority says. */
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('time', 'bigint', (c) => c.notNull())
    /** The checkpoint, byte for byte as it was attested: cosignatures may have come to it since. */
    .addColumn('note', 'text', (c) => c.notNull())
    /** The whole TimeStampResp, DER. */
    .addColumn('response', 'blob', (c) => c.notNull())
    .addPrimaryKeyConstraint('ledger_timestamp_pk', ['size', 'authority'])
    .execute()
}

// Migration 21: addresses that were seen in a plant's networks and that no declared asset has, and what somebody of the
// plant says they are.

import type { Kysely } from 'kysely'

export async function up(db: Kysely<never>): Promise<void> {
  const { schema } = db
  await schema
    .createTable('seen_address')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('address', 'text', (c) => c.notNull().unique())
    .addColumn('plant', 'text', (c) => c.notNull())
    .addColumn('first_at', 'bigint', (c) => c.notNull())
    .addColumn('last_at', 'bigint', (c) => c.notNull())
    /** `open` until somebody has said what it is: `register`, `remove` or `known`. */
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('by_person', 'text')
    .addColumn('decided_at', 'bigint')
    .addColumn('reason', 'text')
    .execute()
  await schema.createIndex('seen_address_state').on('seen_address').columns(['state', 'id']).execute()
}

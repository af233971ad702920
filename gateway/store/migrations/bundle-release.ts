// Migration 8: what the release of a bundle rests on beside its files: the change it belongs to, the way back, and the
// verdicts of safety engineers.

import type { Kysely } from 'kysely'

export async function up(db: Kysely<never>): Promise<void> {
  const { schema } = db
  await schema.alterTable('bundle_proposal').addColumn('change_ref', 'text').execute()
  await schema.alterTable('bundle_proposal').addColumn('rollback', 'text').execute()
  await schema
    .createTable('safety_review')
    .addColumn('seq', 'bigint', (c) => c.primaryKey())
    .addColumn('proposal', 'text', (c) => c.notNull().references('bundle_proposal.id'))
    .addColumn('base', 'text', (c) => c.notNull())
    .addColumn('verdict', 'text', (c) => c.notNull())
    .addColumn('person', 'text', (c) => c.notNull().references('person.id'))
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('reference', 'text')
    .addColumn('comment', 'text', (c) => c.notNull())
    .addColumn('void_at', 'bigint')
    .execute()
  await schema.createIndex('safety_review_proposal').on('safety_review').columns(['proposal', 'seq']).execute()
}

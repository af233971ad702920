// Migration 2: requests with terms, quorum, tiers, sets and a time by which they are answered; grants with schedules.
// What was asked for before is read as what it then was: the whole window, of the normal tier, alone.

import { sql, type Kysely } from 'kysely'

/** The columns this migration reads and writes, as they are at this version. */
interface Before {
  request: { id: string; ask: string; approvals: string; decision: string; terms: string; expires_at: number }
}

export async function up(db: Kysely<never>): Promise<void> {
  const schema = db.schema
  for (const [name, type] of [
    ['set_id', 'text'],
    ['alarm_at', 'bigint'],
    ['alarmed_at', 'bigint'],
    ['used_at', 'bigint'],
  ] as const) {
    await schema.alterTable('request').addColumn(name, type).execute()
  }
  for (const [name, value] of [
    ['terms', '{}'],
    ['needs', '[]'],
    ['ticket_state', 'none'],
  ] as const) {
    await schema
      .alterTable('request')
      .addColumn(name, 'text', (c) => c.notNull().defaultTo(value))
      .execute()
  }
  for (const name of ['expires_at', 'version'] as const) {
    await schema
      .alterTable('request')
      .addColumn(name, 'bigint', (c) => c.notNull().defaultTo(0))
      .execute()
  }
  for (const [name, value] of [
    ['schedule', '{"kind":"whole"}'],
    ['tier', 'normal'],
    ['conditions', ''],
  ] as const) {
    await schema
      .alterTable('access_grant')
      .addColumn(name, 'text', (c) => c.notNull().defaultTo(value))
      .execute()
  }
  await schema
    .alterTable('access_grant')
    .addColumn('escort', 'integer', (c) => c.notNull().defaultTo(0))
    .execute()
  await rewrite(db as unknown as Kysely<Before>)
  await schema.createIndex('request_expiry').on('request').columns(['kind', 'expires_at']).execute()
  await schema.createIndex('request_set').on('request').columns(['set_id', 'id']).execute()
  await sql`create index request_alarm on request (alarm_at) where alarm_at is not null`.execute(db)
}

async function rewrite(db: Kysely<Before>): Promise<void> {
  const rows = await db.selectFrom('request').select(['id', 'ask', 'approvals', 'decision']).execute()
  for (const row of rows) {
    const ask = JSON.parse(row.ask) as { window: { from: number; until: number }; operationClass: string }
    const approvals = JSON.parse(row.approvals) as { by: string }[]
    const decision = JSON.parse(row.decision) as { kind: string; obligations?: string[] }
    await db
      .updateTable('request')
      .set({
        ask: JSON.stringify({
          ...ask,
          schedule: { kind: 'whole' },
          tier: 'normal',
          criteria: [],
          rollback: '',
          files: [],
        }),
        terms: JSON.stringify({
          window: ask.window,
          operationClass: ask.operationClass,
          escort: false,
          conditions: '',
        }),
        approvals: JSON.stringify(approvals.map((one) => ({ ...one, onBehalfOf: one.by }))),
        decision: JSON.stringify({
          ...decision,
          exceptions: [],
          ...(decision.obligations ? { obligations: decision.obligations.map((kind) => ({ kind })) } : {}),
        }),
        expires_at: ask.window.until,
      })
      .where('id', '=', row.id)
      .execute()
  }
}

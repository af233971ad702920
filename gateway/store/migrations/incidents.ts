// Migration 17: incidents, whom they have to be reported to, what was asked of others about them, and what came.

import type { Kysely } from 'kysely'

export async function up(db: Kysely<never>): Promise<void> {
  const { schema } = db
  await schema
    .createTable('incident')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('title', 'text', (c) => c.notNull())
    .addColumn('words', 'text', (c) => c.notNull())
    .addColumn('severity', 'text', (c) => c.notNull())
    .addColumn('by_person', 'text', (c) => c.notNull().references('person.id'))
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('concern', 'text')
    /** JSON: lists of ids of plants, assets, sessions and suppliers. */
    .addColumn('touched', 'text', (c) => c.notNull())
    /** The gravest it was ever rated. */
    .addColumn('gravest', 'text', (c) => c.notNull())
    .addColumn('assigned_to', 'text')
    /** JSON: ids of everybody it was ever assigned to, and of who contained it. */
    .addColumn('hands', 'text', (c) => c.notNull())
    .addColumn('contain_by', 'bigint')
    .addColumn('contained_at', 'bigint')
    /** JSON: kinds of assessment that were made. */
    .addColumn('assessed', 'text', (c) => c.notNull())
    .addColumn('closed_at', 'bigint')
    /** JSON: by whom, with root cause, lessons and the committee's decision. */
    .addColumn('closing', 'text')
    .addColumn('action_due_at', 'bigint')
    /** JSON: the corrective action, its owner, and how it was found to work. */
    .addColumn('action', 'text')
    .execute()
  await schema
    .createTable('incident_entry')
    .addColumn('incident', 'text', (c) => c.notNull().references('incident.id'))
    /** Index in the ledger: there it stands what happened. */
    .addColumn('idx', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('incident_entry_pk', ['incident', 'idx'])
    .execute()
  await schema
    .createTable('incident_report')
    .addColumn('incident', 'text', (c) => c.notNull().references('incident.id'))
    .addColumn('report', 'text', (c) => c.notNull())
    .addColumn('title', 'text', (c) => c.notNull())
    .addColumn('basis', 'text', (c) => c.notNull())
    .addColumn('due_at', 'bigint', (c) => c.notNull())
    .addColumn('overdue_at', 'bigint')
    .addColumn('made_by', 'text')
    .addColumn('made_at', 'bigint')
    .addColumn('reference', 'text')
    .addPrimaryKeyConstraint('incident_report_pk', ['incident', 'report'])
    .execute()
  await schema
    .createTable('evidence_request')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('incident', 'text', (c) => c.notNull().references('incident.id'))
    .addColumn('party', 'text', (c) => c.notNull())
    .addColumn('what', 'text', (c) => c.notNull())
    .addColumn('why', 'text', (c) => c.notNull())
    .addColumn('by_person', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('due_at', 'bigint', (c) => c.notNull())
    .addColumn('overdue_at', 'bigint')
    .addColumn('outcome', 'text')
    .addColumn('ended_by', 'text')
    .addColumn('ended_at', 'bigint')
    .addColumn('reason', 'text')
    .execute()
  await schema.createIndex('evidence_request_incident').on('evidence_request').column('incident').execute()
  await schema
    .createTable('exhibit')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('request', 'text', (c) => c.notNull().references('evidence_request.id'))
    .addColumn('incident', 'text', (c) => c.notNull().references('incident.id'))
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('bytes', 'bigint', (c) => c.notNull())
    .addColumn('sha256', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('holder', 'text', (c) => c.notNull())
    .addColumn('place', 'text', (c) => c.notNull())
    /** `returned` or `destroyed` when nobody here holds it any more. */
    .addColumn('gone', 'text')
    .execute()
  await schema.createIndex('exhibit_incident').on('exhibit').column('incident').execute()
}

// Incidents: what they touch, how far they are, and the entries of the ledger that tell what happened. Who outside has to
// be told is kept beside them, with its clock.

import type {
  AssetId,
  ConcernId,
  DueReport,
  ImpactLevel,
  IncidentAssessment,
  IncidentId,
  Instant,
  PersonId,
  PlantId,
  SessionId,
  SupplierId,
} from '../../policy/index.ts'
import type { Page } from './page.ts'
import type { Db, Schema } from './schema.ts'

export interface Touched {
  readonly plants: readonly PlantId[]
  readonly assets: readonly AssetId[]
  readonly sessions: readonly SessionId[]
  readonly suppliers: readonly SupplierId[]
}

export interface IncidentClosing {
  readonly by: PersonId
  readonly at: Instant
  readonly cause: string
  readonly lessons: string
  readonly decision: string | null
}

/** What is done so that it does not happen again. */
export interface CorrectiveAction {
  readonly what: string
  readonly owner: PersonId
  readonly dueAt: Instant
  readonly closed: { readonly by: PersonId; readonly at: Instant; readonly effect: string } | null
}

export interface StoredIncident {
  readonly id: IncidentId
  readonly title: string
  readonly words: string
  readonly severity: ImpactLevel
  /** The gravest it was ever rated: what that asks for is not spared by rating it down. */
  readonly gravest: ImpactLevel
  readonly by: PersonId
  readonly at: Instant
  readonly concern: ConcernId | null
  readonly touched: Touched
  readonly assignedTo: PersonId | null
  /** Who saw it through: everybody it was ever assigned to, and who contained it. */
  readonly hands: readonly PersonId[]
  readonly containBy: Instant | null
  readonly containedAt: Instant | null
  readonly assessed: readonly IncidentAssessment[]
  readonly closing: IncidentClosing | null
  readonly action: CorrectiveAction | null
}

export interface StoredReport extends DueReport {
  readonly incident: IncidentId
  readonly made: { readonly by: PersonId; readonly at: Instant; readonly reference: string } | null
}

export interface Incidents {
  insert(incident: StoredIncident): Promise<void>
  /** What may change of it. Only in the transaction that read it: changes run one after the other. */
  update(incident: StoredIncident): Promise<void>
  byId(id: IncidentId): Promise<StoredIncident | null>
  /** Newest first. */
  list(filter: { readonly open: boolean }, page: Page): Promise<readonly StoredIncident[]>
  /** Those that go on past the time in which they had to be contained. */
  containmentOverdue(now: Instant): Promise<readonly StoredIncident[]>
  /** Those whose corrective action is past its day and not closed. */
  actionsOverdue(now: Instant): Promise<readonly StoredIncident[]>
  enter(incident: IncidentId, index: number): Promise<void>
  /** Ledger indices of what happened, oldest first. */
  entries(incident: IncidentId): Promise<readonly number[]>
  /** Owes a report; one that is owed already stays as it is. */
  owe(incident: IncidentId, reports: readonly DueReport[]): Promise<void>
  /** In the order in which they are due. */
  reports(incident: IncidentId): Promise<readonly StoredReport[]>
  /** False where it is not owed, or was made. */
  reported(incident: IncidentId, report: string, made: NonNullable<StoredReport['made']>): Promise<boolean>
  /** Past their time, not made, and not noticed yet. */
  newlyOverdue(now: Instant): Promise<readonly StoredReport[]>
  /** All that are past their time and not made, oldest first. */
  overdue(now: Instant): Promise<readonly StoredReport[]>
  markOverdue(incident: IncidentId, report: string, now: Instant): Promise<boolean>
}

function incidentOf(row: Schema['incident']): StoredIncident {
  // INVARIANT: rows are written from a StoredIncident only.
  return {
    id: row.id as IncidentId,
    title: row.title,
    words: row.words,
    severity: row.severity as ImpactLevel,
    gravest: row.gravest as ImpactLevel,
    by: row.by_person as PersonId,
    at: row.at,
    concern: row.concern as ConcernId | null,
    touched: JSON.parse(row.touched) as Touched,
    assignedTo: row.assigned_to as PersonId | null,
    hands: JSON.parse(row.hands) as PersonId[],
    containBy: row.contain_by,
    containedAt: row.contained_at,
    assessed: JSON.parse(row.assessed) as IncidentAssessment[],
    closing: row.closing === null ? null : (JSON.parse(row.closing) as IncidentClosing),
    action: row.action === null ? null : (JSON.parse(row.action) as CorrectiveAction),
  }
}

const reportOf = (row: Schema['incident_report']): StoredReport => ({
  incident: row.incident as IncidentId,
  id: row.report,
  title: row.title,
  basis: row.basis,
  dueAt: row.due_at,
  made: row.made_at === null ? null : { by: row.made_by as PersonId, at: row.made_at, reference: row.reference ?? '' },
})

const changing = ({
  severity,
  gravest,
  touched,
  assignedTo,
  hands,
  containBy,
  containedAt,
  assessed,
  closing,
  action,
}: StoredIncident) => ({
  severity,
  gravest,
  touched: JSON.stringify(touched),
  assigned_to: assignedTo,
  hands: JSON.stringify(hands),
  contain_by: containBy,
  contained_at: containedAt,
  assessed: JSON.stringify(assessed),
  closed_at: closing?.at ?? null,
  closing: closing === null ? null : JSON.stringify(closing),
  // Null again once it was found to work: what is over is due no more.
  action_due_at: action === null || action.closed !== null ? null : action.dueAt,
  action: action === null ? null : JSON.stringify(action),
})

export function incidentsIn(db: Db): Incidents {
  const open = () => db.selectFrom('incident_report').selectAll().where('made_at', 'is', null)
  return {
    async insert(incident) {
      const { id, title, words, by, at, concern } = incident
      const values = { id, title, words, by_person: by, at, concern, ...changing(incident) }
      await db.insertInto('incident').values(values).execute()
    },
    async update(incident) {
      await db.updateTable('incident').set(changing(incident)).where('id', '=', incident.id).execute()
    },
    async byId(id) {
      const row = await db.selectFrom('incident').selectAll().where('id', '=', id).executeTakeFirst()
      return row ? incidentOf(row) : null
    },
    async list(filter, { limit, before }) {
      let query = db.selectFrom('incident').selectAll().orderBy('id', 'desc').limit(limit)
      if (filter.open) query = query.where('closed_at', 'is', null)
      if (before !== null) query = query.where('id', '<', before)
      return (await query.execute()).map(incidentOf)
    },
    async containmentOverdue(now) {
      const query = db.selectFrom('incident').selectAll().where('contain_by', '<=', now)
      const standing = query.where('contained_at', 'is', null).where('closed_at', 'is', null)
      return (await standing.orderBy('id').execute()).map(incidentOf)
    },
    async actionsOverdue(now) {
      const query = db.selectFrom('incident').selectAll().where('action_due_at', '<=', now).orderBy('id')
      return (await query.execute()).map(incidentOf)
    },
    async enter(incident, index) {
      await db.insertInto('incident_entry').values({ incident, idx: index }).execute()
    },
    async entries(incident) {
      const query = db.selectFrom('incident_entry').select('idx').where('incident', '=', incident).orderBy('idx')
      return (await query.execute()).map(({ idx }) => Number(idx))
    },
    async owe(incident, reports) {
      for (const { id, title, basis, dueAt } of reports)
        await db
          .insertInto('incident_report')
          .values({
            incident,
            report: id,
            title,
            basis,
            due_at: dueAt,
            overdue_at: null,
            made_by: null,
            made_at: null,
            reference: null,
          })
          .execute()
    },
    async reports(incident) {
      const query = db.selectFrom('incident_report').selectAll().where('incident', '=', incident)
      return (await query.orderBy('due_at').orderBy('report').execute()).map(reportOf)
    },
    async reported(incident, report, { by, at, reference }) {
      const done = await db
        .updateTable('incident_report')
        .set({ made_by: by, made_at: at, reference })
        .where('incident', '=', incident)
        .where('report', '=', report)
        .where('made_at', 'is', null)
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
    async newlyOverdue(now) {
      const query = open().where('due_at', '<=', now).where('overdue_at', 'is', null)
      return (await query.orderBy('due_at').execute()).map(reportOf)
    },
    async overdue(now) {
      return (await open().where('due_at', '<=', now).orderBy('due_at').execute()).map(reportOf)
    },
    async markOverdue(incident, report, now) {
      const done = await db
        .updateTable('incident_report')
        .set({ overdue_at: now })
        .where('incident', '=', incident)
        .where('report', '=', report)
        .where('made_at', 'is', null)
        .where('overdue_at', 'is', null)
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
  }
}

// What was asked of others about an incident, and the pieces of evidence that came: their names and digests, who holds
// them now and where. The pieces themselves are kept elsewhere; how they went from hand to hand stands in the ledger.

import type { EvidenceRequestId, ExhibitId, IncidentId, Instant, PersonId } from '../../policy/index.ts'
import type { Db, Schema } from './schema.ts'

export type RequestOutcome = 'complete' | 'refused' | 'withdrawn'

export interface StoredEvidenceRequest {
  readonly id: EvidenceRequestId
  readonly incident: IncidentId
  readonly party: string
  readonly what: string
  readonly why: string
  readonly by: PersonId
  readonly at: Instant
  readonly dueAt: Instant
  readonly ended: {
    readonly outcome: RequestOutcome
    readonly by: PersonId
    readonly at: Instant
    readonly reason: string
  } | null
}

export interface StoredExhibit {
  readonly id: ExhibitId
  readonly request: EvidenceRequestId
  readonly incident: IncidentId
  readonly name: string
  readonly bytes: number
  /** 64 hexadecimal digits. */
  readonly sha256: string
  readonly at: Instant
  readonly holder: string
  readonly place: string
  readonly gone: 'returned' | 'destroyed' | null
}

export interface EvidenceRequests {
  insert(request: Omit<StoredEvidenceRequest, 'ended'>): Promise<void>
  byId(id: EvidenceRequestId): Promise<StoredEvidenceRequest | null>
  /** Oldest first. */
  ofIncident(incident: IncidentId): Promise<readonly StoredEvidenceRequest[]>
  /** False when it was ended meanwhile. */
  end(id: EvidenceRequestId, ended: NonNullable<StoredEvidenceRequest['ended']>): Promise<boolean>
  newlyOverdue(now: Instant): Promise<readonly StoredEvidenceRequest[]>
  /** All that are open past their day, oldest first. */
  overdue(now: Instant): Promise<readonly StoredEvidenceRequest[]>
  markOverdue(id: EvidenceRequestId, now: Instant): Promise<boolean>
  addExhibit(exhibit: StoredExhibit): Promise<void>
  exhibit(id: ExhibitId): Promise<StoredExhibit | null>
  exhibits(incident: IncidentId): Promise<readonly StoredExhibit[]>
  /** Who holds it now, and where. */
  moveExhibit(exhibit: Pick<StoredExhibit, 'id' | 'holder' | 'place' | 'gone'>): Promise<void>
}

const requestOf = (row: Schema['evidence_request']): StoredEvidenceRequest => ({
  id: row.id as EvidenceRequestId,
  incident: row.incident as IncidentId,
  party: row.party,
  what: row.what,
  why: row.why,
  by: row.by_person as PersonId,
  at: row.at,
  dueAt: row.due_at,
  ended:
    row.ended_at === null
      ? null
      : {
          // INVARIANT: written from a RequestOutcome only.
          outcome: row.outcome as RequestOutcome,
          by: row.ended_by as PersonId,
          at: row.ended_at,
          reason: row.reason ?? '',
        },
})

const exhibitOf = (row: Schema['exhibit']): StoredExhibit => ({
  id: row.id as ExhibitId,
  request: row.request as EvidenceRequestId,
  incident: row.incident as IncidentId,
  name: row.name,
  bytes: Number(row.bytes),
  sha256: row.sha256,
  at: row.at,
  holder: row.holder,
  place: row.place,
  gone: row.gone as StoredExhibit['gone'],
})

export function evidenceRequestsIn(db: Db): EvidenceRequests {
  const all = () => db.selectFrom('evidence_request').selectAll()
  const late = (now: Instant) => all().where('ended_at', 'is', null).where('due_at', '<=', now).orderBy('due_at')
  return {
    async insert({ id, incident, party, what, why, by, at, dueAt }) {
      const ended = { overdue_at: null, outcome: null, ended_by: null, ended_at: null, reason: null }
      const values = { id, incident, party, what, why, by_person: by, at, due_at: dueAt, ...ended }
      await db.insertInto('evidence_request').values(values).execute()
    },
    async byId(id) {
      const row = await all().where('id', '=', id).executeTakeFirst()
      return row ? requestOf(row) : null
    },
    async ofIncident(incident) {
      return (await all().where('incident', '=', incident).orderBy('id').execute()).map(requestOf)
    },
    async end(id, { outcome, by, at, reason }) {
      const done = await db
        .updateTable('evidence_request')
        .set({ outcome, ended_by: by, ended_at: at, reason })
        .where('id', '=', id)
        .where('ended_at', 'is', null)
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
    async newlyOverdue(now) {
      return (await late(now).where('overdue_at', 'is', null).execute()).map(requestOf)
    },
    async overdue(now) {
      return (await late(now).execute()).map(requestOf)
    },
    async markOverdue(id, now) {
      const done = await db
        .updateTable('evidence_request')
        .set({ overdue_at: now })
        .where('id', '=', id)
        .where('ended_at', 'is', null)
        .where('overdue_at', 'is', null)
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
    async addExhibit(exhibit) {
      await db.insertInto('exhibit').values(exhibit).execute()
    },
    async exhibit(id) {
      const row = await db.selectFrom('exhibit').selectAll().where('id', '=', id).executeTakeFirst()
      return row ? exhibitOf(row) : null
    },
    async exhibits(incident) {
      const query = db.selectFrom('exhibit').selectAll().where('incident', '=', incident).orderBy('id')
      return (await query.execute()).map(exhibitOf)
    },
    async moveExhibit({ id, holder, place, gone }) {
      await db.updateTable('exhibit').set({ holder, place, gone }).where('id', '=', id).execute()
    },
  }
}

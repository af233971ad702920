// From incidents, what was asked of others, and custody to what their routes answer. What happened is read from the ledger
// entry it stands in: what was erased there is erased here.

import { baselinesOf, incidentNeedsDecision, isAtLeast, type EvidenceEvent, type Person } from '../../policy/index.ts'
import type { IncidentRow, IncidentView } from '../contract/views.ts'
import { isOwnIncident, mayClose, mayHandle, mayHoldFor } from '../incidents/rights.ts'
import type { StoredEvidenceRequest, StoredExhibit } from '../store/evidence-requests.ts'
import type { StoredIncident, StoredReport } from '../store/incidents.ts'
import { isCommitment, peopleIn, timelineOf } from './incident-timeline.ts'
import { refOf } from './person-ref.ts'
import type { Services } from './services.ts'

type Known = ReadonlyMap<string, Person>

export interface IncidentViewer {
  rows(stored: readonly StoredIncident[]): Promise<IncidentRow[]>
  incident(reader: Person, stored: StoredIncident): Promise<IncidentView>
}

/** Of what happened, the latest that are shown. */
const mostEntries = 200
export function openIncidentViewer({
  store,
  bundle,
  clock,
}: Pick<Services, 'store' | 'bundle' | 'clock'>): IncidentViewer {
  const ref = (people: Known, id: string) => refOf(people, id, bundle())
  const assetName = (id: StoredIncident['touched']['assets'][number]): string => bundle().assets.get(id)?.name ?? id

  function overdueOf(
    { containBy, containedAt, closing, action }: StoredIncident,
    reports: readonly StoredReport[],
    requests: readonly StoredEvidenceRequest[],
  ): string[] {
    const now = clock.now()
    return [
      ...(containBy !== null && containedAt === null && closing === null && now >= containBy ? ['containment'] : []),
      ...reports.filter(({ made, dueAt }) => made === null && now >= dueAt).map(({ title }) => title),
      ...requests
        .filter(({ ended, dueAt }) => ended === null && now >= dueAt)
        .map(({ party }) => `evidence asked of ${party}`),
      ...(action !== null && action.closed === null && now >= action.dueAt ? ['corrective action'] : []),
    ]
  }

  function rowOf(
    stored: StoredIncident,
    people: Known,
    reports: readonly StoredReport[],
    requests: readonly StoredEvidenceRequest[],
  ): IncidentRow {
    const { id, title, severity, by, at, assignedTo, touched, containBy, containedAt, closing } = stored
    const { plants } = bundle()
    return {
      id,
      title,
      severity,
      state: closing !== null ? 'closed' : containedAt !== null ? 'contained' : 'open',
      by: ref(people, by),
      at,
      assignedTo: assignedTo === null ? null : ref(people, assignedTo),
      plants: touched.plants.map((plant) => ({
        id: plant,
        name: plants.get(plant)?.name ?? plant,
        baseline: plants.get(plant)?.baseline ?? null,
      })),
      spansBaselines: baselinesOf(touched.plants, plants).length > 1,
      containBy,
      containedAt,
      closedAt: closing?.at ?? null,
      overdue: overdueOf(stored, reports, requests),
    }
  }

  const exhibitView = (exhibit: StoredExhibit): IncidentView['exhibits'][number] => {
    const { id, request, name, bytes, sha256, at, holder, place, gone } = exhibit
    return { id, request, name, bytes, sha256, at, holder, place, gone }
  }

  return {
    async rows(stored) {
      const people = await store.people.byIds(
        stored.flatMap(({ by, assignedTo }) => [by, ...(assignedTo ? [assignedTo] : [])]),
      )
      const rows: IncidentRow[] = []
      for (const each of stored) {
        const [reports, requests] = [
          await store.incidents.reports(each.id),
          await store.evidenceRequests.ofIncident(each.id),
        ]
        rows.push(rowOf(each, people, reports, requests))
      }
      return rows
    },

    async incident(reader, stored) {
      const { id, touched, closing, action } = stored
      const reports = await store.incidents.reports(id)
      const requests = await store.evidenceRequests.ofIncident(id)
      const exhibits = await store.evidenceRequests.exhibits(id)
      const holds = (await store.holds.inForce()).filter(({ reference }) => reference === id)
      const events: EvidenceEvent[] = []
      for (const index of (await store.incidents.entries(id)).slice(-mostEntries)) {
        const event = await store.evidence.event(index)
        if (event !== null) events.push(event)
      }
      const people = await store.people.byIds([
        stored.by,
        ...[stored.assignedTo, closing?.by, action?.owner, action?.closed?.by].filter(
          (each) => each !== null && each !== undefined,
        ),
        ...reports.flatMap(({ made }) => (made === null ? [] : [made.by])),
        ...requests.flatMap(({ by, ended }) => [by, ...(ended === null ? [] : [ended.by])]),
        ...events.flatMap(peopleIn),
      ])
      const asked = events.flatMap(({ data }) => Object.values(data).filter(isCommitment))
      const values = await store.evidence.disclosed(asked)
      const { register } = bundle()
      const from = register.incidents.correctiveFrom
      const handles = mayHandle(reader, stored)
      return {
        ...rowOf(stored, people, reports, requests),
        words: stored.words,
        concern: stored.concern,
        assets: touched.assets.map((asset) => ({ id: asset, name: assetName(asset) })),
        sessions: [...touched.sessions],
        suppliers: touched.suppliers.map((each) => ({ id: each, name: bundle().suppliers.get(each)?.name ?? each })),
        assessed: [...stored.assessed],
        reports: reports.map(({ id: report, title, basis, dueAt, made }) => ({
          id: report,
          title,
          basis,
          dueAt,
          made: made === null ? null : { ...made, by: ref(people, made.by) },
        })),
        closing: closing === null ? null : { ...closing, by: ref(people, closing.by) },
        action:
          action === null
            ? null
            : {
                what: action.what,
                owner: ref(people, action.owner),
                dueAt: action.dueAt,
                closed: action.closed === null ? null : { ...action.closed, by: ref(people, action.closed.by) },
              },
        holds: holds.map((hold) => hold.id),
        requests: requests.map(({ id: request, party, what, why, at, dueAt, by, ended }) => ({
          id: request,
          party,
          what,
          why,
          at,
          dueAt,
          by: ref(people, by),
          overdue: ended === null && clock.now() >= dueAt,
          ended: ended === null ? null : { ...ended, by: ref(people, ended.by) },
        })),
        exhibits: exhibits.map(exhibitView),
        timeline: timelineOf(events, values, (each) => ref(people, each)),
        needsDecision: incidentNeedsDecision(register, stored.gravest),
        needsAction: from !== null && isAtLeast(stored.gravest, from),
        may: {
          handle: handles,
          hold: mayHoldFor(reader, stored),
          close: closing === null && mayClose(reader, stored) && !isOwnIncident(reader, stored),
          closeAction: handles && action !== null && action.closed === null && action.owner !== reader.id,
        },
      }
    },
  }
}

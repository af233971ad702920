// The chain of custody of an incident: each piece of evidence from hand to hand, and what was done with the recordings of
// the sessions it touches: held, looked at, taken out, deleted.

import type { EvidenceEvent, Person, PersonId, SessionId } from '../../policy/index.ts'
import type { CustodyLogView } from '../contract/views.ts'
import { mayFollow } from '../incidents/rights.ts'
import type { StoredIncident } from '../store/incidents.ts'
import { newestFirst } from '../store/newest-first.ts'
import type { Store } from '../store/store.ts'
import { isCommitment } from './incident-timeline.ts'
import { refOf } from './person-ref.ts'
import type { Services } from './services.ts'

type Steps = CustodyLogView['steps']

/** What is done with a recording, by the entry that tells it, in words. */
const recordingSteps: Readonly<Record<string, string>> = {
  'session.recording_sealed': 'sealed',
  'session.replayed': 'looked at',
  'evidence.exported': 'taken out',
  'recording.deleted': 'deleted',
}
/** Of one session: more views of it than this are of no incident. */
const mostOfSession = 500

/** What was done with the recordings of the sessions it touches. */
async function recordingEvents(
  { evidence }: Pick<Store, 'evidence'>,
  sessions: readonly SessionId[],
): Promise<readonly { readonly session: SessionId; readonly event: EvidenceEvent }[]> {
  const found: { session: SessionId; event: EvidenceEvent }[] = []
  const own = Object.keys(recordingSteps).filter((type) => type !== 'evidence.exported')
  for (const session of sessions) {
    let count = 0
    for await (const event of newestFirst(evidence, { types: own, session })) {
      found.push({ session, event })
      count += 1
      if (count === mostOfSession) break
    }
  }
  if (sessions.length === 0) return found
  // An export names its sessions in a list: it is filed under none of them.
  for await (const event of newestFirst(evidence, { types: ['evidence.exported'], session: null })) {
    const taken = event.data['sessions']
    for (const session of sessions) if (Array.isArray(taken) && taken.includes(session)) found.push({ session, event })
  }
  return found
}

/**
 * The log as it is now, oldest first. Who looked at a recording, and what for, is told of sessions in plants the reader
 * answers for or looks over: having opened an incident on somebody's session is no reason to learn it.
 */
export async function custodyLogOf(
  { store, bundle, clock }: Pick<Services, 'store' | 'bundle' | 'clock'>,
  incident: StoredIncident,
  reader: Person,
): Promise<CustodyLogView> {
  const own: EvidenceEvent[] = []
  for (const index of await store.incidents.entries(incident.id)) {
    const event = await store.evidence.event(index)
    if (event?.type === 'evidence.custody_step') own.push(event)
  }
  const spots = await store.places.spots(incident.touched.sessions)
  const sessions = incident.touched.sessions.filter((id) => mayFollow(reader, incident, spots.get(id)?.plant ?? null))
  const recordings = await recordingEvents(store, sessions)
  const all = [...own, ...recordings.map(({ event }) => event)]
  const values = await store.evidence.disclosed(all.flatMap(({ data }) => Object.values(data).filter(isCommitment)))
  const by = all
    .flatMap(({ data }) => [data['by'], data['viewer'], data['confirmedBy']])
    .filter((id) => typeof id === 'string')
  // INVARIANT: entries name who did it by the id of a person.
  const people = await store.people.byIds(by as PersonId[])
  const exhibits = new Map((await store.evidenceRequests.exhibits(incident.id)).map((each) => [String(each.id), each]))

  const text = ({ data }: EvidenceEvent, field: string): string | null => {
    const value = data[field]
    return isCommitment(value) ? (values.get(value) ?? 'erased') : null
  }
  const who = ({ data }: EvidenceEvent): Steps[number]['by'] => {
    const id = data['by'] ?? data['confirmedBy']
    return typeof id === 'string' ? refOf(people, id, bundle()) : null
  }
  const steps: Steps = [
    ...own.map((event) => {
      const id = String(event.data['exhibit'])
      const exhibit = exhibits.get(id)
      return {
        index: event.index,
        at: event.at,
        what: id,
        name: exhibit?.name ?? id,
        step: String(event.data['kind']),
        by: who(event),
        from: text(event, 'from'),
        to: text(event, 'to'),
        place: text(event, 'place'),
        purpose: text(event, 'purpose'),
        sha256: exhibit?.sha256 ?? null,
      }
    }),
    ...recordings.map(({ session, event }) => ({
      index: event.index,
      at: event.at,
      what: session,
      name: `recording of ${session}`,
      step: recordingSteps[event.type] ?? event.type,
      by: who(event),
      from: null,
      to: null,
      place: null,
      purpose: text(event, 'purpose'),
      sha256: null,
    })),
  ]
  steps.sort((a, b) => a.index - b.index || (a.what < b.what ? -1 : 1))
  return { incident: incident.id, title: incident.title, at: clock.now(), steps }
}

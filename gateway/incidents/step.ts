// One step on an incident: read, judged and written in one transaction, with its entry in the ledger filed under it.

import type { Bundle, EventType, Events, IncidentId, Instant, Person } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { StoredIncident } from '../store/incidents.ts'
import type { Store, Tx } from '../store/store.ts'
import { mayHandle, mayReadIncident, refuseIncidentStep } from './rights.ts'

export interface IncidentDeps {
  readonly store: Store
  readonly clock: Clock
  readonly bundle: () => Bundle
}

export interface Step {
  readonly tx: Tx
  /** As it is in this transaction. */
  readonly incident: StoredIncident
  readonly now: Instant
  /** Adds to the ledger, and files the entry under the incident. */
  write<T extends EventType>(type: T, data: Events[T]): Promise<void>
}

/**
 * An incident that this person may read.
 * @throws GatewayError `not-found` where they may not: its existence is not told.
 */
export async function needIncident({ store }: IncidentDeps, person: Person, id: IncidentId): Promise<StoredIncident> {
  const incident = await store.incidents.byId(id)
  if (!incident || !mayReadIncident(person, incident)) throw new GatewayError('not-found', `no incident \`${id}\``)
  return incident
}

/** The same, for somebody who writes to it. @throws GatewayError `not-found`, `role-missing` (kept as evidence). */
export async function needHandler(
  deps: IncidentDeps,
  person: Person,
  id: IncidentId,
  step: string,
): Promise<StoredIncident> {
  const incident = await needIncident(deps, person, id)
  if (mayHandle(person, incident)) return incident
  return refuseIncidentStep(
    deps,
    { person: person.id, incident: id, step, code: 'role-missing' },
    'this takes who the incident is assigned to, an isms-manager, or an approver or safety engineer of its plants',
  )
}

/** @throws GatewayError `not-found`, and `state-conflict` where it is closed and `open` asks for an open one. */
export async function changeIncident<T>(
  { store, clock }: IncidentDeps,
  id: IncidentId,
  { open }: { readonly open: boolean },
  work: (step: Step) => Promise<T>,
): Promise<T> {
  return store.change(async (tx) => {
    const incident = await tx.incidents.byId(id)
    if (!incident) throw new GatewayError('not-found', `no incident \`${id}\``)
    if (open && incident.closing !== null)
      throw new GatewayError('state-conflict', `incident \`${id}\` is closed already`)
    const now = clock.now()
    return work({
      tx,
      incident,
      now,
      async write(type, data) {
        await tx.incidents.enter(id, await tx.ledger.append(type, now, data))
      },
    })
  })
}

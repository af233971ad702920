// Evidence from outside (ISO/IEC 27001:2022 A.5.28): asked of somebody, received piece by piece with its digest, or refused
// with their reason; and the chain of custody of each piece. The piece itself stays where the plant keeps it: here is what
// proves that it is still the same.

import type { CustodyKind, EvidenceRequestId, ExhibitId, IncidentId, Instant, Person } from '../../policy/index.ts'
import { mint } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { RequestOutcome, StoredEvidenceRequest, StoredExhibit } from '../store/evidence-requests.ts'
import { mayReadIncident } from './rights.ts'
import { changeIncident, needHandler, type IncidentDeps } from './step.ts'

export interface WantedEvidence {
  readonly party: string
  readonly what: string
  readonly why: string
  readonly dueAt: Instant
}

export interface ReceivedFile {
  readonly name: string
  readonly bytes: number
  /** 64 hexadecimal digits. */
  readonly sha256: string
}

/** Who has it from now on, and where it is. */
export interface Keeping {
  readonly holder: string
  readonly place: string
}

export interface Outside {
  ask(person: Person, incident: IncidentId, wanted: WantedEvidence): Promise<EvidenceRequestId>
  receive(person: Person, id: EvidenceRequestId, files: readonly ReceivedFile[], kept: Keeping): Promise<void>
  end(person: Person, id: EvidenceRequestId, outcome: RequestOutcome, reason: string): Promise<void>
  /** @param to who gets it, or gets the copy. */
  move(
    person: Person,
    id: ExhibitId,
    step: {
      readonly kind: Exclude<CustodyKind, 'received'>
      readonly to: string
      readonly place: string
      readonly purpose: string
    },
  ): Promise<void>
  /** Whose incident a request or an exhibit belongs to. @throws GatewayError `not-found` */
  requestOf(id: EvidenceRequestId): Promise<StoredEvidenceRequest>
  exhibitOf(id: ExhibitId): Promise<StoredExhibit>
}

const noRequest = (id: EvidenceRequestId): string => `no request for evidence \`${id}\``
const noExhibit = (id: ExhibitId): string => `no piece of evidence \`${id}\``

export function openOutside(deps: IncidentDeps): Outside {
  const { store, clock } = deps

  /** Who may not read the incident is not told that there is one. */
  async function needHandlerOf(person: Person, incident: IncidentId, step: string, what: string): Promise<void> {
    const found = await store.incidents.byId(incident)
    if (!found || !mayReadIncident(person, found)) throw new GatewayError('not-found', what)
    await needHandler(deps, person, incident, step)
  }

  async function requestOf(id: EvidenceRequestId): Promise<StoredEvidenceRequest> {
    const found = await store.evidenceRequests.byId(id)
    if (!found) throw new GatewayError('not-found', noRequest(id))
    return found
  }
  async function exhibitOf(id: ExhibitId): Promise<StoredExhibit> {
    const found = await store.evidenceRequests.exhibit(id)
    if (!found) throw new GatewayError('not-found', noExhibit(id))
    return found
  }

  return {
    requestOf,
    exhibitOf,

    async ask(person, incident, { party, what, why, dueAt }) {
      await needHandler(deps, person, incident, 'ask-evidence')
      if (dueAt <= clock.now()) throw new GatewayError('malformed-body', 'dueAt: expected a time that is still to come')
      return changeIncident(deps, incident, { open: false }, async ({ tx, now, write }) => {
        const id = mint.evidenceRequest(now)
        await tx.evidenceRequests.insert({ id, incident, party, what, why, by: person.id, at: now, dueAt })
        await write('evidence.requested', {
          request: id,
          incident,
          by: person.id,
          party: await tx.ledger.commit(party),
          what: await tx.ledger.commit(what),
          why: await tx.ledger.commit(why),
          dueAt,
        })
        return id
      })
    },

    async receive(person, id, files, { holder, place }) {
      const { incident, party } = await requestOf(id)
      await needHandlerOf(person, incident, 'receive-evidence', noRequest(id))
      await changeIncident(deps, incident, { open: false }, async ({ tx, now, write }) => {
        if ((await tx.evidenceRequests.byId(id))?.ended !== null)
          throw new GatewayError('state-conflict', `request \`${id}\` was ended: ask anew`)
        for (const { name, bytes, sha256 } of files) {
          const exhibit = mint.exhibit(now)
          const row = { id: exhibit, request: id, incident, name, bytes, sha256, at: now, holder, place, gone: null }
          await tx.evidenceRequests.addExhibit(row)
          await write('evidence.received', {
            request: id,
            incident,
            exhibit,
            by: person.id,
            name: await tx.ledger.commit(name),
            bytes,
            sha256,
          })
          await write('evidence.custody_step', {
            exhibit,
            incident,
            kind: 'received',
            by: person.id,
            from: await tx.ledger.commit(party),
            to: await tx.ledger.commit(holder),
            place: await tx.ledger.commit(place),
            purpose: await tx.ledger.commit(`asked for by ${id}`),
          })
        }
      })
    },

    async end(person, id, outcome, reason) {
      const { incident, dueAt } = await requestOf(id)
      await needHandlerOf(person, incident, 'end-evidence-request', noRequest(id))
      await changeIncident(deps, incident, { open: false }, async ({ tx, now, write }) => {
        const came = (await tx.evidenceRequests.exhibits(incident)).filter(({ request }) => request === id).length
        if (outcome === 'complete' && came === 0)
          throw new GatewayError('state-conflict', `nothing was received for request \`${id}\`: it is not complete`)
        if (!(await tx.evidenceRequests.end(id, { outcome, by: person.id, at: now, reason })))
          throw new GatewayError('state-conflict', `request \`${id}\` was ended already`)
        await write('evidence.request_closed', {
          request: id,
          incident,
          by: person.id,
          outcome,
          reason: await tx.ledger.commit(reason),
          exhibits: came,
          inTime: now < dueAt,
        })
      })
    },

    async move(person, id, { kind, to, place, purpose }) {
      const { incident } = await exhibitOf(id)
      await needHandlerOf(person, incident, 'custody', noExhibit(id))
      await changeIncident(deps, incident, { open: false }, async ({ tx, write }) => {
        const now = await tx.evidenceRequests.exhibit(id)
        if (now === null || now.gone !== null)
          throw new GatewayError('state-conflict', `piece of evidence \`${id}\` is not here any more`)
        const gone = kind === 'returned' || kind === 'destroyed' ? kind : null
        // A copy leaves the piece where it is.
        if (kind !== 'copied') await tx.evidenceRequests.moveExhibit({ id, holder: to, place, gone })
        await write('evidence.custody_step', {
          exhibit: id,
          incident,
          kind,
          by: person.id,
          from: await tx.ledger.commit(now.holder),
          to: await tx.ledger.commit(to),
          place: await tx.ledger.commit(place),
          purpose: await tx.ledger.commit(purpose),
        })
      })
    },
  }
}

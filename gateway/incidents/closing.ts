// The end of an incident: closed by another person than who opened it and who saw it through, with root cause and lessons,
// where it is grave with the committee's decision and a corrective action, which yet another person finds to work.

import {
  incidentNeedsDecision,
  isAtLeast,
  type IncidentId,
  type Login,
  type Person,
  type PersonId,
} from '../../policy/index.ts'
import { GatewayError } from '../errors.ts'
import type { StoredIncident } from '../store/incidents.ts'
import { isOwnIncident, mayClose, refuseIncidentStep, type IncidentRefusal } from './rights.ts'
import { changeIncident, needHandler, needIncident, type IncidentDeps } from './step.ts'

export interface WantedClosing {
  readonly cause: string
  readonly lessons: string
  /** Reference of the committee's decision. */
  readonly decision: string | null
  readonly action: { readonly what: string; readonly owner: Login; readonly dueAt: number } | null
}

export interface Closing {
  close(person: Person, id: IncidentId, wanted: WantedClosing): Promise<void>
  closeAction(person: Person, id: IncidentId, effect: string): Promise<void>
}

export function openClosing(deps: IncidentDeps): Closing {
  const { store, clock, bundle } = deps

  /** What keeps it open, or null. */
  function lackOf(incident: StoredIncident, wanted: WantedClosing): readonly [IncidentRefusal, string] | null {
    const missing = (['safety', 'production'] as const).filter((kind) => !incident.assessed.includes(kind))
    if (missing.length > 0)
      return [
        'assessment-missing',
        `it is not closed without what it meant for ${missing.join(' and ')}: assess it first`,
      ]
    const { register } = bundle()
    if (wanted.decision === null && incidentNeedsDecision(register, incident.gravest))
      return [
        'decision-missing',
        `an incident that was rated \`${incident.gravest}\` is closed with a decision of the committee`,
      ]
    const from = register.incidents.correctiveFrom
    if (wanted.action === null && from !== null && isAtLeast(incident.gravest, from))
      return [
        'action-missing',
        `an incident that was rated \`${incident.gravest}\` is closed with a corrective action, its owner and day`,
      ]
    return null
  }

  async function ownerOf(login: Login): Promise<PersonId> {
    const found = await store.people.byLogin(login)
    if (!found || found.disabled || found.supplier !== null)
      throw new GatewayError('not-found', `no person of the plant has the login \`${login}\``)
    return found.id
  }

  return {
    async close(person, id, wanted) {
      const known = await needIncident(deps, person, id)
      const refuse = (code: IncidentRefusal, text: string): Promise<never> =>
        refuseIncidentStep(deps, { person: person.id, incident: id, step: 'close', code }, text)
      if (!mayClose(person, known))
        return refuse('role-missing', 'closing takes an isms-manager, or an approver of every plant it touches')
      if (isOwnIncident(person, known))
        return refuse('own-incident', 'another person closes an incident than who opened it or saw it through')
      if (known.closing === null && known.containedAt === null)
        throw new GatewayError('state-conflict', `incident \`${id}\` is not contained yet`)
      const lack = known.closing === null ? lackOf(known, wanted) : null
      if (lack !== null) return refuse(...lack)
      const { cause, lessons, decision, action } = wanted
      if (action !== null && action.dueAt <= clock.now())
        throw new GatewayError('malformed-body', 'action.dueAt: expected a time that is still to come')
      const owner = action === null ? null : await ownerOf(action.owner)
      await changeIncident(deps, id, { open: true }, async ({ tx, incident, now, write }) => {
        // Assigned to them, or rated anew, since it was read.
        if (isOwnIncident(person, incident) || lackOf(incident, wanted) !== null)
          throw new GatewayError('state-conflict', `incident \`${id}\` was changed meanwhile: read it again`)
        const closing = { by: person.id, at: now, cause, lessons, decision }
        const planned =
          action === null || owner === null ? null : { what: action.what, owner, dueAt: action.dueAt, closed: null }
        await tx.incidents.update({ ...incident, closing, action: planned })
        await write('incident.closed', {
          incident: id,
          by: person.id,
          openedBy: incident.by,
          severity: incident.severity,
          assessed: incident.assessed,
          cause: await tx.ledger.commit(cause),
          lessons: await tx.ledger.commit(lessons),
          decision: decision === null ? null : await tx.ledger.commit(decision),
          reportsOpen: (await tx.incidents.reports(id)).filter(({ made }) => made === null).length,
        })
        if (planned !== null)
          await write('incident.capa_opened', {
            because: 'incident',
            incident: id,
            owner: planned.owner,
            action: await tx.ledger.commit(planned.what),
            dueAt: planned.dueAt,
          })
      })
    },

    async closeAction(person, id, effect) {
      const { action } = await needHandler(deps, person, id, 'close-action')
      if (action === null) throw new GatewayError('not-found', `incident \`${id}\` has no corrective action`)
      if (action.owner === person.id)
        return refuseIncidentStep(
          deps,
          { person: person.id, incident: id, step: 'close-action', code: 'own-action' },
          'another person finds that a corrective action works than who carried it out',
        )
      await changeIncident(deps, id, { open: false }, async ({ tx, incident, now, write }) => {
        const current = incident.action
        if (current === null || current.closed !== null)
          throw new GatewayError('state-conflict', `the corrective action of incident \`${id}\` is closed already`)
        await tx.incidents.update({ ...incident, action: { ...current, closed: { by: person.id, at: now, effect } } })
        await write('incident.capa_closed', {
          incident: id,
          owner: current.owner,
          by: person.id,
          effect: await tx.ledger.commit(effect),
          inTime: now < current.dueAt,
        })
      })
    },
  }
}

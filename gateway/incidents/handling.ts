// Seeing an incident through: who does it, what is noted, what is put on hold and taken off, who outside was told, what it
// meant for people and production, and that it does not go on.

import type {
  HoldId,
  HoldTarget,
  IncidentAssessment,
  IncidentId,
  Login,
  Person,
  PersonId,
  SuspensionId,
} from '../../policy/index.ts'
import { mint } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import { writeHold } from '../evidence/holds.ts'
import type { StoredIncident, Touched } from '../store/incidents.ts'
import { mayHoldFor, refuseIncidentStep } from './rights.ts'
import { changeIncident, needHandler, needIncident, type IncidentDeps } from './step.ts'

export interface Handling {
  assign(person: Person, id: IncidentId, to: Login): Promise<void>
  note(person: Person, id: IncidentId, words: string): Promise<void>
  /** Holds everything it touches that the incident does not hold yet; plants only where it touches nothing smaller. */
  hold(person: Person, id: IncidentId, reason: string): Promise<readonly HoldId[]>
  /** A suspension that was made because of it. */
  link(person: Person, id: IncidentId, suspension: SuspensionId): Promise<void>
  reported(person: Person, id: IncidentId, report: string, reference: string): Promise<void>
  assess(person: Person, id: IncidentId, kind: IncidentAssessment, words: string): Promise<void>
  contain(person: Person, id: IncidentId, words: string): Promise<void>
}

function targetsOf({ sessions, assets, suppliers, plants }: Touched): readonly HoldTarget[] {
  const small: readonly HoldTarget[] = [
    ...sessions.map((id) => ({ kind: 'session' as const, id })),
    ...assets.map((id) => ({ kind: 'asset' as const, id })),
    ...suppliers.map((id) => ({ kind: 'supplier' as const, id })),
  ]
  return small.length > 0 ? small : plants.map((id) => ({ kind: 'plant' as const, id }))
}

const withHand = ({ hands }: StoredIncident, person: PersonId): readonly PersonId[] => [...new Set([...hands, person])]

const keyOf = (target: HoldTarget): string => (target.kind === 'all' ? 'all' : `${target.kind} ${target.id}`)

export function openHandling(deps: IncidentDeps): Handling {
  const { store, bundle } = deps

  async function needOurPerson(login: Login): Promise<PersonId> {
    const found = await store.people.byLogin(login)
    if (!found || found.disabled || found.supplier !== null)
      throw new GatewayError('not-found', `no person of the plant has the login \`${login}\``)
    return found.id
  }

  /** Harm to people is judged by a safety engineer as soon as what protects them is touched. */
  const needsSafetyEngineer = ({ touched }: StoredIncident): boolean =>
    touched.assets.some((id) => (bundle().assets.get(id)?.safety ?? 'none') !== 'none')

  return {
    async assign(person, id, login) {
      await needHandler(deps, person, id, 'assign')
      const to = await needOurPerson(login)
      await changeIncident(deps, id, { open: true }, async ({ tx, incident, write }) => {
        await tx.incidents.update({ ...incident, assignedTo: to, hands: withHand(incident, to) })
        await write('incident.assigned', { incident: id, by: person.id, to })
      })
    },

    async note(person, id, words) {
      await needIncident(deps, person, id)
      await changeIncident(deps, id, { open: false }, async ({ tx, write }) =>
        write('incident.noted', { incident: id, by: person.id, words: await tx.ledger.commit(words) }),
      )
    },

    async hold(person, id, reason) {
      const known = await needIncident(deps, person, id)
      if (!mayHoldFor(person, known))
        return refuseIncidentStep(
          deps,
          { person: person.id, incident: id, step: 'hold', code: 'role-missing' },
          'a legal hold is set by an auditor or an isms-manager',
        )
      return changeIncident(deps, id, { open: false }, async ({ tx, incident, now, write }) => {
        const standing = (await tx.holds.inForce()).filter(({ reference, span }) => reference === id && span === null)
        const held = new Set(standing.map(({ target }) => keyOf(target)))
        const targets = targetsOf(incident.touched).filter((target) => !held.has(keyOf(target)))
        if (targets.length === 0)
          throw new GatewayError('state-conflict', `incident \`${id}\` holds all that it touches already`)
        const made: HoldId[] = []
        for (const target of targets) {
          const hold = mint.hold(now)
          await writeHold(tx, { id: hold, target, span: null, by: person.id, at: now, reason, reference: id })
          await write('incident.linked', { incident: id, by: person.id, hold, suspension: null })
          made.push(hold)
        }
        return made
      })
    },

    async link(person, id, suspension) {
      await needHandler(deps, person, id, 'link')
      const found = await store.suspensions.byId(suspension)
      if (!found) throw new GatewayError('not-found', `no suspension \`${suspension}\``)
      await changeIncident(deps, id, { open: true }, ({ write }) =>
        write('incident.linked', { incident: id, by: person.id, hold: null, suspension }),
      )
    },

    async reported(person, id, report, reference) {
      await needHandler(deps, person, id, 'report')
      // Also of a closed one: what is owed stays owed.
      await changeIncident(deps, id, { open: false }, async ({ tx, now, write }) => {
        const owed = (await tx.incidents.reports(id)).find((each) => each.id === report)
        if (!owed) throw new GatewayError('not-found', `incident \`${id}\` owes no report \`${report}\``)
        if (!(await tx.incidents.reported(id, report, { by: person.id, at: now, reference })))
          throw new GatewayError('state-conflict', `report \`${report}\` was made already`)
        await write('incident.reported', {
          incident: id,
          report,
          by: person.id,
          reference: await tx.ledger.commit(reference),
          dueAt: owed.dueAt,
          inTime: now < owed.dueAt,
        })
      })
    },

    async assess(person, id, kind, words) {
      const known = await needHandler(deps, person, id, 'assess')
      if (kind === 'safety' && needsSafetyEngineer(known) && !person.roles.includes('safety-engineer'))
        return refuseIncidentStep(
          deps,
          { person: person.id, incident: id, step: 'assess', code: 'safety-role-missing' },
          'it touches what is safety-related: a safety engineer says what it meant for people',
        )
      await changeIncident(deps, id, { open: true }, async ({ tx, incident, write }) => {
        await tx.incidents.update({ ...incident, assessed: [...new Set([...incident.assessed, kind])].toSorted() })
        await write('incident.assessed', {
          incident: id,
          by: person.id,
          kind,
          words: await tx.ledger.commit(words),
        })
      })
    },

    async contain(person, id, words) {
      await needHandler(deps, person, id, 'contain')
      await changeIncident(deps, id, { open: true }, async ({ tx, incident, now, write }) => {
        if (incident.containedAt !== null)
          throw new GatewayError('state-conflict', `incident \`${id}\` is contained already`)
        await tx.incidents.update({ ...incident, containedAt: now, hands: withHand(incident, person.id) })
        await write('incident.contained', {
          incident: id,
          by: person.id,
          words: await tx.ledger.commit(words),
          containBy: incident.containBy,
          inTime: incident.containBy === null || now < incident.containBy,
        })
      })
    },
  }
}

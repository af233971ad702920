// Opening an incident, finding that it touches more, and rating it anew: each starts the clocks of those outside who have
// to be told by it.

import {
  containBy,
  isAtLeast,
  reportsOf,
  type ConcernId,
  type DueReport,
  type Events,
  type ImpactLevel,
  type IncidentId,
  type Person,
} from '../../policy/index.ts'
import { mayLearn } from '../access/concerns.ts'
import { mint } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { StoredIncident } from '../store/incidents.ts'
import { mayRaise, refuseIncidentStep } from './rights.ts'
import { changeIncident, needHandler, type IncidentDeps, type Step } from './step.ts'
import { countOf, findThings, joined, nothing, toldOf, type NamedThings } from './touching.ts'

export interface RaisedIncident {
  readonly title: string
  readonly words: string
  readonly severity: ImpactLevel
  readonly touches: NamedThings
  /** The concern it was first told of. */
  readonly concern: ConcernId | null
}

export interface Opening {
  raise(person: Person, raised: RaisedIncident): Promise<IncidentId>
  touch(person: Person, id: IncidentId, touches: NamedThings): Promise<void>
  rate(person: Person, id: IncidentId, severity: ImpactLevel, reason: string): Promise<void>
}

const told = (reports: readonly DueReport[]): Events['incident.raised']['reports'] =>
  reports.map(({ id: report, dueAt }) => ({ report, dueAt }))

export function openOpening(deps: IncidentDeps): Opening {
  const { store, clock, bundle } = deps

  /** Owes what is due of it as it is now and was not owed yet. */
  async function oweMore({ tx }: Pick<Step, 'tx'>, incident: StoredIncident): Promise<readonly DueReport[]> {
    const { id, severity, at, touched } = incident
    const known = new Set((await tx.incidents.reports(id)).map((report) => report.id))
    const due = reportsOf(bundle().register.incidents, { severity, plants: touched.plants, at })
    const more = due.filter((report) => !known.has(report.id))
    await tx.incidents.owe(id, more)
    return more
  }

  return {
    async raise(person, { title, words, severity, touches, concern }) {
      if (!mayRaise(person))
        return refuseIncidentStep(
          deps,
          { person: person.id, incident: null, step: 'raise', code: 'role-missing' },
          'an incident is opened by the plant: tell it as a concern',
        )
      const from = concern === null ? null : await store.concerns.byId(concern)
      // What people told without blame is read by an isms-manager and by who told it.
      const mayKnow = from !== null && (mayLearn({ person }, from.plant) || from.person === person.id)
      if (concern !== null && !mayKnow) throw new GatewayError('not-found', `no concern \`${concern}\``)
      const of = from && {
        plants: from.plant === null ? [] : [from.plant],
        assets: from.asset === null || !bundle().assets.has(from.asset) ? [] : [from.asset],
        sessions: from.session === null ? [] : [from.session],
      }
      const named = await findThings(store, bundle(), touches)
      const touched = joined(named, of === null ? nothing : await findThings(store, bundle(), of))
      const at = clock.now()
      const by = person.id
      const incident: StoredIncident = {
        id: mint.incident(at),
        title,
        words,
        severity,
        gravest: severity,
        by,
        at,
        concern,
        touched,
        assignedTo: null,
        hands: [],
        containBy: containBy(bundle().register.incidents, at),
        containedAt: null,
        assessed: [],
        closing: null,
        action: null,
      }
      await store.change(async (tx) => {
        await tx.incidents.insert(incident)
        const reports = await oweMore({ tx }, incident)
        const index = await tx.ledger.append('incident.raised', at, {
          incident: incident.id,
          by,
          severity,
          title: await tx.ledger.commit(title),
          words: await tx.ledger.commit(words),
          ...toldOf(touched, bundle()),
          concern,
          containBy: incident.containBy,
          reports: told(reports),
        })
        await tx.incidents.enter(incident.id, index)
      })
      return incident.id
    },

    async touch(person, id, touches) {
      await needHandler(deps, person, id, 'touch')
      const more = await findThings(store, bundle(), touches)
      await changeIncident(deps, id, { open: true }, async ({ tx, incident, write }) => {
        const next = { ...incident, touched: joined(incident.touched, more) }
        if (countOf(next.touched) === countOf(incident.touched))
          throw new GatewayError(
            'state-conflict',
            `incident \`${id}\` touches no more than it did: name something else`,
          )
        await tx.incidents.update(next)
        const reports = told(await oweMore({ tx }, next))
        await write('incident.touches', { incident: id, by: person.id, ...toldOf(next.touched, bundle()), reports })
      })
    },

    async rate(person, id, severity, reason) {
      await needHandler(deps, person, id, 'rate')
      await changeIncident(deps, id, { open: true }, async ({ tx, incident, write }) => {
        if (incident.severity === severity)
          throw new GatewayError('state-conflict', `incident \`${id}\` is rated \`${severity}\` already`)
        const gravest = isAtLeast(severity, incident.gravest) ? severity : incident.gravest
        const next = { ...incident, severity, gravest }
        await tx.incidents.update(next)
        await write('incident.rated', {
          incident: id,
          by: person.id,
          from: incident.severity,
          to: severity,
          reason: await tx.ledger.commit(reason),
          reports: told(await oweMore({ tx }, next)),
        })
      })
    },
  }
}

// What is told of incidents: that one was opened, that somebody is to see it through, and that something owed is late.

import type { IncidentId, Person } from '../../policy/index.ts'
import { mayHandle } from '../incidents/rights.ts'
import { showInstant, tame } from './letter.ts'
import { openAccounts, plantName, type Look, type Told } from './look.ts'
import type { NoticesOf } from './mapper.ts'

function told(
  people: readonly Person[],
  facts: Readonly<Record<string, unknown>>,
  subject: string,
  lines: readonly string[],
): Told {
  return { people, facts, asks: null, letter: () => ({ subject, lines, open: '/incidents' }) }
}

/** Those who may write to it. */
async function handlersOf(look: Look, id: IncidentId): Promise<readonly Person[]> {
  const incident = await look.tables.incidents.byId(id)
  return incident === null ? [] : (await look.people()).filter((person) => mayHandle(person, incident))
}

const titleOf = async (look: Look, id: IncidentId): Promise<string> =>
  tame((await look.tables.incidents.byId(id))?.title ?? id)

export const incidentNotices: NoticesOf<
  'incident.raised' | 'incident.assigned' | 'incident.report_overdue' | 'evidence.request_overdue'
> = {
  async 'incident.raised'({ incident, severity, plants, by, reports }, look) {
    const where = plants.length === 0 ? '' : ` in ${plants.map((plant) => plantName(look, plant)).join(', ')}`
    return told(
      (await handlersOf(look, incident)).filter(({ id }) => id !== by),
      { incident, severity, plants, reports: reports.length },
      `an incident was opened${where}: ${severity}`,
      [
        await titleOf(look, incident),
        ...(reports.length > 0
          ? [
              `Others outside have to be told, first until ${showInstant(Math.min(...reports.map(({ dueAt }) => dueAt)), 'UTC')} (UTC).`,
            ]
          : []),
      ],
    )
  },

  async 'incident.assigned'({ incident, to, by }, look) {
    return told(
      (await openAccounts(look, [to])).filter(({ id }) => id !== by),
      { incident },
      'see an incident through: it was assigned to you',
      [await titleOf(look, incident)],
    )
  },

  async 'incident.report_overdue'({ incident, report, dueAt }, look) {
    return told(
      await handlersOf(look, incident),
      { incident, report, dueAt: new Date(dueAt).toISOString() },
      `overdue, report: ${tame(report)} of an incident`,
      [await titleOf(look, incident), `It was due ${showInstant(dueAt, 'UTC')} (UTC).`],
    )
  },

  async 'evidence.request_overdue'({ request, incident, dueAt }, look) {
    return told(
      await handlersOf(look, incident),
      { incident, request, dueAt: new Date(dueAt).toISOString() },
      'overdue, ask again: evidence that others were asked for',
      [await titleOf(look, incident), `It was due ${showInstant(dueAt, 'UTC')} (UTC).`],
    )
  },
}

// The rule of incidents: contained in the plant's time, told outside in time, and closed by another person who looked at
// what it meant for safety and production.

import type { EvidenceEvent, Instant } from '../model.ts'
import { flagOf, optionalInstantOf, RecentMap, textOf, textsOf } from './evidence.ts'
import { days, type Rule } from './rule.ts'

export const incidents: Rule = {
  control: 'GW-INC-01',
  freshMs: days(365),
  start(tally) {
    /** Not contained yet, with when they have to be. */
    const waiting = new RecentMap<string, { readonly of: EvidenceEvent; readonly containBy: Instant }>()
    /** Reports that were called out as late, and are not counted twice. */
    const called = new RecentMap<string, true>()
    return {
      on: {
        'incident.raised': (event) => {
          const incident = textOf(event, 'incident')
          tally.exercise(event)
          const containBy = optionalInstantOf(event, 'containBy')
          if (containBy !== null) waiting.set(incident, { of: event, containBy })
        },
        'incident.contained': (event) => {
          const incident = textOf(event, 'incident')
          tally.exercise(event)
          waiting.delete(incident)
        },
        'incident.reported': (event) => {
          const report = `report \`${textOf(event, 'report')}\` of incident \`${textOf(event, 'incident')}\``
          if (!flagOf(event, 'inTime') && !called.has(report)) tally.offend(event, `${report} was not made in time`)
          called.delete(report)
        },
        'incident.report_overdue': (event) => {
          const report = `report \`${textOf(event, 'report')}\` of incident \`${textOf(event, 'incident')}\``
          called.set(report, true)
          tally.offend(event, `${report} was not made in time`)
        },
        'incident.closed': (event) => {
          const incident = textOf(event, 'incident')
          tally.exercise(event)
          const assessed = textsOf(event, 'assessed')
          for (const kind of ['safety', 'production'])
            if (!assessed.includes(kind))
              tally.offend(event, `incident \`${incident}\` was closed without its ${kind} assessment`)
          if (textOf(event, 'by') === textOf(event, 'openedBy'))
            tally.offend(event, `incident \`${incident}\` was closed by who opened it`)
        },
      },
      settle(now: Instant) {
        for (const [incident, { of, containBy }] of waiting.entries()) {
          if (now <= containBy) continue
          waiting.delete(incident)
          tally.offend({ index: of.index, at: containBy }, `incident \`${incident}\` was not contained in time`)
        }
      },
    }
  },
}

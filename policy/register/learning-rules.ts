// The rule of learning: concerns that people told and nonconformities that were opened are looked at by their day, and
// what was learned is said.

import type { EvidenceEvent, Instant } from '../model.ts'
import { instantOf, isCommitted, RecentMap, textOf } from './evidence.ts'
import { days, type Rule } from './rule.ts'

export const learning: Rule = {
  control: 'GW-INC-03',
  freshMs: days(365),
  start(tally) {
    interface Open {
      readonly of: EvidenceEvent
      readonly what: string
      readonly dueAt: number
    }
    /** By the concern, the incident, or the review a nonconformity waits for. */
    const open = new RecentMap<string, Open>()
    const opened = (event: EvidenceEvent, id: string, what: string): void => {
      open.set(id, { of: event, what, dueAt: instantOf(event, 'dueAt') })
    }
    return {
      on: {
        'incident.near_miss': (event) => {
          const concern = textOf(event, 'concern')
          tally.exercise(event)
          opened(event, concern, `concern \`${concern}\``)
        },
        'incident.near_miss_closed': (event) => {
          const concern = textOf(event, 'concern')
          open.delete(concern)
          tally.exercise(event)
          if (!isCommitted(event, 'learned'))
            tally.offend(event, `concern \`${concern}\` was closed without what was learned`)
        },
        'incident.capa_opened': (event) => {
          if (event.data['because'] === 'incident') {
            const incident = textOf(event, 'incident')
            opened(event, incident, `the corrective action of incident \`${incident}\``)
            return
          }
          if (event.data['because'] === 'drill') {
            const name = textOf(event, 'name')
            opened(event, `drill ${name}`, `the nonconformity of drill \`${name}\``)
            return
          }
          const review = textOf(event, 'review')
          opened(event, review, `the nonconformity of review \`${review}\``)
        },
        // A drill that passes again shows that what failed was corrected.
        'drill.completed': (event) => {
          const name = `drill ${textOf(event, 'name')}`
          if (textOf(event, 'outcome') !== 'passed' || !open.has(name)) return
          open.delete(name)
          tally.exercise(event)
        },
        'incident.capa_closed': (event) => {
          const incident = textOf(event, 'incident')
          open.delete(incident)
          tally.exercise(event)
          if (!isCommitted(event, 'effect'))
            tally.offend(event, `the corrective action of incident \`${incident}\` was closed without its effect`)
          if (textOf(event, 'by') === textOf(event, 'owner'))
            tally.offend(event, `the corrective action of incident \`${incident}\` was closed by who carried it out`)
        },
        'review.due_moved': (event) => {
          const known = open.get(textOf(event, 'review'))
          if (known !== undefined) open.set(textOf(event, 'review'), { ...known, dueAt: instantOf(event, 'dueAt') })
        },
        'request.retro_reviewed': (event) => {
          const review = textOf(event, 'review')
          if (!open.has(review)) return
          open.delete(review)
          tally.exercise(event)
        },
      },
      settle(now: Instant) {
        for (const [id, { of, what, dueAt }] of open.entries()) {
          if (now <= dueAt) continue
          open.delete(id)
          tally.offend({ index: of.index, at: dueAt }, `${what} was not looked at by its day`)
        }
      },
    }
  },
}

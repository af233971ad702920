// The rules of the boundaries: no session spans the plant from the enterprise network to the control systems, and nothing
// goes down to level 1. Held against the levels themselves, whatever the conduits and policies said.

import type { EvidenceEvent } from '../model.ts'
import { flagOf, listOf, numberOf, partOf, textOf, textsOf } from './evidence.ts'
import { days, type Rule } from './rule.ts'

interface Crossing {
  readonly from: number
  readonly to: number
}

/** Null where the entry says nothing of levels. */
function crossingOf(event: EvidenceEvent): Crossing | null {
  if (event.data['levels'] === null || event.data['levels'] === undefined) return null
  const levels = partOf(event, 'levels')
  return { from: numberOf(levels, 'from'), to: numberOf(levels, 'to') }
}

/** The legs of a session's way; none in an entry of before they were kept. */
function legsOf(event: EvidenceEvent) {
  if (event.data['path'] === undefined) return []
  return listOf(event, 'path').map((leg) => {
    const read = partOf({ ...event, data: { leg } }, 'leg')
    return { accepted: flagOf(read, 'accepted'), boundaries: textsOf(read, 'boundaries') }
  })
}

export const zoneBoundaries: Rule = {
  control: 'GW-NET-01',
  freshMs: days(7),
  start: (tally) => ({
    on: {
      'conduit.denied_flow': (event) => {
        void listOf(event, 'rules')
        tally.exercise(event)
      },
      'session.started': (event) => {
        const session = textOf(event, 'session')
        const crossing = crossingOf(event)
        if (crossing === null) return
        tally.exercise(event)
        for (const leg of legsOf(event))
          if (!leg.accepted && leg.boundaries.length > 1)
            tally.offend(
              event,
              `session \`${session}\` crossed ${leg.boundaries.join(' and ')} without a hop, and nobody declared why`,
            )
        if (crossing.from >= 4 && crossing.to <= 2)
          tally.offend(
            event,
            `session \`${session}\` went from level ${crossing.from} straight to level ${crossing.to}`,
          )
      },
    },
  }),
}

const oneWay: readonly unknown[] = ['conduit-downward', 'conduit-direction']

export const nothingDownward: Rule = {
  control: 'GW-NET-02',
  freshMs: days(7),
  start: (tally) => ({
    on: {
      'conduit.denied_flow': (event) => {
        const crossing = crossingOf(event)
        const isDown = crossing !== null && crossing.from > 1 && crossing.to <= 1
        if (isDown || listOf(event, 'rules').some((rule) => oneWay.includes(rule))) tally.exercise(event)
      },
      'session.started': (event) => {
        const session = textOf(event, 'session')
        const crossing = crossingOf(event)
        if (crossing !== null && crossing.from > 1 && crossing.to <= 1)
          tally.offend(
            event,
            `session \`${session}\` was carried down from level ${crossing.from} to level ${crossing.to}`,
          )
      },
    },
  }),
}

// The rule of the inventory: nothing is reached that is not registered, and what is reached was seen at a walkdown not
// too long ago.

import { instantOf, optionalTextOf, RecentMap, textOf } from './evidence.ts'
import type { EvidenceEvent, Instant } from '../model.ts'
import { days, type Rule } from './rule.ts'

/** What nobody reached for so long need not have been looked at for this control; the scope-fit report names it all the same. */
const reachedMs = days(90)

export const inventory: Rule = {
  control: 'GW-INV-01',
  freshMs: days(90),
  start(tally) {
    const confirmedUntil = new RecentMap<string, number>(100_000)
    const reached = new RecentMap<string, number>()
    /** Seen, not declared, and nobody has said what it is; no more than the gateway keeps. */
    const waiting = new RecentMap<string, { readonly event: EvidenceEvent; readonly by: Instant }>()
    return {
      on: {
        'asset.walkdown_confirmed': (event) => {
          confirmedUntil.set(textOf(event, 'asset'), instantOf(event, 'until'))
          tally.exercise(event)
        },
        'policy.decision': (event) => {
          const isPermit = textOf(event, 'outcome') === 'permit'
          if (optionalTextOf(event, 'asset') !== null) return
          tally.exercise(event)
          if (isPermit) tally.offend(event, 'a permit was given for something that is no registered asset')
        },
        'asset.unregistered_seen': (event) => {
          void textOf(event, 'plant')
          tally.exercise(event)
          waiting.set(textOf(event, 'seen'), { event, by: instantOf(event, 'triageBy') })
        },
        'asset.seen_triaged': (event) => {
          void textOf(event, 'verdict')
          tally.exercise(event)
          waiting.delete(textOf(event, 'seen'))
        },
        'asset.flows_compared': (event) => {
          void instantOf(event, 'unregistered')
          tally.exercise(event)
        },
        'session.started': (event) => reached.set(textOf(event, 'asset'), event.at),
      },
      settle: (now) => {
        for (const [seen, { event, by }] of waiting.entries()) {
          if (by > now) continue
          const plant = textOf(event, 'plant')
          tally.offend(
            event,
            `an address nobody declared was seen in plant \`${plant}\`, and nobody has said what it is`,
          )
          waiting.delete(seen)
        }
      },
      staleness(now) {
        const unseen = [...reached.entries()].filter(
          ([asset, at]) => now - at <= reachedMs && (confirmedUntil.get(asset) ?? 0) <= now,
        )
        const [first] = unseen
        if (first === undefined) return null
        const others = unseen.length === 1 ? '' : `, and ${unseen.length - 1} more`
        return `asset \`${first[0]}\`${others}: reached in the last 90 days, and no walkdown confirms it`
      },
    }
  },
}

// The rule of the inventory: nothing is reached that is not registered, and what is reached was seen at a walkdown not
// too long ago.

import { instantOf, optionalTextOf, RecentMap, textOf } from './evidence.ts'
import { days, type Rule } from './rule.ts'

/** What nobody reached for so long need not have been looked at for this control; the scope-fit report names it all the same. */
const reachedMs = days(90)

export const inventory: Rule = {
  control: 'GW-INV-01',
  freshMs: days(90),
  start(tally) {
    const confirmedUntil = new RecentMap<string, number>(100_000)
    const reached = new RecentMap<string, number>()
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
        'session.started': (event) => reached.set(textOf(event, 'asset'), event.at),
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

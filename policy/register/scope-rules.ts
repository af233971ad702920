// The rule of scope changes: an asset that moves in or out of scope by one of its attributes is reviewed by somebody
// else, in time, and is not let through before.

import { show } from '../window.ts'
import { instantOf, optionalTextOf, RecentMap, textOf } from './evidence.ts'
import { days, type Rule } from './rule.ts'

/** A change that nobody has decided on for so long is a finding. */
const reviewMs = days(30)

interface Waiting {
  readonly asset: string
  readonly by: readonly string[]
  readonly index: number
  readonly at: number
}

export const scopeChanges: Rule = {
  control: 'GW-SCP-02',
  freshMs: days(365),
  start(tally) {
    const waiting = new RecentMap<string, Waiting>()
    const assets = new RecentMap<string, string>()
    const late = new RecentMap<string, true>()
    let fitDueAt: number | null = null
    return {
      on: {
        'scope.version_published': (event) => void textOf(event, 'scopeVersion'),
        'scope.fit_reviewed': (event) => {
          fitDueAt = instantOf(event, 'dueAt')
        },
        'scope.change_proposed': (event) => {
          const change = textOf(event, 'change')
          const asset = textOf(event, 'asset')
          const by = [optionalTextOf(event, 'proposer'), optionalTextOf(event, 'activator')].filter((id) => id !== null)
          waiting.set(change, { asset, by, index: event.index, at: event.at })
          assets.set(asset, change)
        },
        'scope.change_reviewed': (event) => {
          const change = textOf(event, 'change')
          const outcome = textOf(event, 'outcome')
          const known = waiting.get(change)
          const by = optionalTextOf(event, 'by')
          tally.exercise(event)
          if (known === undefined) tally.offend(event, `scope change \`${change}\` was decided and never proposed`)
          if (outcome !== 'lapsed' && (by === null || known?.by.includes(by) === true))
            tally.offend(event, `scope change \`${change}\` was reviewed by who brought it in, or by nobody`)
          // Rejected, the asset stays held; what is to come is another review or another bundle.
          if (outcome !== 'rejected' && known !== undefined) assets.delete(known.asset)
          waiting.delete(change)
        },
        'policy.decision': (event) => {
          const asset = optionalTextOf(event, 'asset')
          const change = asset === null ? undefined : assets.get(asset)
          if (textOf(event, 'outcome') !== 'permit' || change === undefined) return
          tally.offend(event, `a permit was given for asset \`${asset}\` while its scope change was not accepted`)
        },
      },
      staleness: (now) =>
        fitDueAt === null || now < fitDueAt
          ? null
          : `whether the scope still fits was to be looked at by ${show(fitDueAt)}, and nobody has`,
      settle(now) {
        for (const [change, { asset, at, index }] of waiting.entries()) {
          if (now - at <= reviewMs || late.has(change)) continue
          late.set(change, true)
          tally.offend(
            { index, at: at + reviewMs },
            `the scope change of asset \`${asset}\` was not reviewed within 30 days`,
          )
        }
      },
    }
  },
}

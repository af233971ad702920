// The rule of the airlock: nothing that was taken in reaches anybody without a verdict or a release, malware is let go by
// nobody, and who lets a file go is not who carries it.

import { listOf, optionalTextOf, RecentMap, textOf } from './evidence.ts'
import { hours, type Rule } from './rule.ts'

/** Signatures by which something was found clean are no older than a day, and the hour that a large file takes. */
const signaturesMs = hours(25)

interface Transfer {
  readonly person: string
  readonly supplier: string | null
  readonly withoutVerdict: string
  readonly declaredOnly: boolean
  readonly isBrought: boolean
  verdict: string | null
  isDeclared: boolean
  isReleased: boolean
}

export const filesThroughQuarantine: Rule = {
  control: 'GW-FIL-01',
  freshMs: hours(24),
  start(tally) {
    const transfers = new RecentMap<string, Transfer>()
    return {
      on: {
        'file.transfer_requested': (event) => {
          transfers.set(textOf(event, 'file'), {
            person: textOf(event, 'person'),
            supplier: optionalTextOf(event, 'supplier'),
            withoutVerdict: textOf(event, 'withoutVerdict'),
            declaredOnly: event.data['declaredOnly'] === true,
            isBrought: textOf(event, 'direction') === 'in',
            verdict: null,
            isDeclared: false,
            isReleased: false,
          })
        },
        'file.scanned': (event) => {
          const file = textOf(event, 'file')
          const verdict = textOf(event, 'verdict')
          tally.exercise(event)
          const known = transfers.get(file)
          if (known !== undefined) {
            known.verdict = verdict
            known.isDeclared = event.data['declared'] === true
          }
          const madeAt = event.data['signaturesAt']
          if (verdict === 'clean' && (typeof madeAt !== 'number' || event.at - madeAt > signaturesMs))
            tally.offend(event, `file \`${file}\` was found clean by signatures that are too old, or have no date`)
        },
        'file.released': (event) => {
          const file = textOf(event, 'file')
          const by = optionalTextOf(event, 'by')
          const known = transfers.get(file)
          if (known === undefined) return
          known.isReleased = true
          if (known.verdict === null) tally.offend(event, `file \`${file}\` was let go before it was looked at`)
          if (known.verdict === 'infected') tally.offend(event, `file \`${file}\` was let go with malware in it`)
          if (known.verdict === 'none' && textOf(event, 'because') === 'clean')
            tally.offend(event, `file \`${file}\` was let go as clean without a verdict`)
          if (known.declaredOnly && known.isBrought && !known.isDeclared)
            tally.offend(event, `file \`${file}\` was let go, and its digest was not declared`)
          if (by !== null && by === known.person) tally.offend(event, `file \`${file}\` was let go by who carries it`)
        },
        'file.blocked': (event) => {
          void textOf(event, 'file')
          tally.exercise(event)
        },
        'file.delivered': (event) => {
          const file = textOf(event, 'file')
          if (transfers.get(file)?.isReleased === false)
            tally.offend(event, `file \`${file}\` was delivered and nobody had let it go`)
          transfers.delete(file)
        },
        'file.crossed': (event) => {
          const session = textOf(event, 'session')
          if (listOf(event, 'rules').length === 0)
            tally.offend(event, `a file crossed in session \`${session}\` that no rule let`)
        },
      },
    }
  },
}

// The rule of the ledger's own proofs: others say when it was what it is, and what is signed is signed by a key in use. Whether
// entries and recordings hold is not asked here: a ledger that was forged would say so itself. That is a verifier's to say.

import type { EvidenceEvent } from '../model.ts'
import { instantOf, isCommitted, RecentMap, textOf } from './evidence.ts'
import { days, hours, type Rule } from './rule.ts'

/** How far the time attested may lie from the entry's own. */
const clocksApartMs = 10 * 60_000
/** How long an authority may stay away. */
const awayMs = hours(48)

export const attestedLedger: Rule = {
  control: 'GW-LOG-03',
  freshMs: days(31),
  start(tally) {
    /** The first failure of an authority since it last attested. */
    const away = new RecentMap<string, EvidenceEvent>()
    const changed = (event: EvidenceEvent): void => {
      tally.exercise(event)
      if (!isCommitted(event, 'reason')) tally.offend(event, 'a signing key was changed without a reason')
    }
    return {
      on: {
        'ledger.timestamped': (event) => {
          tally.exercise(event)
          const authority = textOf(event, 'authority')
          away.delete(authority)
          if (Math.abs(instantOf(event, 'time') - event.at) > clocksApartMs)
            tally.offend(event, `authority \`${authority}\` attests another time than the gateway\u2019s clock had`)
        },
        'ledger.timestamp_missed': (event) => {
          const authority = textOf(event, 'authority')
          if (!away.has(authority)) away.set(authority, event)
        },
        'ledger.key_rotated': changed,
        'ledger.key_retired': changed,
      },
      settle(now) {
        for (const [authority, event] of away.entries()) {
          if (now - event.at <= awayMs) break
          away.delete(authority)
          tally.offend(event, `authority \`${authority}\` has attested nothing for two days`)
        }
      },
    }
  },
}

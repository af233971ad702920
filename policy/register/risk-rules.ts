// The rule of accepted risks: somebody bears each of them, says why and until when, and afterwards somebody decides anew.

import { endOfDay } from '../calendar.ts'
import type { EvidenceEvent, Instant } from '../model.ts'
import { dayOf, isCommitted, RecentMap, textOf, textsOf } from './evidence.ts'
import { days, type Rule } from './rule.ts'

/** A decision is written right after it is taken. */
const writtenMs = 2_000
/** Time to treat a risk, or to accept it anew, once its acceptance has ended. */
const undecidedMs = days(7)

export const acceptedRisks: Rule = {
  control: 'GW-RSK-01',
  freshMs: days(365),
  start(tally) {
    /** From when on nobody bears it, by risk. */
    const endsAt = new RecentMap<string, Instant>()
    /** Its acceptance has ended, and nobody has decided since. */
    const undecided = new RecentMap<string, EvidenceEvent>()
    return {
      on: {
        'risk.decision': (event) => {
          const risk = textOf(event, 'risk')
          const until = dayOf(event, 'until')
          tally.exercise(event)
          switch (textOf(event, 'decision')) {
            case 'accepted': {
              undecided.delete(risk)
              endsAt.set(risk, endOfDay(until, 'UTC'))
              const missing = [
                ...(isCommitted(event, 'owner') ? [] : ['an owner']),
                ...(isCommitted(event, 'by') ? [] : ['who accepted it']),
                ...(isCommitted(event, 'reason') ? [] : ['a reason']),
              ]
              if (missing.length > 0) tally.offend(event, `accepted risk \`${risk}\` lacks ${missing.join(', ')}`)
              break
            }
            case 'expired':
              undecided.set(risk, event)
              break
            case 'withdrawn':
              undecided.delete(risk)
              endsAt.set(risk, Math.min(endsAt.get(risk) ?? event.at, event.at))
              break
          }
        },
        'policy.decision': (event) => {
          if (event.data['acceptedRisks'] === undefined || textOf(event, 'outcome') !== 'permit') return
          for (const risk of textsOf(event, 'acceptedRisks')) {
            const end = endsAt.get(risk)
            if (end !== undefined && event.at > end + writtenMs)
              tally.offend(event, `a permit names risk \`${risk}\` as accepted, whose acceptance had ended`)
          }
        },
      },
      settle(now) {
        for (const [risk, event] of undecided.entries()) {
          if (now - event.at <= undecidedMs) break
          undecided.delete(risk)
          const at = event.at + undecidedMs
          tally.offend({ index: event.index, at }, `nobody has decided on risk \`${risk}\` since its acceptance ended`)
        }
      },
    }
  },
}

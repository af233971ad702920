// The rule of the control on looking at evidence: never without a purpose, never at oneself without another person, and
// never on an agreement that nobody gave.

import type { EvidenceEvent, Instant } from '../model.ts'
import { instantOf, isCommitted, listOf, optionalTextOf, RecentMap, textOf } from './evidence.ts'
import { hours, type Rule } from './rule.ts'

interface Agreed {
  readonly session: string
  readonly viewer: string
  readonly until: Instant
}

export const guardedEvidence: Rule = {
  control: 'GW-CON-01',
  freshMs: hours(24),
  start(tally) {
    // KNOWN GAP: a session older than the last 50,000 is forgotten, and its replay by the person recorded not noticed.
    const recorded = new RecentMap<string, string>(50_000)
    const agreed = new RecentMap<string, Agreed>()

    const looked = (event: EvidenceEvent, what: string): void => {
      const session = textOf(event, 'session')
      const by = textOf(event, 'by')
      const viewing = optionalTextOf(event, 'viewing')
      tally.exercise(event)
      if (!isCommitted(event, 'purpose')) tally.offend(event, `session \`${session}\` was ${what} without a purpose`)
      if (viewing !== null) {
        const yes = agreed.get(viewing)
        if (yes === undefined || yes.session !== session || yes.viewer !== by || event.at >= yes.until)
          tally.offend(event, `session \`${session}\` was ${what} by \`${by}\` on an agreement that nobody gave for it`)
      } else if (recorded.get(session) === by)
        tally.offend(
          event,
          `session \`${session}\` was ${what} by the person recorded in it, with nobody else agreeing`,
        )
    }

    return {
      on: {
        'session.started': (event) => recorded.set(textOf(event, 'session'), textOf(event, 'person')),
        'recording.view_confirmed': (event) => {
          const [session, viewer, by] = [textOf(event, 'session'), textOf(event, 'viewer'), textOf(event, 'by')]
          agreed.set(textOf(event, 'viewing'), { session, viewer, until: instantOf(event, 'viewUntil') })
          if (by === viewer || by === recorded.get(session))
            tally.offend(
              event,
              `a viewing of session \`${session}\` was agreed to by \`${by}\`, who is not another person`,
            )
        },
        'session.replayed': (event) => looked(event, 'replayed'),
        'session.watched': (event) => looked(event, 'watched'),
        'evidence.exported': (event) => {
          const sessions = listOf(event, 'sessions')
          const by = optionalTextOf(event, 'by')
          tally.exercise(event)
          if (!isCommitted(event, 'purpose')) {
            tally.offend(
              event,
              `evidence of ${sessions.length} sessions was exported${by === null ? '' : ` by \`${by}\``} without a purpose`,
            )
          }
        },
      },
    }
  },
}

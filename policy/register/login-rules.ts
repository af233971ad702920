// The rules of the login controls: two factors on every session, and a limit to failed logons.

import { instantOf, listOf, optionalTextOf, RecentMap, textOf } from './evidence.ts'
import { days, hours, type Rule } from './rule.ts'

export const twoFactors: Rule = {
  control: 'GW-AUT-01',
  freshMs: hours(24),
  start(tally) {
    return {
      on: {
        'auth.succeeded': (event) => void listOf(event, 'mfa'),
        'auth.mfa_failed': (event) => void textOf(event, 'person'),
        'auth.assertion_rejected': (event) => void textOf(event, 'person'),
        'session.started': (event) => {
          const session = textOf(event, 'session')
          const factors = listOf(event, 'mfa')
          // A machine account has no second factor: GW-PRV-03 looks at it, and the bundle says where its key is enough.
          if (optionalTextOf(event, 'owner') !== null) return
          tally.exercise(event)
          if (factors.length === 0) tally.offend(event, `session \`${session}\` started without a second factor`)
        },
      },
    }
  },
}

/** The most failures in a row that may pass without a lockout, whatever a gateway's own, lower limit is. */
const mostFailures = 10

/** What a guesser causes. An unknown key is an offer, not a guess; a login already locked out or given up adds nothing. */
const guesses: readonly string[] = ['wrong-password', 'unknown-login']

export const limitedFailures: Rule = {
  control: 'GW-AUT-03',
  freshMs: days(7),
  start(tally) {
    // KNOWN GAP: the ledger holds logins and addresses only as salted commitments, so failures on a login that belongs
    // to nobody can be counted as exercise, but not per login. The gateway's own throttle sees the address, and `auth.throttled` shows it at work.
    const failures = new RecentMap<string, number>()
    const failed = (person: string, event: Parameters<typeof tally.exercise>[0]): void => {
      const inRow = (failures.get(person) ?? 0) + 1
      failures.set(person, inRow)
      tally.exercise(event)
      if (inRow > mostFailures) {
        tally.offend(event, `${inRow} failed logons of person \`${person}\` in a row, without a lockout`)
      }
    }
    return {
      on: {
        'auth.succeeded': (event) => failures.delete(textOf(event, 'person')),
        'auth.failed': (event) => {
          if (!guesses.includes(textOf(event, 'reason'))) return
          const person = event.data.person
          if (person === null || person === undefined) tally.exercise(event)
          else failed(textOf(event, 'person'), event)
        },
        'auth.mfa_failed': (event) => failed(textOf(event, 'person'), event),
        'auth.assertion_rejected': (event) => failed(textOf(event, 'person'), event),
        // The throttle at work: these tries were refused unseen, so none of them was a guess at anybody's password.
        'auth.throttled': (event) => {
          void instantOf(event, 'count')
          tally.exercise(event)
        },
        'auth.locked_out': (event) => {
          failures.delete(textOf(event, 'person'))
          tally.exercise(event)
        },
      },
    }
  },
}

// The rule of the control about people who leave: from the moment that a feed says so, nothing of theirs is alive for long.

import type { EvidenceEvent, Instant } from '../model.ts'
import { instantOf, listOf, numberOf, RecentMap, textOf } from './evidence.ts'
import { hours, type Rule } from './rule.ts'

/** CIP-004-7 R5.1: within 24 hours of the notice. */
const deadlineMs = hours(24)

export const leaversGone: Rule = {
  control: 'GW-ACC-05',
  freshMs: hours(24),
  start(tally) {
    const gone = new RecentMap<string, EvidenceEvent>()
    const closed = new RecentMap<string, true>()
    /** Sessions that lived when their person left, until they have ended. */
    const living = new RecentMap<string, EvidenceEvent>()
    return {
      on: {
        'identity.disabled': (event) => closed.set(textOf(event, 'person'), true),
        'person.left': (event) => {
          const person = textOf(event, 'person')
          tally.exercise(event)
          gone.set(person, event)
          for (const session of listOf(event, 'sessions')) living.set(String(session), event)
          if (!closed.has(person)) tally.offend(event, `person \`${person}\` left and the account was not closed`)
          if (event.at - instantOf(event, 'asOf') > deadlineMs)
            tally.offend(event, `person \`${person}\` was closed more than 24 hours after the feed that says they left`)
        },
        'people.feed_applied': (event) => {
          void numberOf(event, 'left')
          tally.exercise(event)
        },
        // Refused whole: whoever left is still here, and the next feed has to come in time.
        'people.feed_refused': (event) => void textOf(event, 'code'),
        // They are back, and have to enrol anew.
        'identity.prepared': (event) => {
          const person = textOf(event, 'person')
          gone.delete(person)
          closed.delete(person)
        },
        'session.started': (event) => {
          const person = textOf(event, 'person')
          if (gone.has(person))
            tally.offend(event, `session \`${textOf(event, 'session')}\` is of person \`${person}\`, who has left`)
        },
        'session.ended': (event) => living.delete(textOf(event, 'session')),
      },
      settle(now: Instant) {
        for (const [session, event] of living.entries()) {
          if (now - event.at <= deadlineMs) break
          living.delete(session)
          tally.offend(event, `session \`${session}\` was still alive 24 hours after its person had left`)
        }
      },
    }
  },
}

// The rule of knowing every living session: each was begun in the ledger, with the supplier of who works in it, and the
// kernel's own list of connections agrees.

import { instantOf, optionalTextOf, textOf } from './evidence.ts'
import { hours, type Rule } from './rule.ts'

/** Hourly while sessions live, daily otherwise, and a start in between. */
const comparedMs = hours(26)

export const sessionsKnown: Rule = {
  control: 'GW-RAC-03',
  freshMs: comparedMs,
  start(tally) {
    return {
      on: {
        'session.started': (event) => {
          void textOf(event, 'person')
          void optionalTextOf(event, 'supplier')
        },
        'session.heartbeat': (event) => {
          tally.exercise(event)
          const [strangers, missing] = [instantOf(event, 'strangers'), instantOf(event, 'missing')]
          if (strangers + missing > 0)
            tally.offend(
              event,
              `of ${instantOf(event, 'sessions')} sessions ${missing} have no connection that they say they have, and ${strangers} connections belong to none`,
            )
        },
        'session.socket_unexplained': (event) => {
          tally.exercise(event)
          const asset = textOf(event, 'asset')
          tally.offend(
            event,
            textOf(event, 'kind') === 'stranger'
              ? `a connection to asset \`${asset}\` belongs to no session`
              : `session \`${textOf(event, 'session')}\` says it is connected to asset \`${asset}\`, and the kernel knows nothing of it`,
          )
        },
      },
    }
  },
}

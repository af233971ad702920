// The rule of backups: the evidence is copied each day, and what a restore lacked is told. Whether a copy holds is found out when
// it is made and before it is restored; that a store older than its checkpoints is not signed on is the gateway's start to see to.

import type { EvidenceEvent } from '../model.ts'
import { instantOf, isCommitted, partOf } from './evidence.ts'
import { hours, type Rule } from './rule.ts'

/** A day, and room for one that takes long. */
const overdueMs = hours(30)

export const backedUp: Rule = {
  control: 'GW-BCK-01',
  freshMs: overdueMs,
  start(tally) {
    let last: EvidenceEvent | null = null
    return {
      on: {
        'ledger.backed_up': (event) => {
          // A copy of nothing shows nothing.
          if (instantOf(event, 'entries') === 0) return
          if (last !== null && event.at - last.at > overdueMs)
            tally.offend(event, 'the backup before it was more than a day old')
          last = event
          tally.exercise(event)
        },
        'ledger.loss_declared': (event) => {
          const lost = instantOf(partOf(event, 'lost'), 'size') - instantOf(partOf(event, 'previous'), 'size')
          tally.offend(event, `${lost} entries were lost with a restore`)
          if (!isCommitted(event, 'reason') || !isCommitted(event, 'reference'))
            tally.offend(event, 'a loss was declared without a reason, or with nobody who approved it')
        },
      },
    }
  },
}

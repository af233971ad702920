// What is told of the gateway's own configuration: who answers for it should know what differs since the last start.

import { releaseDays } from '../evidence/configuration.ts'
import { peopleOf } from './audience.ts'
import { tame } from './letter.ts'
import type { NoticesOf } from './mapper.ts'

/** A letter is read; what is not in it stands in the ledger. */
const mostLines = 20

export const configurationNotices: NoticesOf<'gateway.configuration_changed'> = {
  async 'gateway.configuration_changed'({ changes }, look) {
    const left = changes.length - mostLines
    const lines = [
      'If nobody ordered this, somebody has the gateway\u2019s machine.',
      ...changes.slice(0, mostLines).map((change) => tame(change)),
      ...(left > 0 ? [`and ${left} more, which the ledger has`] : []),
      `If it was ordered, give what it rests on within ${releaseDays} days (sallyport platform record); another person looks at it.`,
    ]
    const people = await peopleOf(look, null, ['isms-manager', 'admin'])
    const subject = 'look at what is different in the configuration of the gateway'
    return {
      people,
      facts: { changes: changes.length },
      asks: null,
      letter: () => ({ subject, lines, open: '/rules' }),
    }
  },
}

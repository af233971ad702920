// What is told of the ledger itself: its key was changed, so that trust files are due; a time-stamping authority is away.

import { peopleOf } from './audience.ts'
import { tame } from './letter.ts'
import type { NoticesOf } from './mapper.ts'

const open = '/evidence'

export const ledgerNotices: NoticesOf<'ledger.key_rotated' | 'ledger.key_retired' | 'ledger.timestamp_missed'> = {
  async 'ledger.key_rotated'({ old }, look) {
    const lines = [
      'Auditors and witnesses need the new trust file, on another way than the evidence: `sallyport ledger trust`.',
      ...(old === 'signs-along' ? ['The old key signs checkpoints along until it is retired.'] : []),
      'If you did not expect this, somebody has the gateway\u2019s machine.',
    ]
    const subject = 'hand out the new trust file: the ledger has another signing key'
    const people = await peopleOf(look, null, ['auditor', 'isms-manager', 'admin'])
    return { people, facts: { old }, asks: null, letter: () => ({ subject, lines, open }) }
  },

  async 'ledger.key_retired'(_event, look) {
    const lines = ['The trust file says so now: hand it out. Exports from before the change of keys are taken again.']
    const subject = 'hand out the new trust file: a former signing key was retired'
    const people = await peopleOf(look, null, ['auditor', 'isms-manager', 'admin'])
    return { people, facts: {}, asks: null, letter: () => ({ subject, lines, open }) }
  },

  async 'ledger.timestamp_missed'({ authority, size }, look) {
    const lines = [
      'It is asked again by itself, and nothing else waits for it. The log says why; `ledger.timestamped` follows when it is back.',
    ]
    const subject = `look at time-stamping authority ${tame(authority)}: it gives no timestamp`
    const people = await peopleOf(look, null, ['isms-manager', 'admin'])
    return { people, facts: { authority, size }, asks: null, letter: () => ({ subject, lines, open }) }
  },
}

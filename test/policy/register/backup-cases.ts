// What is shown of the control that gateway and evidence are backed up.

import { minute, purpose, type Cases, type Loose } from './stream.ts'

const hour = 60
const backedUp = (minutes: number, entries = 9): Loose => [
  minutes,
  'ledger.backed_up',
  { entries, root: 'ab', recordings: 1, bytes: 10, withKeys: false },
]
const lost = (minutes: number, change: object = {}): Loose => [
  minutes,
  'ledger.loss_declared',
  {
    previous: { origin: 'a', key: 'k', size: 7, root: 'ab' },
    lost: { size: 10, note: null, witness: 'w' },
    origin: 'a/2',
    key: 'k',
    reason: purpose,
    reference: purpose,
    ...change,
  },
]

export const backupCases: Readonly<Record<string, Cases>> = {
  'GW-BCK-01': {
    fresh: [backedUp(0), backedUp(24 * hour)],
    staleAfter: ((24 + 30) * hour + 1) * minute,
    notExercised: [backedUp(0, 0)],
    failing: [
      ['more than a day old', [backedUp(0), backedUp(31 * hour)], 1],
      ['3 entries were lost with a restore', [backedUp(0), lost(1)], 1],
      ['nobody who approved it', [lost(0, { reference: null })], 0],
      ['`size`: expected a whole number', [lost(0, { lost: {} })], 0],
    ],
  },
}

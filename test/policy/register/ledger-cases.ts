// What is shown of the control that the ledger is tamper-evident: timestamps of others, and changes of its key.

import type { Events, EventType } from '../../../policy/events.ts'
import { day, minute, purpose, start, type Cases, type Loose } from './stream.ts'

const one =
  <T extends EventType>(type: T, data: { readonly [K in keyof Events[T]]?: unknown }) =>
  (minutes: number, change: { readonly [K in keyof Events[T]]?: unknown } = {}): Loose =>
    [minutes, type, { ...data, ...change }] as unknown as Loose

const stamped = one('ledger.timestamped', { authority: 'one', size: 9, imprint: 'ab', time: start, token: 'cd' })
const missed = one('ledger.timestamp_missed', { authority: 'one', size: 9, reason: purpose })
const rotated = one('ledger.key_rotated', { previous: 'a', next: 'b', old: 'signs-along', reason: purpose })
const retired = one('ledger.key_retired', { key: 'a', reason: purpose })
const long = 3 * 24 * 60

export const ledgerCases: Readonly<Record<string, Cases>> = {
  'GW-LOG-03': {
    fresh: [stamped(0), missed(1), stamped(2), rotated(3), retired(4)],
    staleAfter: 32 * day,
    notExercised: [missed(0)],
    failing: [
      ['authority `one` has attested nothing for two days', [stamped(0), missed(1), missed(2), rotated(long)], 1],
      ['attests another time', [stamped(0), stamped(1, { time: start + 30 * minute })], 1],
      ['changed without a reason', [rotated(0, { reason: 'because' })], 0],
      ['changed without a reason', [retired(0, { reason: null })], 0],
      ['`authority`: expected a text', [stamped(0, { authority: 7 })], 0],
    ],
  },
}

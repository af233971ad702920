// What is shown of the control that files cross through a quarantine.

import { day, minute, start, type Cases, type Loose } from './stream.ts'

const one =
  (type: string, data: Readonly<Record<string, unknown>>) =>
  (minutes: number, change: Readonly<Record<string, unknown>> = {}): Loose =>
    [minutes, type, { file: 'f1', session: 's1', ...data, ...change }] as unknown as Loose

const requested = one('file.transfer_requested', {
  person: 'p1',
  supplier: 'acme',
  direction: 'in',
  withoutVerdict: 'hold',
  declaredOnly: false,
})
const scanned = one('file.scanned', { verdict: 'clean', declared: false, signaturesAt: start })
const released = one('file.released', { because: 'clean', by: null })
const blocked = one('file.blocked', { because: 'infected', by: null })
const delivered = one('file.delivered', {})
const crossed = one('file.crossed', { rules: ['r1'] })

export const fileCases: Readonly<Record<string, Cases>> = {
  'GW-FIL-01': {
    fresh: [
      requested(0),
      scanned(1),
      released(2),
      delivered(3),
      requested(4, { file: 'f2' }),
      blocked(5, { file: 'f2' }),
      crossed(6),
    ],
    staleAfter: day + 6 * minute,
    notExercised: [requested(0), crossed(1)],
    failing: [
      ['delivered and nobody had let it go', [requested(0), scanned(1), delivered(2)], 2],
      ['let go before it was looked at', [requested(0), released(1), scanned(2)], 1],
      [
        'with malware in it',
        [requested(0), scanned(1, { verdict: 'infected' }), released(2, { by: 'p2', because: 'person' })],
        2,
      ],
      ['as clean without a verdict', [requested(0), scanned(1, { verdict: 'none' }), released(2)], 2],
      ['was not declared', [requested(0, { declaredOnly: true }), scanned(1), released(2)], 2],
      ['by who carries it', [requested(0), scanned(1), released(2, { by: 'p1', because: 'person' })], 2],
      ['signatures that are too old', [requested(0), scanned(1, { signaturesAt: null })], 1],
      ['that no rule let', [scanned(0), crossed(1, { rules: [] })], 1],
      ['`verdict`', [requested(0), scanned(1, { verdict: 7 })], 1],
    ],
  },
}

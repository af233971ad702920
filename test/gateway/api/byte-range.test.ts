// One range of bytes, as RFC 9110 section 14 writes it.

import fc from 'fast-check'
import { expect, it } from 'vitest'

import { byteRange } from '../../../gateway/api/byte-range.ts'

it.each([
  [undefined, { kind: 'whole' }],
  ['bytes=0-', { kind: 'part', from: 0, to: 100 }],
  ['bytes=10-19', { kind: 'part', from: 10, to: 20 }],
  ['bytes=90-900', { kind: 'part', from: 90, to: 100 }],
  ['bytes=-10', { kind: 'part', from: 90, to: 100 }],
  ['bytes=-900', { kind: 'part', from: 0, to: 100 }],
  ['bytes=100-', { kind: 'outside' }],
  ['bytes=-0', { kind: 'outside' }],
  // Several, reversed or malformed ones are no range: the whole is answered.
  ['bytes=0-1,5-6', { kind: 'whole' }],
  ['bytes=9-3', { kind: 'whole' }],
  ['bytes=-', { kind: 'whole' }],
  ['lines=1-2', { kind: 'whole' }],
])('reads `%s` of a hundred bytes', (header, expected) => {
  expect(byteRange(header, 100)).toEqual(expected)
})

it('never names a byte that is not there', () => {
  fc.assert(
    fc.property(
      fc.nat(1000),
      fc.oneof(
        fc.string(),
        fc.tuple(fc.nat(), fc.nat()).map(([a, b]) => `bytes=${a}-${b}`),
      ),
      (length, header) => {
        const range = byteRange(header, length)
        if (range.kind !== 'part') return
        expect(range.from).toBeGreaterThanOrEqual(0)
        expect(range.to).toBeGreaterThan(range.from)
        expect(range.to).toBeLessThanOrEqual(length)
      },
    ),
  )
})

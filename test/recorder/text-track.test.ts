// Texts of a channel taken up in the middle: it goes on as if it had never been left.

import fc from 'fast-check'
import { expect, it } from 'vitest'

import { isTrackState, TextTrack } from '../../recorder/text-track.ts'

/** Bytes that make decoders and filters stop in the middle: parts of characters, of sequences, of strings, of line ends. */
const pieces = fc.array(
  fc.oneof(
    fc
      .constantFrom(
        '\u001b',
        '\u001b[',
        '\u001b[3',
        '\u001b]0;title',
        '\u0007',
        '31m',
        '\r',
        '\n',
        'Grüße',
        '機械',
        '😀',
        '\u009b',
      )
      .map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom('e6a9', 'f09f98', 'c3', 'efbbbf', 'ff').map((hex) => Buffer.from(hex, 'hex')),
  ),
  { maxLength: 20 },
)

it('goes on from its state as the track would that was left', () => {
  fc.assert(
    fc.property(pieces, pieces, fc.boolean(), (before, after, addReturns) => {
      const whole = new TextTrack(addReturns)
      for (const piece of before) whole.push(piece)
      const kept: unknown = JSON.parse(JSON.stringify(whole.state))
      expect(isTrackState(kept)).toBe(true)
      const resumed = new TextTrack(addReturns, isTrackState(kept) ? kept : null)
      for (const piece of after) expect(resumed.push(piece)).toBe(whole.push(piece))
      expect(resumed.end()).toBe(whole.end())
    }),
  )
})

it.each([null, {}, { pending: 'e6', lastWasReturn: false }, { pending: 'zz', lastWasReturn: false, filter: {} }])(
  'takes %j for no state',
  (value) => {
    expect(isTrackState(value)).toBe(false)
  },
)

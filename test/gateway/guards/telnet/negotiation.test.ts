// What RFC 1143 promises of two ends that both keep to it, whatever each of them would have, and whenever it says so.

import fc from 'fast-check'
import { expect, it } from 'vitest'

import { Negotiation, type OptionSide } from '../../../../gateway/guards/telnet/negotiation.ts'

const options = [0, 1, 3]

interface End {
  readonly negotiation: Negotiation
  /** What the other end has said and this one has not heard yet, in order. */
  readonly coming: (readonly [command: number, option: number])[]
}

const agreesTo = fc.record({
  ours: fc.subarray(options).map((some) => new Set(some)),
  theirs: fc.subarray(options).map((some) => new Set(some)),
})
const step = fc.oneof(
  { weight: 2, arbitrary: fc.record({ end: fc.nat(1), hears: fc.constant(true as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      end: fc.nat(1),
      hears: fc.constant(false as const),
      side: fc.constantFrom<OptionSide>('ours', 'theirs'),
      option: fc.constantFrom(...options),
      on: fc.boolean(),
    }),
  },
)

it('two ends come to rest, and then see every option alike, whatever they ask for and however it crosses', () => {
  fc.assert(
    fc.property(agreesTo, agreesTo, fc.array(step, { maxLength: 60 }), (agreed, otherAgreed, steps) => {
      const ends: readonly [End, End] = [
        { negotiation: new Negotiation(agreed), coming: [] },
        { negotiation: new Negotiation(otherAgreed), coming: [] },
      ]
      let said = 0
      const tell = (to: End, answer: Uint8Array | null): void => {
        const [, command, option] = answer ?? []
        if (command === undefined || option === undefined) return
        said++
        to.coming.push([command, option])
      }
      const hear = (end: End, other: End): void => {
        const next = end.coming.shift()
        if (next) tell(other, end.negotiation.hear(...next).answer)
      }
      let asks = 0
      for (const one of steps) {
        const [end, other] = one.end === 0 ? ends : [ends[1], ends[0]]
        if (one.hears) hear(end, other)
        else {
          asks++
          tell(other, end.negotiation.ask(one.side, one.option, one.on).answer)
        }
      }
      // From here on nobody asks for anything: only what is on its way is still heard and answered.
      const most = 4 * (asks + 1)
      while (ends.some(({ coming }) => coming.length > 0) && said <= most) {
        hear(ends[0], ends[1])
        hear(ends[1], ends[0])
      }
      expect(said).toBeLessThanOrEqual(most)
      for (const option of options) {
        const [one, other] = [ends[0].negotiation, ends[1].negotiation]
        expect(one.isOn('ours', option)).toBe(other.isOn('theirs', option))
        expect(one.isOn('theirs', option)).toBe(other.isOn('ours', option))
      }
    }),
    { numRuns: 500 },
  )
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { waitAfter } from '../../../gateway/outbox/backoff.ts'

const hour = 3_600_000
const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

describe('waiting before another try', () => {
  it('begins with some seconds and ends with an hour at most', () => {
    expect(waitAfter(1, 0)).toBe(7_500)
    expect(waitAfter(1, 0.999)).toBeLessThanOrEqual(15_000)
    expect(waitAfter(1_000_000, 0.999)).toBeLessThanOrEqual(hour)
    expect(waitAfter(1_000_000, 0)).toBe(hour / 2)
  })

  it('never gets shorter with more failures, for the same jitter', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), share, (failures, random) => {
        expect(waitAfter(failures + 1, random)).toBeGreaterThanOrEqual(waitAfter(failures, random))
      }),
    )
  })
})

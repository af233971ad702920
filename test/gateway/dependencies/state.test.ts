import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { after, degradedMsOf, nextDay, unseen, type Shown } from '../../../gateway/dependencies/state.ts'

const good = (at: number): Shown => ({ at, good: 1, failed: 0, streak: null, problem: null })
const bad = (at: number): Shown => ({ at, good: 0, failed: 1, streak: null, problem: 'ECONNREFUSED' })

describe('the state of a dependency', () => {
  it('is degraded after so many failures in a row, and not before', () => {
    let seen = after(unseen('d', 'use mail', 0), good(10), 3)
    expect(seen).toMatchObject({ state: 'available', since: 10 })
    seen = after(after(seen, bad(20), 3), bad(30), 3)
    expect(seen).toMatchObject({ state: 'available', failures: 2, problem: 'ECONNREFUSED' })
    seen = after(seen, bad(40), 3)
    expect(seen).toMatchObject({ state: 'degraded', since: 40, failures: 3, goodAt: 10 })
    seen = after(seen, good(90), 3)
    expect(seen).toMatchObject({ state: 'available', since: 90, failures: 0, problem: null })
    expect(seen.day).toEqual({ from: 0, good: 2, failed: 3, worst: 'degraded', degradedMs: 50 })
  })

  it('takes failures in a row from who counts them over several far sides', () => {
    const used = { at: 5, good: 4, failed: 3, streak: 3, problem: 'b: timeout' }
    expect(after(unseen('d', 'use webhooks', 0), used, 3)).toMatchObject({ state: 'degraded', goodAt: 5 })
  })

  it('reckons an outage over two days into each', () => {
    const down = after(unseen('d', 'use mail', 0), bad(100), 1)
    expect(degradedMsOf(down, 1_000)).toBe(900)
    const second = nextDay(down, 1_000)
    expect(second.day).toMatchObject({ from: 1_000, worst: 'degraded', degradedMs: 0 })
    expect(after(second, good(1_250), 1).day.degradedMs).toBe(250)
  })

  it('is never degraded with fewer failures in a row than the limit, and always at it', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 40 }), fc.integer({ min: 1, max: 5 }), (looks, limit) => {
        let seen = unseen('d', 'use mail', 0)
        let streak = 0
        for (const [i, isGood] of looks.entries()) {
          seen = after(seen, isGood ? good(i) : bad(i), limit)
          streak = isGood ? 0 : streak + 1
          expect(seen.failures).toBe(streak)
          if (streak >= limit) expect(seen.state).toBe('degraded')
          if (isGood) expect(seen.state).toBe('available')
        }
        expect(seen.day.good + seen.day.failed).toBe(looks.length)
      }),
    )
  })
})

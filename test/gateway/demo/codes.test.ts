import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { codePair, openCodes } from '../../../gateway/demo/codes.ts'
import { codeAt, newTotpSecret, stepOf } from '../../../gateway/identity/totp.ts'

const secret = newTotpSecret()
const instants = fc.integer({ min: 1_600_000_000_000, max: 2_000_000_000_000 })

describe('codes for a script', () => {
  it('are taken twice at one instant, in rising order', async () => {
    await fc.assert(
      fc.asyncProperty(instants, async (now) => {
        const codeFor = openCodes<'vendor'>(
          (_login, at) => codeAt(secret, at),
          () => now,
        )
        const steps = [await codeFor('vendor'), await codeFor('vendor')].map((code) => stepOf(secret, code, now))
        expect(steps).toEqual([Math.floor(now / 30_000), Math.floor(now / 30_000) + 1])
      }),
      { numRuns: 50 },
    )
  })

  it('are counted for each person apart', async () => {
    const now = 1_700_000_000_000
    const codeFor = openCodes<'a' | 'b'>(
      (_login, at) => codeAt(secret, at),
      () => now,
    )
    expect(await codeFor('a')).toBe(await codeFor('b'))
  })
})

describe('the codes shown to a person', () => {
  it('are both taken at the instant they are shown, and say how long', () => {
    fc.assert(
      fc.property(instants, (now) => {
        const { now: first, next, secondsLeft } = codePair((at) => codeAt(secret, at), now)
        const step = Math.floor(now / 30_000)
        expect([stepOf(secret, first, now), stepOf(secret, next, now)]).toEqual([step, step + 1])
        expect(secondsLeft).toBe(Math.ceil(((step + 1) * 30_000 - now) / 1000))
      }),
      { numRuns: 50 },
    )
  })
})

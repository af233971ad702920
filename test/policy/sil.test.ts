// What a safety integrity level demands, whatever the policies say.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { operationClasses, safetyClasses, silLevels } from '../../policy/model.ts'
import { safetyNeeds } from '../../policy/sil.ts'

const count = (...given: Parameters<typeof safetyNeeds>): number => safetyNeeds(...given).length

describe('the yeses of safety engineers', () => {
  it('are two from SIL 3 on, and one to look at a safety system of any level', () => {
    expect(silLevels.map((sil) => count({ safety: 'SIS', sil }, 'engineer'))).toEqual([1, 1, 2, 2])
    expect(silLevels.map((sil) => count({ safety: 'SIS', sil }, 'observe'))).toEqual([1, 1, 1, 1])
  })

  it('are asked for at what is safety-related where its level is declared, but to look at it', () => {
    expect(count({ safety: 'related', sil: null }, 'engineer')).toBe(0)
    expect(silLevels.map((sil) => count({ safety: 'related', sil }, 'operate'))).toEqual([1, 1, 2, 2])
    expect(silLevels.map((sil) => count({ safety: 'related', sil }, 'observe'))).toEqual([0, 0, 0, 0])
  })

  it('never become fewer with a higher level, a higher class, or a class that is not known', () => {
    const safety = fc.constantFrom(...safetyClasses)
    const sil = fc.constantFrom(null, ...silLevels)
    const at = fc.nat({ max: operationClasses.length - 1 })
    fc.assert(
      fc.property(safety, sil, sil, at, at, (of, one, other, less, more) => {
        const [low, high] = (one ?? 0) <= (other ?? 0) ? [one, other] : [other, one]
        const [below, above] = [operationClasses[Math.min(less, more)], operationClasses[Math.max(less, more)]]
        const least = count({ safety: of, sil: low }, below ?? null)
        expect(count({ safety: of, sil: high }, above ?? null)).toBeGreaterThanOrEqual(least)
        expect(count({ safety: of, sil: high }, null)).toBeGreaterThanOrEqual(least)
      }),
    )
  })
})

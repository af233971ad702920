// How grave a risk is: people first, then the plant's own measure.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AssetId, PlantId } from '../../policy/ids.ts'
import {
  impactLevels,
  safetySeverities,
  type Impact,
  type ImpactScale,
  type Register,
  type Risk,
} from '../../policy/model.ts'
import { byGravity, gravityOf, levelOf, levelOn, needsCommittee, scaleFor } from '../../policy/risk.ts'

const north = 'north' as PlantId
const scale: ImpactScale = {
  plant: north,
  line: null,
  version: '2026-1',
  currency: 'EUR',
  levels: [
    { level: 'medium', fromHours: 1, fromCost: 10_000 },
    { level: 'high', fromHours: 4, fromCost: 100_000 },
    { level: 'very-high', fromHours: 24, fromCost: 1_000_000 },
  ],
}
const quick: ImpactScale = {
  ...scale,
  line: 'line-3',
  levels: [{ level: 'very-high', fromHours: 1, fromCost: 50_000 }],
}
const register: Register = {
  controls: [],
  risks: [],
  exceptions: [],
  impactScales: [scale, quick],
  drills: [],
  committee: { above: 'medium', incidents: null, changes: null },
  incidents: { containMinutes: null, correctiveFrom: null, reports: [] },
}
const calm: Risk = {
  id: 'R-01',
  title: 'Something happens',
  owner: 'Production lead',
  safety: 'none',
  sil: null,
  plant: north,
  line: null,
  assets: [] as readonly AssetId[],
  impact: { hours: 0, cost: 0 },
  acceptance: null,
}

describe('the level of a risk', () => {
  it.each<[string, Impact, string]>([
    ['nothing much', { hours: 0, cost: 9_999 }, 'low'],
    ['an hour', { hours: 1, cost: 0 }, 'medium'],
    ['money alone', { hours: 0, cost: 100_000 }, 'high'],
    ['four hours: not medium', { hours: 4, cost: 10_000 }, 'high'],
    ['a day', { hours: 24, cost: 0 }, 'very-high'],
  ])('is measured on the plant\u2019s scale: %s', (_, impact, level) => {
    expect(levelOf({ ...calm, impact }, register)).toBe(level)
  })

  it('is measured on the line\u2019s own scale where it has one', () => {
    const risk = { ...calm, line: 'line-3', impact: { hours: 2, cost: 0 } }
    expect(scaleFor(risk, register)).toBe(quick)
    expect(levelOf(risk, register)).toBe('very-high')
    expect(scaleFor({ ...risk, line: 'line-1' }, register)).toBe(scale)
  })

  it('is unknown where nobody measured it, or nothing measures it', () => {
    expect(levelOf({ ...calm, impact: null }, register)).toBeNull()
    expect(levelOf({ ...calm, plant: 'south' as PlantId }, register)).toBeNull()
  })

  it('never falls when it takes longer or costs more', () => {
    const impact = fc.record({ hours: fc.nat(40), cost: fc.nat(2_000_000) })
    const rank = (at: Impact): number => impactLevels.indexOf(levelOn(scale, at))
    fc.assert(
      fc.property(impact, impact, (one, more) => {
        const graver = { hours: one.hours + more.hours, cost: one.cost + more.cost }
        expect(rank(graver)).toBeGreaterThanOrEqual(rank(one))
      }),
    )
  })
})

const anyRisk: fc.Arbitrary<Risk> = fc
  .record({
    id: fc.integer({ min: 1, max: 99 }).map((n) => `R-${n}`),
    safety: fc.constantFrom(...safetySeverities),
    sil: fc.constantFrom(null, 1 as const, 2 as const, 3 as const, 4 as const),
    line: fc.constantFrom(null, 'line-3'),
    impact: fc.option(fc.record({ hours: fc.nat(48), cost: fc.nat(2_000_000) })),
  })
  .map((given) => ({ ...calm, ...given }))

describe('the order of risks', () => {
  it('puts harm to people before everything that can be counted, then the level', () => {
    const order = byGravity(register)
    fc.assert(
      fc.property(fc.array(anyRisk, { maxLength: 12 }), (risks) => {
        const sorted = risks.toSorted(order)
        for (const [i, risk] of sorted.entries()) {
          const next = sorted[i + 1]
          if (next === undefined) continue
          const [harm, less] = [risk, next].map(({ safety }) => safetySeverities.indexOf(safety)) as [number, number]
          expect(harm).toBeGreaterThanOrEqual(less)
          if (harm !== less || (risk.sil ?? 0) !== (next.sil ?? 0)) continue
          const [level, lower] = [levelOf(risk, register), levelOf(next, register)]
          if (level !== null && lower !== null)
            expect(impactLevels.indexOf(level)).toBeGreaterThanOrEqual(impactLevels.indexOf(lower))
        }
      }),
    )
  })

  it('is an order: the same whichever way the risks come', () => {
    const order = byGravity(register)
    fc.assert(
      fc.property(fc.uniqueArray(anyRisk, { maxLength: 8, selector: ({ id }) => id }), (risks) => {
        expect(risks.toReversed().toSorted(order)).toEqual(risks.toSorted(order))
      }),
    )
  })
})

describe('what a committee decides', () => {
  it('is what lies above its level, what harms people, and what nobody rated', () => {
    const of = (changes: Partial<Risk>): boolean => needsCommittee({ ...calm, ...changes }, register)
    expect(of({})).toBe(false)
    expect(of({ impact: { hours: 1, cost: 0 } })).toBe(false)
    expect(of({ impact: { hours: 4, cost: 0 } })).toBe(true)
    expect(of({ safety: 'minor-injury' })).toBe(true)
    expect(of({ impact: null })).toBe(true)
    expect(gravityOf({ ...calm, safety: 'minor-injury' }, register)).toBe('very-high')
  })

  it('is nothing where there is none', () => {
    expect(needsCommittee({ ...calm, safety: 'several-deaths' }, { ...register, committee: null })).toBe(false)
  })
})

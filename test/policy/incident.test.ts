// What an incident owes, which baselines it spans, and what is for the committee.

import { describe, expect, it } from 'vitest'

import { baselinesOf, changeNeedsDecision, containBy, incidentNeedsDecision, reportsOf } from '../../policy/incident.ts'
import type { PlantId } from '../../policy/ids.ts'
import type { Committee, IncidentRules, Register } from '../../policy/model.ts'

const hour = 3_600_000
const north = 'north' as PlantId
const south = 'south' as PlantId
const rules: IncidentRules = {
  containMinutes: 60,
  correctiveFrom: null,
  reports: [
    { id: 'late', title: 'Final', basis: 'law', hours: 72, from: 'low', plants: [] },
    { id: 'early', title: 'Warning', basis: 'law', hours: 24, from: 'high', plants: [] },
    { id: 'south', title: 'Customer', basis: 'contract', hours: 1, from: 'low', plants: [south] },
  ],
}
const register = (committee: Committee | null): Register => ({
  ...({} as Register),
  committee,
})

describe('what an incident owes', () => {
  it('depends on its severity and plants, and is in the order in which it is due', () => {
    const due = (severity: 'low' | 'high', plants: readonly PlantId[]) =>
      reportsOf(rules, { severity, plants, at: hour }).map(({ id, dueAt }) => [id, dueAt / hour])
    expect(due('low', [north])).toEqual([['late', 73]])
    expect(due('high', [north])).toEqual([
      ['early', 25],
      ['late', 73],
    ])
    expect(due('high', [north, south]).map(([id]) => id)).toEqual(['south', 'early', 'late'])
    expect(due('low', [])).toEqual([['late', 73]])
  })

  it('has a time to be contained only where the plant sets one', () => {
    expect(containBy(rules, 0)).toBe(hour)
    expect(containBy({ ...rules, containMinutes: null }, 0)).toBeNull()
  })
})

describe('the baselines of an incident', () => {
  const plants = new Map([
    [north, { baseline: 'A' }],
    [south, { baseline: null }],
  ])
  it('are told apart, and a plant without one is not like one that has it', () => {
    expect(baselinesOf([north], plants)).toEqual(['A'])
    expect(baselinesOf([north, south], plants)).toHaveLength(2)
    expect(baselinesOf([], plants)).toEqual([])
  })
})

describe('what is for the committee', () => {
  it('is an incident above its threshold, and none where there is no threshold', () => {
    const of = register({ above: 'high', incidents: 'medium', changes: null })
    expect(incidentNeedsDecision(of, 'medium')).toBe(false)
    expect(incidentNeedsDecision(of, 'high')).toBe(true)
    expect(incidentNeedsDecision(register({ above: 'low', incidents: null, changes: null }), 'very-high')).toBe(false)
    expect(incidentNeedsDecision(register(null), 'very-high')).toBe(false)
  })

  it('is a change that reaches one of its thresholds', () => {
    const of = register({ above: 'high', incidents: null, changes: { safetyTouches: 2, assetsMoved: null } })
    expect(changeNeedsDecision(of, { safetyTouches: 2, assetsMoved: 0 })).toBe(true)
    expect(changeNeedsDecision(of, { safetyTouches: 1, assetsMoved: 99 })).toBe(false)
    expect(changeNeedsDecision(register(null), { safetyTouches: 9, assetsMoved: 9 })).toBe(false)
  })
})

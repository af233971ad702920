// Safety before security: what keeps people from harm is named before anything else in every refusal, whatever else
// stands in the way; and what becomes of a session that is to end for security follows from what its asset declares.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide } from '../../policy/decide.ts'
import type { AssetId } from '../../policy/ids.ts'
import { operationClasses, safetyClasses, type DecisionReason, type ExpiryBehaviour } from '../../policy/model.ts'
import { guardRules, safetyRules } from '../../policy/rules.ts'
import { safeOutcomeOf, safetyFirst } from '../../policy/safety-first.ts'
import { bundleFrom, factsOf, plantFiles, requestOf, type Scenario } from './scenario.ts'

const isSafety = (rule: string): boolean => safetyRules.some((each) => each === rule)

describe('safety first', () => {
  it('has its invariants evaluated before all others', () => {
    expect(guardRules.slice(0, safetyRules.length)).toEqual(safetyRules)
  })

  it('names them first in every refusal, whoever asks for what', () => {
    const bundle = bundleFrom(plantFiles())
    const assets = [...bundle.assets.keys()]
    const both = { safety: 0, other: 0 }
    fc.assert(
      fc.property(
        fc.constantFrom<AssetId>(...assets),
        fc.constantFrom('plant-engineer', 'supplier-engineer', 'approver'),
        fc.constantFrom(...operationClasses),
        fc.boolean(),
        (asset, person, operationClass, isConnect) => {
          const use = { operationClass }
          const scenario: Scenario = {
            name: 'any',
            person,
            request: isConnect ? { action: 'connect', asset, grant: use } : { action: 'request', asset, ...use },
            expect: { kind: 'deny', rules: [] },
          } as Scenario
          const decision = decide(requestOf(scenario), bundle, factsOf(scenario))
          if (decision.kind === 'permit') return
          const rules = decision.reasons.map(({ rule }) => rule)
          const count = rules.filter(isSafety).length
          expect(rules.slice(0, count).every(isSafety)).toBe(true)
          if (count > 0 && rules.length > count) both.safety += 1
          else both.other += 1
        },
      ),
      { numRuns: 300 },
    )
    // The property was put to the test: refusals with both kinds, and others.
    expect(both.safety).toBeGreaterThan(0)
    expect(both.other).toBeGreaterThan(0)
  })

  it('keeps every reason, in the order it came in otherwise, a plant’s own rules of safety second', () => {
    const reason = fc.record({
      rule: fc.constantFrom(...guardRules, 'own', 'evaluation-error'),
      text: fc.string(),
      controls: fc.subarray(['GW-SAF-01', 'GW-ACC-01']),
    })
    fc.assert(
      fc.property(fc.array<DecisionReason>(reason), (reasons) => {
        const ordered = safetyFirst(reasons)
        const [code, rest] = [
          ordered.filter(({ rule }) => isSafety(rule)),
          ordered.filter(({ rule }) => !isSafety(rule)),
        ]
        expect(ordered).toEqual([...code, ...rest])
        expect(code).toEqual(reasons.filter(({ rule }) => isSafety(rule)))
        const own = rest.filter(({ controls }) => controls.includes('GW-SAF-01'))
        expect(rest.slice(0, own.length)).toEqual(own)
        expect(ordered.length).toBe(reasons.length)
      }),
    )
  })

  it('has a defined outcome for every asset: what is not safety-related ends at once, the rest as it declares', () => {
    const ways: readonly ExpiryBehaviour[] = [
      { kind: 'cut' },
      { kind: 'drain', hardLimitMinutes: 10 },
      { kind: 'confirm-safe-state', hardLimitMinutes: 10 },
    ]
    for (const safety of safetyClasses)
      for (const expiry of ways) expect(safeOutcomeOf({ safety, expiry })).toBe(safety === 'none' ? 'cut' : expiry.kind)
  })
})

describe('what gets no updates any more', () => {
  const scenario: Scenario = {
    name: 'lathe',
    person: 'plant-engineer',
    request: { action: 'connect', asset: 'lathe-1' as AssetId, grant: {} },
    expect: { kind: 'permit', rules: [] },
  }

  it('is held by code to its named protocols and to eyes that let input through, whatever the policies say', () => {
    const files = plantFiles()
    for (const name of [...files.keys()].filter((each) => each.endsWith('.cedar'))) files.delete(name)
    files.set('policies/all.cedar', '@id("all") @text("Everything.") permit (principal, action, resource);')
    const decision = decide(requestOf(scenario), bundleFrom(files), factsOf(scenario))
    expect(decision).toMatchObject({ kind: 'permit', profile: { name: 'unsupported', protocols: ['ssh'] } })
    expect(decision.kind === 'permit' && decision.obligations.map(({ kind }) => kind)).toContain('write-hold')
  })

  it('has no profile where it is looked after', () => {
    const other = { ...scenario, request: { ...scenario.request, asset: 'ews-1' as AssetId } }
    expect(decide(requestOf(other), bundleFrom(plantFiles()), factsOf(other))).not.toHaveProperty('profile')
  })
})

// Policies that would go deeper than the engine can: refused beforehand, and survived where one gets through all the
// same. A trap used to leave the engine unusable, so that one look at a hostile bundle ended every decision.

import { describe, expect, it } from 'vitest'
import { decide, parseBundle, quietWorld, type AccessAsk, type AssetId, type Facts } from '../../policy/index.ts'
import { depthOf, faultInDepth } from '../../policy/cedar/depth.ts'
import { callEngine } from '../../policy/cedar/instance.ts'
import { monday } from './arbitraries.ts'
import { named, plantFiles, plantWith } from './scenario.ts'

const plant = plantWith()
const ask: AccessAsk = {
  asset: 'ews-1' as AssetId,
  protocol: 'ssh',
  operationClass: 'operate',
  window: { from: monday, until: monday + 3_600_000 },
  schedule: { kind: 'whole' },
  tier: 'standard',
  criteria: [],
  purpose: 'look',
  ticket: '',
  rollback: '',
  files: [],
}
/** Another purpose is another question: the answer is not remembered, the engine is asked. */
let asked = 0
const outcome = (): string => {
  asked += 1
  const facts: Facts = {
    now: monday + asked,
    person: named('plant-engineer'),
    mfa: ['totp'],
    source: null,
    ticket: 'none',
    world: quietWorld,
  }
  return decide({ action: 'request', ask }, plant, facts)
    .reasons.map(({ rule }) => rule)
    .join()
}

const policy = (condition: string, effect = 'forbid'): string =>
  `@id("deep")\n@text("Deep.")\n${effect} (principal, action, resource) when { ${condition} };`

function problemsOf(text: string): readonly string[] {
  const parsed = parseBundle(new Map([...plantFiles(), ['policies/deep.cedar', text]]))
  return parsed.kind === 'ok' ? [] : parsed.problems.map(({ reason }) => reason)
}

describe('a policy nested deeper than the engine can go', () => {
  const hostile: Readonly<Record<string, string>> = {
    'brackets inside each other': `${'('.repeat(500)}true${')'.repeat(500)}`,
    'sets inside each other': `${'['.repeat(5_000)}1${']'.repeat(5_000)} == 1`,
    'a chain of sums': `${'1 + '.repeat(500)}1 == 2`,
    'a chain of conditions': `${'context.windowMinutes > 5 || '.repeat(500)}context.windowMinutes > 5`,
    'a chain longer than the engine can read': `${'context.windowMinutes > 5 || '.repeat(50_000)}context.windowMinutes > 5`,
    'ifs inside each other': `${'if context.windowMinutes > 5 then '.repeat(400)}true${' else false'.repeat(400)}`,
  }
  for (const [what, condition] of Object.entries(hostile))
    it(`is refused: ${what}`, () => {
      const before = outcome()
      expect(problemsOf(policy(condition)).join()).toMatch(/at most|too deep/)
      expect(outcome()).toBe(before)
      expect(before).not.toContain('evaluation-error')
    })

  it('leaves rules that people write alone, strings and comments full of brackets among them', () => {
    const many = Array.from({ length: 40 }, (_, minutes) => `context.windowMinutes == ${minutes}`).join(' || ')
    expect(problemsOf(policy(`resource.type == "hmi" && (${many})`))).toEqual([])
    expect(faultInDepth(`// ${'('.repeat(900)}\n${policy(`resource.type == "${'['.repeat(900)}\\"("`)}`)).toBeNull()
  })

  it('is measured without recursing', () => {
    let deep: unknown = 1
    for (let i = 0; i < 100_000; i += 1) deep = [deep]
    expect(depthOf(deep)).toBe(100_000)
  })
})

describe('an engine that trapped all the same', () => {
  it('is replaced, with every set it held', () => {
    const before = outcome()
    expect(() => callEngine((engine) => engine.policySetTextToParts(policy(hostileText)))).toThrow(
      /memory access out of bounds/,
    )
    expect(outcome()).toBe(before)
    expect(before).not.toContain('evaluation-error')
    expect(problemsOf(policy('context.windowMinutes > 5'))).toEqual([])
  })
})

const hostileText = `${'('.repeat(500)}true${')'.repeat(500)}`

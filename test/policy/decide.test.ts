// Decisions, from scenarios a plant engineer can read: scenarios/*.json. Rules are compared in order; `says` are parts
// that the reasons' texts must hold.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide } from '../../policy/decide.ts'
import { explain } from '../../policy/explain.ts'
import { parseBundle } from '../../policy/bundle/parse.ts'
import type { Bundle } from '../../policy/bundle/bundle.ts'
import type { AssetId, GrantId, RequestId } from '../../policy/ids.ts'
import type {
  AccessAsk,
  Decision,
  DecisionRequest,
  Facts,
  Grant,
  MfaKind,
  OperationClass,
  Person,
} from '../../policy/model.ts'
import { operationClasses } from '../../policy/model.ts'
import { bundleWith, demoFiles } from './demo-bundle.ts'
import { people, person } from './people.ts'

interface Scenario {
  readonly name: string
  readonly now: string
  readonly person: string
  readonly mfa: readonly MfaKind[]
  readonly replace?: Readonly<Record<string, readonly (readonly [string, string])[]>>
  readonly addPolicy?: string
  readonly onlyPolicy?: string
  readonly request: {
    readonly action: DecisionRequest['action']
    readonly asset: AssetId
    readonly operationClass?: OperationClass
    readonly from?: string
    readonly until?: string
    readonly requester?: string
    readonly grant?: {
      readonly person: string
      readonly asset: AssetId
      readonly kind: Grant['kind']
      readonly from: string
      readonly until: string
    } | null
  }
  readonly expect: {
    readonly kind: 'permit' | 'deny'
    readonly rules: readonly string[]
    readonly obligations?: readonly string[]
    readonly scope?: string
    readonly says?: readonly string[]
  }
}

const folder = join(import.meta.dirname, 'scenarios')

for (const file of readdirSync(folder)) {
  describe(`decisions: ${file}`, () => {
    // The scenarios are ours and of this shape; a wrong one fails its test.
    const scenarios = JSON.parse(readFileSync(join(folder, file), 'utf8')) as readonly Scenario[]
    for (const scenario of scenarios) {
      it(`${scenario.expect.kind}: ${scenario.name}`, () => {
        const decision = decide(requestOf(scenario), bundleOf(scenario), factsOf(scenario))
        const expected = scenario.expect
        expect({ ...decision, rules: decision.reasons.map((reason) => reason.rule) }).toMatchObject({
          kind: expected.kind,
          rules: expected.rules,
          ...(expected.obligations && { obligations: expected.obligations }),
          ...(expected.scope && { scope: { kind: expected.scope } }),
        })
        const texts = decision.reasons.map((reason) => reason.text).join('\n')
        for (const part of expected.says ?? []) expect(texts).toContain(part)
        for (const reason of decision.reasons) expect(reason.text).not.toBe('')
      })
    }
  })
}

function bundleOf({ replace, addPolicy, onlyPolicy }: Scenario): Bundle {
  const files = demoFiles()
  for (const [file, pairs] of Object.entries(replace ?? {})) {
    for (const [from, to] of pairs) {
      const text = files.get(file) ?? ''
      if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`)
      files.set(file, text.replace(from, to))
    }
  }
  if (onlyPolicy !== undefined) for (const file of files.keys()) if (file.endsWith('.cedar')) files.delete(file)
  const policy = addPolicy ?? onlyPolicy
  if (policy !== undefined) files.set('policies/scenario.cedar', policy)
  const parsed = parseBundle(files)
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.problems, null, 2))
  return parsed.bundle
}

function factsOf(scenario: Scenario): Facts {
  return { now: Date.parse(scenario.now), person: named(scenario.person), mfa: scenario.mfa }
}

function requestOf({ request }: Scenario): DecisionRequest {
  if (request.action === 'connect') {
    return { action: 'connect', asset: request.asset, protocol: 'ssh', grant: grantOf(request.grant ?? null) }
  }
  const ask: AccessAsk = {
    asset: request.asset,
    protocol: 'ssh',
    operationClass: request.operationClass ?? 'operate',
    window: { from: Date.parse(request.from ?? ''), until: Date.parse(request.until ?? '') },
    purpose: 'drive 7 does not start',
    ticket: '',
  }
  if (request.action === 'request') return { action: 'request', ask }
  return { action: request.action, ask, requester: named(request.requester ?? '') }
}

function grantOf(given: (Scenario['request']['grant'] & object) | null): Grant | null {
  if (given === null) return null
  const core = {
    id: 'gra_00000000000000000000000001' as GrantId,
    request: 'req_00000000000000000000000001' as RequestId,
    person: named(given.person).id,
    asset: given.asset,
    protocol: 'ssh' as const,
    operationClass: 'operate' as const,
    window: { from: Date.parse(given.from), until: Date.parse(given.until) },
  }
  const at = core.window.from + 60_000
  if (given.kind === 'revoked')
    return { ...core, kind: 'revoked', by: named('approver').id, at, reason: 'line is running' }
  return given.kind === 'expired' ? { ...core, kind: 'expired', at } : { ...core, kind: 'open' }
}

function named(part: string): Person {
  const found = people.get(part)
  if (found === undefined) throw new Error(`nobody plays \`${part}\``)
  return found
}

describe('decide', () => {
  const demo = bundleWith()
  const now = Date.parse('2026-03-02T09:00:00Z')
  const ask = (window: AccessAsk['window'], asset = 'ews-1'): AccessAsk => ({
    asset: asset as AssetId,
    protocol: 'ssh',
    operationClass: 'observe',
    window,
    purpose: 'look',
    ticket: '',
  })

  it.each([
    ['not a number', { from: Number.NaN, until: now }],
    ['endless', { from: now, until: Number.POSITIVE_INFINITY }],
    ['between milliseconds', { from: now, until: now + 0.5 }],
    ['beyond the calendar', { from: now, until: 8.64e15 + 1 }],
  ])('refuses a window that is %s as an invalid ask', (_, window) => {
    const facts: Facts = { now, person: person('plant-engineer'), mfa: [] }
    const decision = decide({ action: 'request', ask: ask(window) }, demo, facts)
    expect(decision.kind).toBe('deny')
    expect(decision.reasons.map(({ rule }) => rule)).toEqual(['invalid-ask'])
  })

  it('cites the bundle and the scope version it was taken under', () => {
    const facts: Facts = { now, person: person('plant-engineer'), mfa: [] }
    const decision = decide({ action: 'request', ask: ask({ from: now, until: now + 60_000 }) }, demo, facts)
    expect(decision).toMatchObject({ bundle: demo.digest, scopeVersion: '2026-1' })
  })

  it('keeps two bundles apart', () => {
    const strict = bundleWith({
      'policies/duties.cedar': (text) =>
        `${text}\n@id("closed") @text("Closed.") forbid (principal, action, resource);`,
    })
    const facts: Facts = { now, person: person('plant-engineer'), mfa: [] }
    const question: DecisionRequest = { action: 'request', ask: ask({ from: now, until: now + 60_000 }) }
    expect([demo, strict, demo].map((bundle) => decide(question, bundle, facts).kind)).toEqual([
      'permit',
      'deny',
      'permit',
    ])
  })

  const anybody = fc.constantFrom(...people.values())
  const anyAsset = fc.constantFrom(
    'ews-1',
    'ews-2',
    'hist-1',
    'hmi-3',
    'plc-7',
    'sis-1',
    'cam-9',
    'south-ews-1',
    'none',
  )
  const anyWindow = fc.record({
    from: fc.integer({ min: -600, max: 600 }).map((minutes) => now + minutes * 60_000),
    until: fc.integer({ min: -600, max: 1200 }).map((minutes) => now + minutes * 60_000),
  })
  const anyAsk = fc.record({
    asset: anyAsset.map((id) => id as AssetId),
    protocol: fc.constant('ssh' as const),
    operationClass: fc.constantFrom(...operationClasses),
    window: anyWindow,
    purpose: fc.string(),
    ticket: fc.string(),
  })
  const anyGrant = fc.option(
    fc
      .record({ person: anybody, asset: anyAsset, window: anyWindow, kind: fc.constantFrom('open', 'expired') })
      .map(({ person: holder, asset, window, kind }): Grant => ({
        id: 'gra_00000000000000000000000001' as GrantId,
        request: 'req_00000000000000000000000001' as RequestId,
        person: holder.id,
        asset: asset as AssetId,
        protocol: 'ssh',
        operationClass: 'operate',
        window,
        ...(kind === 'open' ? { kind: 'open' } : { kind: 'expired', at: now }),
      })),
  )
  const anyRequest: fc.Arbitrary<DecisionRequest> = fc.oneof(
    anyAsk.map((each) => ({ action: 'request' as const, ask: each })),
    fc.record({ action: fc.constantFrom('approve' as const, 'extend' as const), ask: anyAsk, requester: anybody }),
    fc.record({
      action: fc.constant('connect' as const),
      asset: anyAsset.map((id) => id as AssetId),
      protocol: fc.constant('ssh' as const),
      grant: anyGrant,
    }),
  )
  const anyFacts = fc.record({
    now: fc.constant(now),
    person: anybody,
    mfa: fc.constantFrom<readonly MfaKind[]>([], ['totp']),
  })

  it('never lets a new forbid widen access', () => {
    const forbids = [
      'forbid (principal, action == Action::"request", resource) when { context.windowMinutes > 60 };',
      'forbid (principal, action, resource in Zone::"north-control");',
      'forbid (principal in Supplier::"acme-drives", action, resource);',
      'forbid (principal, action, resource) when { resource.labels.contains("line-1") };',
    ].map((policy) =>
      bundleWith({ 'policies/duties.cedar': (text) => `${text}\n@id("one-more") @text("One more.") ${policy}` }),
    )
    fc.assert(
      fc.property(fc.constantFrom(...forbids), anyRequest, anyFacts, (stricter, request, facts) => {
        const after = decide(request, stricter, facts)
        return after.kind === 'deny' || decide(request, demo, facts).kind === 'permit'
      }),
    )
  })

  it('holds its invariants under policies that permit everything', () => {
    const files = demoFiles()
    for (const file of files.keys()) if (file.endsWith('.cedar')) files.delete(file)
    files.set('policies/all.cedar', '@id("all") @text("All.") permit (principal, action, resource);')
    const parsed = parseBundle(files)
    if (parsed.kind === 'invalid') throw new Error('expected a good bundle')
    let permits = 0
    fc.assert(
      fc.property(anyRequest, anyFacts, (request, facts) => {
        const decision = decide(request, parsed.bundle, facts)
        permits += decision.kind === 'permit' ? 1 : 0
        expect(brokenBy(decision, request, facts)).toEqual([])
      }),
      { numRuns: 2_000, seed: 7 },
    )
    // The property says something only if some of the requests were permitted.
    expect(permits).toBeGreaterThan(20)
  })

  it('always gives a reason, and words for it', () => {
    fc.assert(
      fc.property(anyRequest, anyFacts, (request, facts) => {
        const decision = decide(request, demo, facts)
        expect(decision.reasons.length).toBeGreaterThan(0)
        const sentences = explain(decision)
        expect(sentences[0]).toBe(decision.kind === 'permit' ? 'Permitted.' : 'Denied.')
        for (const sentence of sentences) expect(sentence).toMatch(/[.!?)]$/)
      }),
      { numRuns: 50 },
    )
  })
})

/** The invariants a permit would break, said once more and apart from the code that keeps them. */
function brokenBy(decision: Decision, request: DecisionRequest, { person: actor, mfa, now }: Facts): readonly string[] {
  if (decision.kind === 'deny') return []
  const asset = request.action === 'connect' ? request.asset : request.ask.asset
  const invariants: Record<string, boolean> = {
    'in scope': decision.scope.kind === 'in',
    recorded: decision.obligations.includes('record'),
    'not disabled': !actor.disabled,
    'of the plant': actor.plants.some((plant) => plant === 'north'),
    'no safety system': asset !== 'sis-1',
    'second factor': request.action === 'request' || mfa.length > 0,
  }
  if (request.action === 'approve' || request.action === 'extend') {
    invariants['not the own request'] = request.requester.id !== actor.id
    invariants['not of the own supplier'] = actor.supplier === null || actor.supplier !== request.requester.supplier
  }
  if (request.action === 'connect') {
    const { grant } = request
    invariants['open grant'] = grant?.kind === 'open' && grant.person === actor.id && grant.asset === asset
    invariants['inside its window'] = grant !== null && grant.window.from <= now && now < grant.window.until
  }
  return Object.keys(invariants).filter((name) => invariants[name] !== true)
}

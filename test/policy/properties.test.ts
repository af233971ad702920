// What holds of every decision, whoever asks what of which bundle.

import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { ask, type CedarAnswer } from '../../policy/cedar/engine.ts'
import { questionOf } from '../../policy/cedar/question.ts'
import { askAbout, decide } from '../../policy/decide.ts'
import { explain } from '../../policy/explain.ts'
import { unreckonable } from '../../policy/faults.ts'
import type { AssetId } from '../../policy/ids.ts'
import { quietWorld, type AccessAsk, type Decision, type DecisionRequest, type Facts } from '../../policy/model.ts'
import { situationOf } from '../../policy/situation.ts'
import { anyCase, monday } from './arbitraries.ts'
import { bundleFrom, named, plantFiles, plantWith } from './scenario.ts'

const plant = plantWith()

// Hundreds of decisions a test: on a busy machine that takes its time, and nothing here is about time.
vi.setConfig({ testTimeout: 120_000 })
const twoHours: AccessAsk = {
  asset: 'ews-1' as AssetId,
  protocol: 'ssh',
  operationClass: 'observe',
  window: { from: monday, until: monday + 2 * 3_600_000 },
  schedule: { kind: 'whole' },
  tier: 'standard',
  criteria: [],
  purpose: 'look',
  ticket: '',
  rollback: '',
  files: [],
}
const quiet: Facts = {
  now: monday,
  person: named('plant-engineer'),
  mfa: [],
  source: null,
  ticket: 'none',
  world: quietWorld,
}

describe('decide', () => {
  it('never lets a new forbid widen access', () => {
    const forbids = [
      'forbid (principal, action == Action::"request", resource) when { context.windowMinutes > 60 };',
      'forbid (principal, action, resource in Zone::"north-control");',
      'forbid (principal in Supplier::"acme-drives", action, resource);',
      'forbid (principal, action, resource) when { resource.labels.contains("line-1") };',
      'forbid (principal, action, resource == Asset::"ews-1") unless { context.tier == Tier::"emergency" };',
    ].map((policy) => plantWith(`@id("one-more") @text("One more.") ${policy}`))
    let permitted = 0
    fc.assert(
      fc.property(fc.constantFrom(...forbids), anyCase, (stricter, { request, facts }) => {
        const after = decide(request, stricter, facts)
        permitted += after.kind === 'permit' ? 1 : 0
        return after.kind === 'deny' || decide(request, plant, facts).kind === 'permit'
      }),
      { numRuns: 300, seed: 11 },
    )
    expect(permitted).toBeGreaterThan(25)
  })

  it('never lets a new duty widen access, and keeps every obligation it had', () => {
    const duties = [
      '@obligation("escort:3, review:12") permit (principal, action, resource);',
      '@obligation("local-presence") permit (principal, action, resource in Zone::"north-control");',
      '@obligation("approvals:safety-engineer") permit (principal, action == Action::"request", resource);',
    ].map((policy) => plantWith(`@id("one-more") @text("One more.") @duty ${policy}`))
    let permitted = 0
    fc.assert(
      fc.property(fc.constantFrom(...duties), anyCase, (stricter, { request, facts }) => {
        const after = decide(request, stricter, facts)
        const before = decide(request, plant, facts)
        if (after.kind === 'deny') return true
        permitted += 1
        if (before.kind === 'deny') return false
        const kinds = after.obligations.map(({ kind }) => kind)
        return before.obligations.every(({ kind }) => kinds.includes(kind))
      }),
      { numRuns: 300, seed: 12 },
    )
    expect(permitted).toBeGreaterThan(25)
  })

  it('is the same with a watched rule as without it before its day, and as with a plain one from that day on', () => {
    const written = [
      ['', 'forbid (principal, action == Action::"request", resource) when { context.windowMinutes > 60 };'],
      ['', 'forbid (principal, action, resource in Zone::"north-control");'],
      ['', 'forbid (principal in Supplier::"acme-drives", action, resource == Asset::"ews-1");'],
      ['@duty @obligation("escort:1, review:1")', 'permit (principal, action, resource);'],
      ['', 'forbid (principal, action, resource) when { context.windowMinutes * 9223372036854775807 > 0 };'],
    ]
    const cases = written.map(([more, rule]) => {
      const with_ = (day: string) => plantWith(`@id("one-more") @text("One more.") ${day} ${more} ${rule}`)
      return {
        plain: with_(''),
        watched: with_('@enforceFrom("2031-01-01")'),
        begun: with_('@enforceFrom("2020-01-01")'),
      }
    })
    let struck = 0
    fc.assert(
      fc.property(fc.nat(cases.length - 1), anyCase, (nth, { request, facts }) => {
        const { plain, watched, begun } = cases[nth] ?? { plain: plant, watched: plant, begun: plant }
        const without = decide(request, plant, facts)
        const before = decide(request, watched, facts)
        const holding = decide(request, plain, facts)
        expect({ ...before, watched: [], bundle: plant.digest }).toEqual(without)
        expect({ ...decide(request, begun, facts), bundle: plain.digest }).toEqual(holding)
        const strikes = before.watched.length > 0
        struck += strikes ? 1 : 0
        // Where it strikes nothing, its holding would have changed nothing.
        if (!strikes) expect({ ...holding, bundle: plant.digest }).toEqual(without)
        else if (before.watched[0]?.would !== 'oblige') expect(holding.kind).toBe('deny')
      }),
      { numRuns: 300, seed: 13 },
    )
    expect(struck).toBeGreaterThan(50)
  })

  it('answers from its slices as it would from all policies at once', () => {
    const many = plantWith(
      Array.from({ length: 60 }, (_, i) => {
        const heads = [
          'principal, action, resource == Asset::"ews-1"',
          'principal, action == Action::"connect", resource in Zone::"north-control"',
          'principal, action in [Action::"request", Action::"approve"], resource in Plant::"north"',
          'principal, action, resource is Asset in Zone::"north-operations"',
          'principal in Supplier::"acme-drives", action, resource is Asset',
          'principal, action, resource',
        ]
        const effect = i % 4 === 0 ? 'permit' : 'forbid'
        return `@id("more-${i}") @text("More.") ${effect} (${heads[i % heads.length]}) when { context.windowMinutes > ${40 * i} };`
      }).join('\n'),
    )
    let applied = 0
    fc.assert(
      fc.property(anyCase, ({ request, facts }) => {
        const asset = many.assets.get(request.action === 'connect' ? request.asset : request.ask.asset)
        if (asset === undefined || unreckonable(request, facts.now) !== null) return
        const situation = situationOf(request, asset, many, facts)
        const question = questionOf(situation, many)
        const sliced = inOrder(askAbout(situation, question, many))
        const whole = inOrder(ask({ ...question, policySet: many.cedar.policySet }))
        applied += sliced.kind === 'answered' ? sliced.determining.length : 0
        expect(sliced).toEqual(whole)
      }),
      { numRuns: 200 },
    )
    expect(applied).toBeGreaterThan(50)
  })

  it('holds its invariants under policies that permit everything', () => {
    const open = plantWith('@id("all") @text("All.") permit (principal, action, resource);', true)
    let permits = 0
    fc.assert(
      fc.property(anyCase, ({ request, facts }) => {
        const decision = decide(request, open, facts)
        permits += decision.kind === 'permit' ? 1 : 0
        expect(brokenBy(decision, request, facts)).toEqual([])
      }),
      { numRuns: 1_000, seed: 7 },
    )
    // The property says something only if some of the requests were permitted.
    expect(permits).toBeGreaterThan(100)
  })

  it('always gives a reason, words for it, and, where an invariant stands in the way, the next step', () => {
    fc.assert(
      fc.property(anyCase, ({ request, facts }) => {
        const decision = decide(request, plant, facts)
        expect(decision.reasons.length).toBeGreaterThan(0)
        const sentences = explain(decision)
        expect(sentences[0]).toBe(decision.kind === 'permit' ? 'Permitted.' : 'Denied.')
        for (const sentence of sentences) expect(sentence).toMatch(/[.!?)]$/)
        if (decision.kind === 'permit') return
        const byCode = decision.reasons.filter(
          ({ rule }) => !plant.policies.has(rule) && !['default-deny', 'evaluation-error'].includes(rule),
        )
        expect(byCode.length === 0 || decision.remedies.length > 0).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  it('never throws, whatever it is given', () => {
    const oddNumber = fc.oneof(fc.double(), fc.maxSafeInteger(), fc.constantFrom(8.64e15, -8.64e15, 0, NaN, Infinity))
    const oddSchedule = fc.oneof(
      fc.constant({ kind: 'whole' as const }),
      fc.record({ kind: fc.constantFrom('from-approval' as const, 'from-first-use' as const), minutes: oddNumber }),
      fc.record({
        kind: fc.constant('recurring' as const),
        recurrence: fc.record({
          days: fc.constant(['mon', 'sun'] as const),
          from: fc.oneof(fc.string(), fc.constant('09:00')),
          until: fc.constant('17:00'),
        }),
        timeZone: fc.oneof(fc.string(), fc.constantFrom('Europe/Berlin', '+02:00', 'America/St_Johns')),
      }),
    )
    const odd = fc.record({ from: oddNumber, until: oddNumber })
    fc.assert(
      fc.property(
        anyCase,
        odd,
        oddSchedule,
        oddNumber,
        fc.string(),
        ({ request, facts }, window, schedule, now, source) => {
          const asked: DecisionRequest =
            request.action === 'connect'
              ? { ...request, grant: request.grant === null ? null : { ...request.grant, window, schedule } }
              : { ...request, ask: { ...request.ask, window, schedule } }
          for (const at of [now, facts.now]) {
            expect(['permit', 'deny']).toContain(decide(asked, plant, { ...facts, now: at, source }).kind)
          }
        },
      ),
      { numRuns: 200 },
    )
  })

  it.each([
    ['not a number', { from: Number.NaN, until: monday }],
    ['endless', { from: monday, until: Number.POSITIVE_INFINITY }],
    ['between milliseconds', { from: monday, until: monday + 0.5 }],
    ['beyond the calendar', { from: monday, until: 8.64e15 + 1 }],
  ])('refuses a window that is %s as an invalid ask', (_, window) => {
    const decision = decide({ action: 'request', ask: { ...twoHours, window } }, plant, quiet)
    expect(decision.kind).toBe('deny')
    expect(decision.reasons.map(({ rule }) => rule)).toEqual(['invalid-ask'])
  })

  it('keeps two bundles apart, and cites the one it was taken under', () => {
    const files = plantFiles()
    files.set('policies/closed.cedar', '@id("closed") @text("Closed.") forbid (principal, action, resource);')
    const strict = bundleFrom(files)
    const decisions = [plant, strict, plant].map((bundle) =>
      decide({ action: 'request', ask: twoHours }, bundle, quiet),
    )
    expect(decisions.map(({ kind }) => kind)).toEqual(['permit', 'deny', 'permit'])
    expect(decisions.map(({ bundle }) => bundle)).toEqual([plant.digest, strict.digest, plant.digest])
    expect(decisions[0]).toMatchObject({ scopeVersion: '2026-1', exceptions: [] })
  })
})

/** The engine names what determined an answer in no order. */
function inOrder(answer: CedarAnswer): CedarAnswer {
  return answer.kind === 'failed' ? answer : { ...answer, determining: answer.determining.toSorted() }
}

/** The invariants a permit would break, said once more and apart from the code that keeps them. */
function brokenBy(decision: Decision, request: DecisionRequest, facts: Facts): readonly string[] {
  if (decision.kind === 'deny') return []
  const { person: actor, mfa, now, world, ticket } = facts
  const name = request.action === 'connect' ? request.asset : request.ask.asset
  const asset = plant.assets.get(name)
  const user = request.action === 'approve' || request.action === 'extend' ? request.requester : actor
  const kinds = decision.obligations.map(({ kind }) => kind)
  const isThere = world.presences.some(
    ({ zone, person, until }) => zone === asset?.zone && person !== user.id && now < until,
  )
  const isControlled = asset?.labels.includes('export-controlled') === true
  const invariants: Record<string, boolean> = {
    'in scope': decision.scope.kind === 'in' && !world.heldScope.has(name),
    recorded: kinds.includes('record'),
    'not disabled': !actor.disabled && !user.disabled,
    'of the plant': actor.plants.some((each) => each === 'north') && user.plants.some((each) => each === 'north'),
    'no safety system without its duties':
      asset?.safety !== 'SIS' ||
      (name === 'sis-2' && kinds.includes('escort') && kinds.includes('local-presence') && kinds.includes('approvals')),
    'not through a closed conduit': !['lab-1', 'meas-1', 'valve-1'].includes(name),
    'of an open phase': name !== 'robot-6',
    'nobody suspended': world.suspensions.every(
      ({ target }) =>
        !('id' in target) || ![name, asset?.zone, actor.id, user.id].some((covered) => covered === target.id),
    ),
    eligible: !isControlled || world.attestations.some(({ person, until }) => person === user.id && now < until),
    'second factor': request.action === 'request' || mfa.length > 0,
  }
  if (request.action === 'approve' || request.action === 'extend') {
    invariants['not the own request'] = request.requester.id !== actor.id
    invariants['not of the own supplier'] = actor.supplier === null || actor.supplier !== request.requester.supplier
  }
  if (request.action === 'connect') {
    const { grant } = request
    invariants['open grant'] = grant?.kind === 'open' && grant.person === actor.id && grant.asset === name
    invariants['inside its window'] = grant !== null && grant.window.from <= now && now < grant.window.until
    invariants['from a good place'] = !isControlled || facts.source === '192.0.2.17'
    invariants['somebody on site'] = isThere || (name !== 'oven-2' && name !== 'sis-2')
  } else {
    const { tier, criteria, rollback } = request.ask
    invariants['criteria affirmed'] =
      (tier !== 'emergency' || (criteria.includes('line-stopped') && criteria.includes('cannot-wait'))) &&
      (tier !== 'break-glass' || criteria.includes('danger'))
    invariants['a way back'] = tier !== 'normal' || rollback !== ''
    invariants['seal whole'] = tier !== 'break-glass' || !world.brokenSeals.has(name)
    invariants['ticket checked'] = ticket !== 'unreachable' || request.action === 'extend'
    invariants['break-glass with a second factor'] = tier !== 'break-glass' || mfa.length > 0
  }
  return Object.keys(invariants).filter((each) => invariants[each] !== true)
}

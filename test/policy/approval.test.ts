// The state machine of requests and grants: each way through it, and each refusal. What holds whatever is tried is in
// approval-model.test.ts.

import { describe, expect, it } from 'vitest'
import { answerableUntil, approve, breakGlass, deny, expireRequest, submit, withdraw } from '../../policy/approval.ts'
import type { AccessAsk, ApprovalNeed, Schedule } from '../../policy/model.ts'
import { requestDigest } from '../../policy/request-digest.ts'
import {
  another,
  approver,
  ask,
  codeOf,
  grantId,
  minute,
  ok,
  opened,
  requester,
  requestId,
  start,
  submitted,
  voicesIn,
  waiting,
  yes,
} from './asking.ts'
import { person } from './people.ts'

const safety = person('safety-engineer')
const two: readonly ApprovalNeed[] = [
  { kind: 'role', role: 'approver' },
  { kind: 'role', role: 'safety-engineer' },
]

describe('a request', () => {
  it('becomes a grant for what was asked when an approver says yes', () => {
    const { request, grant } = ok(approve(yes()))
    expect(request).toMatchObject({ kind: 'approved', grant: grantId, by: requester.id })
    expect(request.approvals).toEqual([
      {
        by: approver.id,
        onBehalfOf: approver.id,
        at: start + minute,
        verdict: 'approve',
        comment: 'line is down',
        requestDigest: requestDigest(submitted()),
      },
    ])
    expect(grant).toEqual({
      kind: 'open',
      id: grantId,
      request: requestId,
      person: requester.id,
      asset: ask.asset,
      protocol: 'ssh',
      operationClass: 'operate',
      window: ask.window,
      schedule: { kind: 'whole' },
      tier: 'normal',
      escort: false,
      conditions: '',
    })
  })

  it('ends when an approver says no, and a no says why', () => {
    expect(ok(deny(yes())).request).toMatchObject({
      kind: 'refused',
      approvals: [{ verdict: 'deny', by: approver.id }],
    })
    expect(codeOf(deny(yes(undefined, { comment: ' ' })))).toBe('reason-missing')
  })

  it('is taken back by the person who made it, and nobody else', () => {
    const request = submitted()
    expect(ok(withdraw({ request, by: requester.id, now: start })).request.kind).toBe('withdrawn')
    expect(codeOf(withdraw({ request, by: approver.id, now: start }))).toBe('not-the-requester')
  })

  it('expires when its window is over or it waited too long, whichever comes first', () => {
    const request = submitted()
    const expired = (answerable: number, now: number) =>
      codeOf(expireRequest({ request, answerableUntil: answerable, now }))
    expect(answerableUntil(request, 30)).toBe(start + 30 * minute)
    expect(answerableUntil(request, 1_440)).toBe(ask.window.until)
    expect(expired(start + 30 * minute, start + 30 * minute - 1)).toBe('window-not-ended')
    expect(expired(start + 30 * minute, start + 30 * minute)).toBe('ok')
    expect(expired(Infinity, ask.window.until - 1)).toBe('window-not-ended')
    expect(expired(Infinity, ask.window.until)).toBe('ok')
  })

  it('is not made for a window that is over or runs backwards, nor without a purpose', () => {
    const made = (change: Partial<AccessAsk>) =>
      codeOf(submit({ id: requestId, set: null, by: requester.id, ask: { ...ask, ...change }, now: start }))
    expect(made({ window: { from: start - 2, until: start } })).toBe('window-ended')
    expect(made({ window: { from: start + 2, until: start + 1 } })).toBe('window-malformed')
    expect(made({ window: { from: start, until: Number.NaN } })).toBe('window-malformed')
    expect(made({ purpose: '\t' })).toBe('reason-missing')
  })

  const recurrence = { days: ['mon' as const], from: '09:00', until: '18:00' }
  it.each<[string, Schedule]>([
    ['for no minutes', { kind: 'from-approval', minutes: 0 }],
    ['for half a minute', { kind: 'from-first-use', minutes: 0.5 }],
    ['on no day', { kind: 'recurring', recurrence: { ...recurrence, days: [] }, timeZone: 'UTC' }],
    ['at a time that is none', { kind: 'recurring', recurrence: { ...recurrence, until: '24:00' }, timeZone: 'UTC' }],
    ['in a zone that is none', { kind: 'recurring', recurrence, timeZone: 'Mars/Olympus' }],
    [
      'with an occurrence longer before it began',
      { kind: 'recurring', recurrence, timeZone: 'UTC', extended: { from: start, until: start + 1 } },
    ],
  ])('is not made %s', (_what, schedule) => {
    const outcome = submit({ id: requestId, set: null, by: requester.id, ask: { ...ask, schedule }, now: start })
    expect(codeOf(outcome)).toBe('schedule-malformed')
  })

  it('is decided once', () => {
    const request = submitted()
    const decided = [
      ok(approve(yes(request))).request,
      ok(deny(yes(request))).request,
      ok(withdraw({ request, by: requester.id, now: start })).request,
      ok(expireRequest({ request, answerableUntil: start, now: start })).request,
    ]
    for (const each of decided) {
      const again = { ...yes(request), request: each }
      expect(codeOf(approve(again))).toBe('already-decided')
      expect(codeOf(deny(again))).toBe('already-decided')
      expect(codeOf(withdraw({ request: each, by: requester.id, now: start }))).toBe('already-decided')
      const late = { request: each, answerableUntil: start, now: ask.window.until }
      expect(codeOf(expireRequest(late))).toBe('already-decided')
    }
  })

  it('is not decided when its window is over', () => {
    const late = yes(undefined, { now: ask.window.until })
    expect(codeOf(approve(late))).toBe('window-ended')
    expect(codeOf(deny(late))).toBe('window-ended')
  })

  it('is not decided by the person who made it or one of their supplier, in nobody’s name', () => {
    const colleague = person('supplier-approver')
    for (const [by, code] of [
      [requester, 'own-request'],
      [colleague, 'own-supplier'],
    ] as const) {
      for (const who of [
        { approver: by, owner: by },
        { approver: by, owner: approver },
        { approver, owner: by },
      ]) {
        expect(codeOf(approve(yes(undefined, who)))).toBe(code)
        expect(codeOf(deny(yes(undefined, who)))).toBe(code)
      }
    }
  })

  it('is not decided in the name of somebody who did not make it', () => {
    expect(codeOf(approve(yes(undefined, { requester: person('plant-engineer') })))).toBe('not-the-requester')
  })
})

describe('an approval', () => {
  it('binds the request that was shown: with any other digest it is refused', () => {
    const other = submitted({ operationClass: 'engineer' })
    expect(codeOf(approve(yes(undefined, { digest: requestDigest(other) })))).toBe('digest-mismatch')
    expect(codeOf(deny(yes(undefined, { digest: '' })))).toBe('digest-mismatch')
  })

  it('waits for the others where several are needed, each another person’s', () => {
    const first = approve(yes(undefined, { needs: two }))
    const request = waiting(first)
    expect(ok(first).open).toEqual([{ kind: 'role', role: 'safety-engineer' }])
    const voices = voicesIn(request, [approver, safety])
    expect(codeOf(approve(yes(request, { needs: two, voices })))).toBe('already-approved')
    const { grant, request: done } = ok(approve(yes(request, { needs: two, voices, approver: safety, owner: safety })))
    expect(grant).not.toBeNull()
    expect(done.kind === 'approved' && done.approvals.map(({ by }) => by)).toEqual([approver.id, safety.id])
  })

  it('of somebody who is not needed is refused, and says who is', () => {
    const request = waiting(approve(yes(undefined, { needs: two })))
    const second = another(approver, 1)
    const voices = voicesIn(request, [approver])
    const outcome = approve(yes(request, { needs: two, voices, approver: second, owner: second }))
    expect(outcome).toMatchObject({
      code: 'not-needed',
      text: 'what is needed is a yes of somebody with the role safety engineer',
    })
  })

  it('with less narrows what is granted', () => {
    const window = { from: start + minute, until: start + 60 * minute }
    const changes = { window, operationClass: 'observe', escort: true, conditions: 'call first' } as const
    const grant = opened(approve(yes(undefined, { changes })))
    expect(grant).toMatchObject({ window, operationClass: 'observe', escort: true, conditions: 'call first' })
  })

  it.each([
    ['window-outside-ask', { window: { from: start - 1, until: start + minute } }],
    ['window-outside-ask', { window: { from: start, until: ask.window.until + 1 } }],
    ['window-malformed', { window: { from: start + minute, until: start } }],
    ['window-ended', { window: { from: start, until: start + minute } }],
    ['terms-wider', { operationClass: 'engineer' as const }],
    ['conditions-too-long', { conditions: 'x'.repeat(2_001) }],
  ])('is refused (%s) where it would grant more, or nothing: %j', (code, changes) => {
    expect(codeOf(approve(yes(undefined, { changes })))).toBe(code)
  })

  it('with less sets the yeses before it aside, and those people are asked again', () => {
    const before = waiting(approve(yes(undefined, { needs: two })))
    const voices = voicesIn(before, [approver, safety])
    const narrowing = { needs: two, voices, approver: safety, owner: safety, changes: { escort: true as const } }
    const outcome = approve(yes(before, narrowing))
    const after = waiting(outcome)
    expect(ok(outcome).lapsed.map(({ by }) => by)).toEqual([approver.id])
    expect(after.approvals.map(({ by }) => by)).toEqual([safety.id])
    const again = { needs: two, voices: voicesIn(after, [approver, safety]) }
    expect(codeOf(approve(yes(after, { ...again, digest: requestDigest(before) })))).toBe('digest-mismatch')
    expect(opened(approve(yes(after, again)))).toMatchObject({ escort: true })
  })

  it('with conditions adds to those there are, and never lifts an escort', () => {
    const needs = [...two, ...two]
    const first = waiting(approve(yes(undefined, { needs, changes: { escort: true, conditions: 'call first' } })))
    const next = { needs, approver: safety, owner: safety, changes: { conditions: 'door open' } }
    const second = waiting(approve(yes(first, next)))
    expect(second.terms).toMatchObject({ escort: true, conditions: 'call first\ndoor open' })
  })

  it('counts no longer when who gave it lost the right: then it is not complete', () => {
    const request = waiting(approve(yes(undefined, { needs: two })))
    const given = { needs: two, approver: safety, owner: safety }
    for (const [known, over] of [
      [[another(approver, 2)], {}],
      [[{ ...approver, disabled: true }], {}],
      [[{ ...approver, supplier: requester.supplier }], {}],
      [[approver], { objection: 'policy no longer lets them decide' }],
    ] as const) {
      const outcome = approve(yes(request, { ...given, voices: voicesIn(request, known, over) }))
      expect(ok(outcome).grant).toBeNull()
      expect(ok(outcome).lapsed.map(({ by }) => by)).toEqual([approver.id])
    }
    const demoted = voicesIn(request, [{ ...approver, roles: ['escort'] }])
    expect(ok(approve(yes(request, { ...given, voices: demoted }))).open).toEqual([{ kind: 'role', role: 'approver' }])
  })

  it('may be given in the name of somebody, once', () => {
    const delegate = another(person('plant-engineer'), 3)
    const request = waiting(approve(yes(undefined, { needs: two, approver: delegate, owner: approver })))
    expect(request.approvals).toMatchObject([{ by: delegate.id, onBehalfOf: approver.id }])
    const voices = voicesIn(request, [approver, delegate, safety])
    expect(codeOf(approve(yes(request, { needs: two, voices })))).toBe('already-approved')
    const other = { needs: two, voices, approver: another(delegate, 4), owner: approver }
    expect(codeOf(approve(yes(request, other)))).toBe('already-approved')
    expect(codeOf(approve(yes(request, { needs: two, voices, approver: delegate, owner: safety })))).toBe(
      'already-approved',
    )
    expect(ok(approve(yes(request, { needs: two, voices, approver: safety, owner: safety }))).grant).not.toBeNull()
  })
})

describe('break-glass', () => {
  const sealed = () => submitted({ tier: 'break-glass' })

  it('opens by itself, and nobody approves it', () => {
    const { request, grant } = ok(breakGlass({ request: sealed(), grant: grantId, now: start }))
    expect(request).toMatchObject({ kind: 'approved', approvals: [], grant: grantId })
    expect(grant).toMatchObject({ kind: 'open', tier: 'break-glass', window: ask.window })
    expect(codeOf(approve(yes(sealed())))).toBe('not-break-glass')
  })

  it.each(['standard', 'normal', 'emergency'] as const)('is not a way around the approvals of the tier %s', (tier) => {
    expect(codeOf(breakGlass({ request: submitted({ tier }), grant: grantId, now: start }))).toBe('not-break-glass')
  })
})

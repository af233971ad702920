// The state machine of requests and grants: each way through it, each refusal, and what holds whatever is tried.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  approve,
  deny,
  expireGrant,
  expireRequest,
  extend,
  requestDigest,
  revoke,
  submit,
  withdraw,
  type OpenGrant,
  type Outcome,
  type SubmittedRequest,
} from '../../policy/approval.ts'
import type { AssetId, GrantId, PersonId, RequestId, SupplierId } from '../../policy/ids.ts'
import type { AccessAsk, Person } from '../../policy/model.ts'
import { person } from './people.ts'

const start = Date.parse('2026-03-02T09:00:00Z')
const minute = 60_000
const requester = person('supplier-engineer')
const approver = person('approver')
const grantId = 'gra_00000000000000000000000001' as GrantId
const requestId = 'req_00000000000000000000000001' as RequestId
const ask: AccessAsk = {
  asset: 'ews-1' as AssetId,
  protocol: 'ssh',
  operationClass: 'operate',
  window: { from: start, until: start + 120 * minute },
  purpose: 'drive 7 does not start',
  ticket: 'CHG-1',
}

function ok<T>(outcome: Outcome<T>): T {
  if (outcome.kind === 'refused') throw new Error(`${outcome.code}: ${outcome.text}`)
  return outcome
}
function codeOf(outcome: Outcome<object>): string {
  return outcome.kind === 'refused' ? outcome.code : 'ok'
}

const submitted = (change: Partial<AccessAsk> = {}): SubmittedRequest =>
  ok(submit({ id: requestId, by: requester.id, ask: { ...ask, ...change }, now: start })).request
const verdict = (request = submitted()) => ({
  request,
  requester,
  approver,
  digest: requestDigest(request),
  comment: 'line is down',
  now: start + minute,
})
const opened = (): OpenGrant => ok(approve({ ...verdict(), grant: grantId })).grant

describe('a request', () => {
  it('becomes a grant for what was asked when an approver says yes', () => {
    const { request, grant } = ok(approve({ ...verdict(), grant: grantId }))
    expect(request).toMatchObject({ kind: 'approved', grant: grantId, by: requester.id })
    expect(request.approvals).toEqual([
      {
        by: approver.id,
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
    })
  })

  it('may be granted for a shorter window, and for no other', () => {
    const shorter = { from: start + minute, until: start + 60 * minute }
    expect(ok(approve({ ...verdict(), grant: grantId, window: shorter })).grant.window).toEqual(shorter)
    const outside = [
      { from: start - 1, until: start + minute },
      { from: start, until: ask.window.until + 1 },
    ]
    for (const window of outside)
      expect(codeOf(approve({ ...verdict(), grant: grantId, window }))).toBe('window-outside-ask')
    const backwards = { from: start + minute, until: start }
    expect(codeOf(approve({ ...verdict(), grant: grantId, window: backwards }))).toBe('window-malformed')
    const over = { from: start, until: start + minute }
    expect(codeOf(approve({ ...verdict(), grant: grantId, window: over }))).toBe('window-ended')
  })

  it('ends when an approver says no, and a no says why', () => {
    expect(ok(deny(verdict())).request).toMatchObject({
      kind: 'refused',
      approvals: [{ verdict: 'deny', by: approver.id }],
    })
    expect(codeOf(deny({ ...verdict(), comment: ' ' }))).toBe('reason-missing')
  })

  it('is taken back by the person who made it, and nobody else', () => {
    const request = submitted()
    expect(ok(withdraw({ request, by: requester.id, now: start })).request.kind).toBe('withdrawn')
    expect(codeOf(withdraw({ request, by: approver.id, now: start }))).toBe('not-the-requester')
  })

  it('expires when its window is over, not before', () => {
    const request = submitted()
    expect(codeOf(expireRequest({ request, now: ask.window.until - 1 }))).toBe('window-not-ended')
    expect(ok(expireRequest({ request, now: ask.window.until })).request).toMatchObject({ kind: 'expired' })
  })

  it('is not made for a window that is over or runs backwards, nor without a purpose', () => {
    const made = (change: Partial<AccessAsk>) =>
      codeOf(submit({ id: requestId, by: requester.id, ask: { ...ask, ...change }, now: start }))
    expect(made({ window: { from: start - 2, until: start } })).toBe('window-ended')
    expect(made({ window: { from: start + 2, until: start + 1 } })).toBe('window-malformed')
    expect(made({ window: { from: start, until: Number.NaN } })).toBe('window-malformed')
    expect(made({ purpose: '\t' })).toBe('reason-missing')
  })

  it('is decided once', () => {
    const request = submitted()
    const decided = [
      ok(approve({ ...verdict(request), grant: grantId })).request,
      ok(deny(verdict(request))).request,
      ok(withdraw({ request, by: requester.id, now: start })).request,
      ok(expireRequest({ request, now: ask.window.until })).request,
    ]
    for (const each of decided) {
      const again = { ...verdict(request), request: each }
      expect(codeOf(approve({ ...again, grant: grantId }))).toBe('already-decided')
      expect(codeOf(deny(again))).toBe('already-decided')
      expect(codeOf(withdraw({ request: each, by: requester.id, now: start }))).toBe('already-decided')
      expect(codeOf(expireRequest({ request: each, now: ask.window.until }))).toBe('already-decided')
    }
  })

  it('is not decided when its window is over', () => {
    const late = { ...verdict(), now: ask.window.until }
    expect(codeOf(approve({ ...late, grant: grantId }))).toBe('window-ended')
    expect(codeOf(deny(late))).toBe('window-ended')
  })

  it('is not decided by the person who made it, nor by one of their supplier', () => {
    const colleague = person('supplier-approver')
    for (const [by, code] of [
      [requester, 'own-request'],
      [colleague, 'own-supplier'],
    ] as const) {
      expect(codeOf(approve({ ...verdict(), approver: by, grant: grantId }))).toBe(code)
      expect(codeOf(deny({ ...verdict(), approver: by }))).toBe(code)
    }
  })

  it('is not decided in the name of somebody who did not make it', () => {
    expect(codeOf(approve({ ...verdict(), requester: person('plant-engineer'), grant: grantId }))).toBe(
      'not-the-requester',
    )
  })
})

describe('an approval', () => {
  it('binds the request that was shown: with any other digest it is refused', () => {
    const other = submitted({ operationClass: 'engineer' })
    expect(codeOf(approve({ ...verdict(), digest: requestDigest(other), grant: grantId }))).toBe('digest-mismatch')
    expect(codeOf(deny({ ...verdict(), digest: '' }))).toBe('digest-mismatch')
  })

  it('has a digest that every change to the request changes, and no change of its state', () => {
    const base = submitted()
    const changes = fc.constantFrom<Partial<SubmittedRequest>>(
      { id: 'req_00000000000000000000000002' as RequestId },
      { by: approver.id },
      { submittedAt: start + 1 },
      { ask: { ...ask, asset: 'ews-2' as AssetId } },
      { ask: { ...ask, operationClass: 'observe' } },
      { ask: { ...ask, window: { ...ask.window, until: ask.window.until + 1 } } },
      { ask: { ...ask, window: { ...ask.window, from: ask.window.from + 1 } } },
      { ask: { ...ask, purpose: `${ask.purpose} ` } },
      // Moving a letter from one field to the next must show.
      { ask: { ...ask, purpose: `${ask.purpose}C`, ticket: 'HG-1' } },
    )
    fc.assert(fc.property(changes, (change) => requestDigest({ ...base, ...change }) !== requestDigest(base)))
    const approved = ok(approve({ ...verdict(base), grant: grantId })).request
    expect(requestDigest(approved)).toBe(requestDigest(base))
  })

  it('has a digest that stays the same from release to release', () => {
    const id = 'per_00000000000000000000000009' as PersonId
    expect(requestDigest({ id: requestId, by: id, ask, submittedAt: start })).toBe(
      '05dafcf5ec5223010491ff01ead8cffc010bd60a1987ce1d85805059fa9d8328',
    )
  })
})

describe('a grant', () => {
  it('is revoked with a reason, once', () => {
    const grant = opened()
    expect(codeOf(revoke({ grant, by: approver.id, reason: '', now: start }))).toBe('reason-missing')
    const revoked = ok(revoke({ grant, by: approver.id, reason: 'line starts', now: start + 2 })).grant
    expect(revoked).toMatchObject({ kind: 'revoked', by: approver.id, at: start + 2, reason: 'line starts' })
    expect(codeOf(revoke({ grant: revoked, by: approver.id, reason: 'again', now: start }))).toBe('grant-not-open')
    expect(codeOf(expireGrant({ grant: revoked, now: ask.window.until }))).toBe('grant-not-open')
  })

  it('expires at the end of its window, not before', () => {
    const grant = opened()
    expect(codeOf(expireGrant({ grant, now: ask.window.until - 1 }))).toBe('window-not-ended')
    expect(ok(expireGrant({ grant, now: ask.window.until })).grant).toMatchObject({
      kind: 'expired',
      at: ask.window.until,
    })
  })

  const extension = () => ({
    grant: opened(),
    requester,
    approver,
    until: ask.window.until + 30 * minute,
    maxWindowMinutes: 480,
    now: start + minute,
  })

  it('is extended by an approver, from its own beginning, up to the plant’s longest window', () => {
    expect(ok(extend(extension())).grant.window).toEqual({ from: start, until: start + 150 * minute })
    expect(codeOf(extend({ ...extension(), until: start + 480 * minute }))).toBe('ok')
    expect(codeOf(extend({ ...extension(), until: start + 480 * minute + 1 }))).toBe('window-too-long')
  })

  it('is extended only to a later end, while it is open and not over', () => {
    expect(codeOf(extend({ ...extension(), until: ask.window.until }))).toBe('window-not-longer')
    expect(codeOf(extend({ ...extension(), until: Number.POSITIVE_INFINITY }))).toBe('window-malformed')
    expect(codeOf(extend({ ...extension(), now: ask.window.until }))).toBe('window-ended')
    const revoked = ok(revoke({ grant: opened(), by: approver.id, reason: 'x', now: start })).grant
    expect(codeOf(extend({ ...extension(), grant: revoked }))).toBe('grant-not-open')
  })

  it('is not extended by the person who holds it, nor by one of their supplier', () => {
    expect(codeOf(extend({ ...extension(), approver: requester }))).toBe('own-request')
    expect(codeOf(extend({ ...extension(), approver: person('supplier-approver') }))).toBe('own-supplier')
    expect(codeOf(extend({ ...extension(), requester: approver, approver: requester }))).toBe('not-the-requester')
  })
})

describe('whoever tries whatever', () => {
  const anyPerson: fc.Arbitrary<Person> = fc
    .record({ n: fc.integer({ min: 1, max: 4 }), supplier: fc.constantFrom(null, 'a', 'b') })
    .map(({ n, supplier }) => ({
      ...approver,
      id: `per_${String(n).padStart(26, '0')}` as PersonId,
      supplier: supplier as SupplierId | null,
    }))
  const anyWindow = fc.record({
    from: fc.integer({ min: -100, max: 200 }).map((m) => start + m * minute),
    until: fc.integer({ min: -100, max: 200 }).map((m) => start + m * minute),
  })
  const anyNow = fc.integer({ min: -50, max: 250 }).map((m) => start + m * minute)

  it('an approver is never the requester nor of their supplier, and a grant never exceeds what was asked', () => {
    const property = fc.property(
      anyPerson,
      anyPerson,
      anyWindow,
      fc.option(anyWindow, { nil: undefined }),
      anyNow,
      (by, judge, asked, window, now) => {
        const made = submit({ id: requestId, by: by.id, ask: { ...ask, window: asked }, now: start })
        if (made.kind === 'refused') return
        const given = {
          request: made.request,
          requester: by,
          approver: judge,
          digest: requestDigest(made.request),
          comment: 'x',
          now,
        }
        const outcome = approve({ ...given, grant: grantId, ...(window && { window }) })
        const refusal = deny(given)
        const sameSupplier = judge.supplier !== null && judge.supplier === by.supplier
        expect((judge.id === by.id || sameSupplier) && (outcome.kind === 'ok' || refusal.kind === 'ok')).toBe(false)
        if (outcome.kind === 'refused') return
        expect(outcome.request.approvals[0]?.by).not.toBe(outcome.request.by)
        expect(outcome.grant.window.from).toBeGreaterThanOrEqual(asked.from)
        expect(outcome.grant.window.until).toBeLessThanOrEqual(asked.until)
        expect(outcome.grant.window.until).toBeGreaterThan(now)
        const longer = extend({
          grant: outcome.grant,
          requester: by,
          approver: by,
          until: asked.until + minute,
          maxWindowMinutes: 480,
          now,
        })
        expect(longer.kind).toBe('refused')
      },
    )
    fc.assert(property, { numRuns: 1_000 })
  })
})

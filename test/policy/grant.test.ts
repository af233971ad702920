// The state machine of grants: taken away, over, used for the first time, made longer.

import { describe, expect, it } from 'vitest'
import { approve } from '../../policy/approval.ts'
import { expireGrant, extend, firstUse, revoke } from '../../policy/grant.ts'
import type { Schedule } from '../../policy/model.ts'
import { usableAt } from '../../policy/schedule.ts'
import { approver, ask, codeOf, minute, ok, opened, requester, start, submitted, yes } from './asking.ts'
import { person } from './people.ts'

describe('a grant', () => {
  it('is revoked with a reason, once', () => {
    const grant = opened()
    expect(codeOf(revoke({ grant, by: approver.id, reason: '', now: start }))).toBe('reason-missing')
    const revoked = ok(revoke({ grant, by: approver.id, reason: 'line starts', now: start + 2 })).grant
    expect(revoked).toMatchObject({ kind: 'revoked', by: approver.id, at: start + 2, reason: 'line starts' })
    expect(codeOf(revoke({ grant: revoked, by: approver.id, reason: 'again', now: start }))).toBe('grant-not-open')
    expect(codeOf(expireGrant({ grant: revoked, now: ask.window.until }))).toBe('grant-not-open')
    expect(codeOf(firstUse({ grant: revoked, now: start + 3 }))).toBe('grant-not-open')
  })

  it('expires at the end of its window, not before', () => {
    const grant = opened()
    expect(codeOf(expireGrant({ grant, now: ask.window.until - 1 }))).toBe('window-not-ended')
    expect(ok(expireGrant({ grant, now: ask.window.until })).grant).toMatchObject({
      kind: 'expired',
      at: ask.window.until,
    })
  })

  it('that counts from its approval begins with it, and never outlasts what was asked', () => {
    const request = submitted({ schedule: { kind: 'from-approval', minutes: 30 } })
    const at = (now: number) => opened(approve(yes(request, { now })))
    const early = at(start + 10 * minute)
    expect(early.window).toEqual({ from: start + 10 * minute, until: start + 40 * minute })
    expect(early.schedule).toEqual({ kind: 'whole' })
    expect(at(start + 100 * minute).window.until).toBe(ask.window.until)
  })

  it('that counts from its first use begins with it, once', () => {
    const grant = opened(approve(yes(submitted({ schedule: { kind: 'from-first-use', minutes: 30 } }))))
    expect(grant.window).toEqual(ask.window)
    expect(codeOf(firstUse({ grant, now: start - 1 }))).toBe('window-not-begun')
    expect(codeOf(firstUse({ grant, now: ask.window.until }))).toBe('window-ended')
    const used = ok(firstUse({ grant, now: start + 50 * minute }))
    expect(used).toMatchObject({
      began: true,
      grant: { window: { from: start + 50 * minute, until: start + 80 * minute }, schedule: { kind: 'whole' } },
    })
    expect(ok(firstUse({ grant: used.grant, now: start + 60 * minute }))).toEqual({ ...used, began: false })
    expect(ok(firstUse({ grant, now: start + 110 * minute })).grant.window.until).toBe(ask.window.until)
  })
})

describe('an extension', () => {
  const extension = () => ({
    grant: opened(),
    requester,
    approver,
    owner: approver,
    running: ask.window,
    until: ask.window.until + 30 * minute,
    maxWindowMinutes: 480,
    now: start + minute,
  })

  it('is an approver’s, from the grant’s own beginning, up to the longest use', () => {
    expect(ok(extend(extension())).grant.window).toEqual({ from: start, until: start + 150 * minute })
    expect(codeOf(extend({ ...extension(), until: start + 480 * minute }))).toBe('ok')
    expect(codeOf(extend({ ...extension(), until: start + 480 * minute + 1 }))).toBe('window-too-long')
  })

  it('is to a later end only, while the grant is open and not over', () => {
    expect(codeOf(extend({ ...extension(), until: ask.window.until }))).toBe('window-not-longer')
    expect(codeOf(extend({ ...extension(), until: Number.POSITIVE_INFINITY }))).toBe('window-malformed')
    expect(codeOf(extend({ ...extension(), now: ask.window.until }))).toBe('window-ended')
    const revoked = ok(revoke({ grant: opened(), by: approver.id, reason: 'x', now: start })).grant
    expect(codeOf(extend({ ...extension(), grant: revoked }))).toBe('grant-not-open')
  })

  it('is not given by the person who holds it, nor by one of their supplier, in nobody’s name', () => {
    const colleague = person('supplier-approver')
    expect(codeOf(extend({ ...extension(), approver: requester }))).toBe('own-request')
    expect(codeOf(extend({ ...extension(), owner: requester }))).toBe('own-request')
    expect(codeOf(extend({ ...extension(), approver: colleague }))).toBe('own-supplier')
    expect(codeOf(extend({ ...extension(), owner: colleague }))).toBe('own-supplier')
    expect(codeOf(extend({ ...extension(), requester: approver, approver: requester }))).toBe('not-the-requester')
  })

  describe('of a recurring access', () => {
    const evenings: Schedule = {
      kind: 'recurring',
      recurrence: { days: ['mon', 'tue'], from: '09:00', until: '10:00' },
      timeZone: 'UTC',
    }
    const window = { from: start, until: start + 48 * 60 * minute }
    const grant = () => opened(approve(yes(submitted({ schedule: evenings, window }))))
    const monday = { from: start, until: start + 60 * minute }

    it('lengthens the occurrence that is running, and no other', () => {
      const until = monday.until + 20 * minute
      const longer = ok(extend({ ...extension(), grant: grant(), running: monday, until }))
      expect(longer.extension).toEqual({ what: 'occurrence', from: monday, to: { from: start, until } })
      expect(usableAt(longer.grant, until - 1)).toEqual({ from: start, until })
      expect(usableAt(longer.grant, until)).toBeNull()
      const tuesday = start + 24 * 60 * minute
      expect(usableAt(longer.grant, tuesday)).toEqual({ from: tuesday, until: tuesday + 60 * minute })
      expect(longer.grant.window).toEqual(window)
    })

    it('is refused while none is running', () => {
      expect(codeOf(extend({ ...extension(), grant: grant(), running: null }))).toBe('nothing-running')
    })

    it('is held to the longest use by the length of the occurrence', () => {
      const until = start + 481 * minute
      expect(codeOf(extend({ ...extension(), grant: grant(), running: monday, until }))).toBe('window-too-long')
    })
  })
})

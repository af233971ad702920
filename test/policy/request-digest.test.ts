// What an approval binds to: everything that was asked and would be granted, and nothing of the state.

import { describe, expect, it } from 'vitest'
import { approve } from '../../policy/approval.ts'
import type { AssetId, PersonId, RequestId, RequestSetId } from '../../policy/ids.ts'
import type { AccessAsk, Terms } from '../../policy/model.ts'
import { requestDigest } from '../../policy/request-digest.ts'
import { approver, ask, ok, requestId, start, submitted, yes } from './asking.ts'

const base = submitted()
const asking = (change: Partial<AccessAsk>) => ({ ...base, ask: { ...ask, ...change } })
const terming = (change: Partial<Terms>) => ({ ...base, terms: { ...base.terms, ...change } })
const nights = { days: ['mon', 'tue'], from: '20:00', until: '22:00' } as const

describe('the digest of a request', () => {
  it.each([
    ['the id', { ...base, id: 'req_00000000000000000000000002' as RequestId }],
    ['the set', { ...base, set: 'set_00000000000000000000000001' as RequestSetId }],
    ['who asked', { ...base, by: approver.id }],
    ['when', { ...base, submittedAt: start + 1 }],
    ['the asset', asking({ asset: 'ews-2' as AssetId })],
    ['the class', asking({ operationClass: 'observe' })],
    ['the end', asking({ window: { ...ask.window, until: ask.window.until + 1 } })],
    ['the beginning', asking({ window: { ...ask.window, from: ask.window.from + 1 } })],
    ['how it counts', asking({ schedule: { kind: 'from-approval', minutes: 5 } })],
    ['how long it counts', asking({ schedule: { kind: 'from-approval', minutes: 6 } })],
    ['from when it counts', asking({ schedule: { kind: 'from-first-use', minutes: 5 } })],
    ['what comes round', asking({ schedule: { kind: 'recurring', recurrence: nights, timeZone: 'UTC' } })],
    [
      'the days',
      asking({ schedule: { kind: 'recurring', recurrence: { ...nights, days: ['mon'] }, timeZone: 'UTC' } }),
    ],
    [
      'the times',
      asking({ schedule: { kind: 'recurring', recurrence: { ...nights, until: '23:00' }, timeZone: 'UTC' } }),
    ],
    ['the clock', asking({ schedule: { kind: 'recurring', recurrence: nights, timeZone: 'Europe/Berlin' } })],
    ['the tier', asking({ tier: 'emergency' })],
    ['the criteria', asking({ criteria: ['line-down'] })],
    ['the purpose', asking({ purpose: `${ask.purpose} ` })],
    ['a letter moved to the next field', asking({ purpose: `${ask.purpose}C`, ticket: 'HG-1' })],
    ['the rollback', asking({ rollback: 'load the backup' })],
    ['a file', asking({ files: [{ name: 'fw.bin', sha256: 'a'.repeat(64) }] })],
    ['the content of a file', asking({ files: [{ name: 'fw.bin', sha256: 'b'.repeat(64) }] })],
    ['a criterion that is a file', asking({ criteria: ['fw.bin', 'a'.repeat(64)] })],
    ['the class granted', terming({ operationClass: 'observe' })],
    ['the end granted', terming({ window: { ...ask.window, until: ask.window.until - 1 } })],
    ['the escort', terming({ escort: true })],
    ['the conditions', terming({ conditions: 'call first' })],
  ])('is another when %s is, and so for each', (_what, changed) => {
    expect(requestDigest(changed)).not.toBe(requestDigest(base))
  })

  it('is another for each of these', () => {
    const all = [
      base,
      terming({ escort: true }),
      terming({ conditions: 'escort' }),
      asking({ criteria: ['a', 'b'] }),
      asking({ criteria: ['a'], purpose: 'b' }),
      asking({ files: [{ name: 'a', sha256: 'b' }] }),
    ].map(requestDigest)
    expect(new Set(all).size).toBe(all.length)
  })

  it('does not change with the state', () => {
    const approved = ok(approve(yes(base))).request
    expect(requestDigest({ ...approved, terms: base.terms })).toBe(requestDigest(base))
  })

  it('stays the same from release to release', () => {
    const id = 'per_00000000000000000000000009' as PersonId
    expect(requestDigest({ ...base, id: requestId, by: id })).toMatchInlineSnapshot(
      `"70067c3d0c78cacaddce0482785766e6756d882ae283191c56572a5264bbbb9c"`,
    )
  })
})

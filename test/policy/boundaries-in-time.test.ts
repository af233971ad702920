// Until when a decision holds by itself.

import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { decidedUntil } from '../../policy/boundaries-in-time.ts'
import { decide } from '../../policy/decide.ts'
import type { AssetId, GrantId, RequestId, ZoneId } from '../../policy/ids.ts'
import { quietWorld, type Decision, type DecisionRequest, type Facts, type Grant } from '../../policy/model.ts'
import { anyCase, monday } from './arbitraries.ts'
import { named, plantWith } from './scenario.ts'

const plant = plantWith()

// Hundreds of decisions a test: on a busy machine that takes its time, and nothing here is about time.
vi.setConfig({ testTimeout: 120_000 })
const hour = 3_600_000
const facts: Facts = {
  now: monday,
  person: named('plant-engineer'),
  mfa: ['totp'],
  source: null,
  ticket: 'none',
  world: quietWorld,
}

function grantFor(asset: string, changes: Partial<Grant> = {}): DecisionRequest {
  const grant: Grant = {
    id: 'gra_00000000000000000000000001' as GrantId,
    request: 'req_00000000000000000000000001' as RequestId,
    kind: 'open',
    person: facts.person.id,
    asset: asset as AssetId,
    protocol: 'ssh',
    operationClass: 'operate',
    window: { from: monday, until: monday + 100 * hour },
    schedule: { kind: 'whole' },
    tier: 'standard',
    escort: false,
    conditions: '',
    ...changes,
  } as Grant
  return { action: 'connect', asset: asset as AssetId, protocol: 'ssh', grant }
}

describe('decidedUntil', () => {
  it('is the end of the window', () => {
    expect(decidedUntil(grantFor('ews-1'), plant, facts)).toBe(monday + 100 * hour)
  })

  it('is the end of a machine account, where that comes before the end of the window', () => {
    const machine = named('svc-mes-erp')
    const at = Date.parse('2026-12-31T12:00:00Z')
    const grant = { person: machine.id, window: { from: at, until: at + 100 * hour } }
    const of: Facts = { ...facts, now: at, person: machine, mfa: [], source: '10.20.0.7' }
    expect(decidedUntil(grantFor('hist-1', grant), plant, of)).toBe(Date.parse('2027-01-01T00:00:00Z'))
  })

  it('is the end of the occurrence, and then the beginning of the next', () => {
    const office = grantFor('ews-1', {
      schedule: {
        kind: 'recurring',
        recurrence: { days: ['mon', 'tue'], from: '09:00', until: '17:00' },
        timeZone: 'Europe/Berlin',
      },
    })
    expect(decidedUntil(office, plant, facts)).toBe(monday + 8 * hour)
    expect(decidedUntil(office, plant, { ...facts, now: monday + 8 * hour })).toBe(monday + 24 * hour)
  })

  it('is the end of the presence it rests on', () => {
    const presences = [{ zone: 'north-control' as ZoneId, person: named('early-lead').id, until: monday + hour }]
    const world = { ...quietWorld, presences }
    expect(decidedUntil(grantFor('oven-2'), plant, { ...facts, world })).toBe(monday + hour)
  })

  it('is the end of an opt-in, a contract, an exception, a shift', () => {
    const far = { window: { from: monday, until: monday + 24 * 365 * 20 * hour } }
    expect(decidedUntil(grantFor('sis-2', far), plant, facts)).toBe(Date.parse('2026-03-31T22:00Z'))
    const supplier = { ...facts, person: named('supplier-engineer') }
    expect(decidedUntil(grantFor('ews-1', far), plant, supplier)).toBe(Date.parse('2035-12-31T23:00Z'))
    expect(decidedUntil(grantFor('drive-8', far), plant, facts)).toBe(Date.parse('2026-04-01T00:00Z'))
    expect(decidedUntil(grantFor('ews-1', far), plant, { ...facts, person: named('early-lead') })).toBe(
      monday + 5 * hour,
    )
  })

  it('is the beginning of the first day of a rule that is watched, in the plant\u2019s own zone', () => {
    const watching = plantWith(
      '@id("later") @text("Later.") @enforceFrom("2026-03-03") forbid (principal, action, resource);',
    )
    const begins = Date.parse('2026-03-02T23:00Z')
    const far = grantFor('ews-1', { window: { from: monday + 12 * hour, until: begins + hour } })
    expect(decidedUntil(far, watching, { ...facts, now: monday + 13 * hour })).toBe(begins)
    expect(decide(far, watching, { ...facts, now: begins - 1 })).toMatchObject({
      kind: 'permit',
      watched: [{ rule: 'later', would: 'refuse', from: '2026-03-03' }],
    })
    expect(decide(far, watching, { ...facts, now: begins })).toMatchObject({ kind: 'deny', watched: [] })
  })

  it('is nothing for an asset nobody declared', () => {
    expect(decidedUntil(grantFor('none'), plant, facts)).toBeNull()
  })

  it('lies ahead, and up to it the decision stays what it is', () => {
    const part = fc.double({ min: 0, max: 1, noNaN: true })
    let sampled = 0
    fc.assert(
      fc.property(anyCase, part, ({ request, facts: given }, share) => {
        const until = decidedUntil(request, plant, given)
        const first = decide(request, plant, given)
        // Nothing ahead: it holds for as long as anybody looks.
        const end = until ?? given.now + 30 * 24 * hour
        expect(end).toBeGreaterThan(given.now)
        for (const at of [Math.min(Math.floor(given.now + (end - given.now) * share), end - 1), end - 1]) {
          if (at < given.now) continue
          sampled += 1
          expect(answerOf(decide(request, plant, { ...given, now: at }))).toEqual(answerOf(first))
        }
      }),
      { numRuns: 200 },
    )
    expect(sampled).toBeGreaterThan(250)
  })
})

/** Everything but the texts, which may say what time it is. */
function answerOf(decision: Decision): unknown {
  return {
    kind: decision.kind,
    rules: decision.reasons.map(({ rule }) => rule),
    obligations: decision.kind === 'permit' ? decision.obligations : [],
    exceptions: decision.exceptions,
  }
}

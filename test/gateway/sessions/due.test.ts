import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dueAt, hardUntil, type Stand } from '../../../gateway/sessions/due.ts'
import type { EndReason, ExpiryBehaviour } from '../../../policy/index.ts'

const minute = 60_000
const from = Date.UTC(2026, 5, 1, 8)
const plain: Stand = {
  expiry: { kind: 'cut' },
  windowUntil: from + 60 * minute,
  lapse: null,
  observeOnly: false,
  writeHeld: false,
  escort: null,
  idle: { lockMs: null, endMs: null, typedAt: from, movedAt: from, hasTerminal: true, locked: false },
  heldUntil: null,
  decidedUntil: null,
}
const drain: ExpiryBehaviour = { kind: 'drain', hardLimitMinutes: 10 }

describe('what is due in a session', () => {
  it('is nothing in the middle of its window, and next is the end', () => {
    expect(dueAt(plain, from)).toEqual({
      end: null,
      stops: [],
      lock: false,
      redecide: false,
      next: plain.windowUntil,
    })
  })

  it('is its end at the end of the window, where the asset cuts', () => {
    expect(dueAt(plain, plain.windowUntil - 1).end).toBeNull()
    expect(dueAt(plain, plain.windowUntil).end).toBe('expired')
  })

  it('is its end when the time is over for which it waits for room on the disk', () => {
    const held = { ...plain, heldUntil: from + 5 * minute }
    expect(dueAt(held, from)).toMatchObject({ end: null, stops: [], next: from + 5 * minute })
    expect(dueAt(held, from + 5 * minute).end).toBe('recorder-failed')
  })

  it('is only to observe at the end of the window, where the asset drains, and the end at the hard limit', () => {
    const stand = { ...plain, expiry: drain }
    expect(dueAt(stand, stand.windowUntil)).toMatchObject({ end: null, stops: ['window'], next: hardUntil(stand) })
    expect(dueAt(stand, stand.windowUntil + 10 * minute).end).toBe('expired')
    const extended = { ...stand, windowUntil: stand.windowUntil + 30 * minute }
    expect(dueAt(extended, stand.windowUntil + minute)).toMatchObject({ end: null, stops: [] })
  })

  it('ends with the reason of whatever ran out before the window', () => {
    const lapse = { at: from + 5 * minute, reason: 'presence-gone' as const, rules: ['local-presence'], detail: '' }
    const stand = { ...plain, expiry: drain, lapse }
    expect(dueAt(stand, lapse.at)).toMatchObject({ end: null, stops: ['lapsed'] })
    expect(dueAt(stand, lapse.at + 10 * minute).end).toBe('presence-gone')
  })

  it('stops input while nobody escorts it, and ends after the grace', () => {
    const stand = { ...plain, escort: { graceMs: 2 * minute, leaseUntil: from + minute } }
    expect(dueAt(stand, from)).toMatchObject({ stops: [], next: from + minute })
    expect(dueAt(stand, from + minute)).toMatchObject({ end: null, stops: ['escort'], next: from + 3 * minute })
    expect(dueAt(stand, from + 3 * minute).end).toBe('escort-gone')
  })

  it('locks a terminal nobody types on, and ends what nothing moves in', () => {
    const idle = { ...plain.idle, lockMs: 5 * minute, endMs: 20 * minute }
    expect(dueAt({ ...plain, idle }, from + 5 * minute)).toMatchObject({ lock: true, end: null })
    expect(dueAt({ ...plain, idle: { ...idle, hasTerminal: false } }, from + 5 * minute).lock).toBe(false)
    expect(dueAt({ ...plain, idle: { ...idle, locked: true } }, from + 5 * minute).lock).toBe(false)
    expect(dueAt({ ...plain, idle }, from + 20 * minute).end).toBe('idle')
  })

  it('is a new decision when time may have changed the last one', () => {
    const stand = { ...plain, decidedUntil: from + minute }
    expect(dueAt(stand, from).redecide).toBe(false)
    expect(dueAt(stand, from + minute).redecide).toBe(true)
  })
})

describe('a session never outlives the earliest of its limits', () => {
  const span = (most: number) => fc.integer({ min: 0, max: most * minute })
  const instant = span(180).map((ms) => from + ms)
  const expiry = fc.oneof(
    fc.constant<ExpiryBehaviour>({ kind: 'cut' }),
    fc.integer({ min: 1, max: 60 }).map((hardLimitMinutes): ExpiryBehaviour => ({ kind: 'drain', hardLimitMinutes })),
    fc
      .integer({ min: 1, max: 60 })
      .map((hardLimitMinutes): ExpiryBehaviour => ({ kind: 'confirm-safe-state', hardLimitMinutes })),
  )
  const stand: fc.Arbitrary<Stand> = fc.record({
    expiry,
    windowUntil: instant,
    lapse: fc.option(
      fc.record({
        at: instant,
        reason: fc.constant<EndReason>('contract-ended'),
        rules: fc.constant(['x']),
        detail: fc.constant(''),
      }),
    ),
    observeOnly: fc.boolean(),
    writeHeld: fc.boolean(),
    escort: fc.option(fc.record({ graceMs: span(10), leaseUntil: instant })),
    idle: fc.record({
      lockMs: fc.option(span(30)),
      endMs: fc.option(span(60)),
      typedAt: instant,
      movedAt: instant,
      hasTerminal: fc.boolean(),
      locked: fc.boolean(),
    }),
    heldUntil: fc.option(instant),
    decidedUntil: fc.option(instant),
  })
  /** The limits in words of their own, beside the code that is tested. */
  const limitsOf = ({ expiry: how, windowUntil, lapse, escort, idle, heldUntil }: Stand): number[] => {
    const after = how.kind === 'cut' ? 0 : how.hardLimitMinutes * minute
    return [
      windowUntil + after,
      ...(heldUntil === null ? [] : [heldUntil]),
      ...(lapse === null ? [] : [lapse.at + after]),
      ...(escort === null ? [] : [escort.leaseUntil + escort.graceMs]),
      ...(idle.endMs === null ? [] : [idle.movedAt + idle.endMs]),
    ]
  }

  it('whatever its stand and the time', () => {
    fc.assert(
      fc.property(stand, instant, (given, now) => {
        const due = dueAt(given, now)
        expect(due.end !== null).toBe(now >= Math.min(...limitsOf(given)))
        const { windowUntil, lapse, escort, observeOnly, writeHeld } = given
        const mayType =
          now < windowUntil &&
          (lapse === null || now < lapse.at) &&
          (escort === null || now < escort.leaseUntil) &&
          !observeOnly &&
          !writeHeld
        expect(due.stops.length === 0).toBe(mayType)
      }),
    )
  })

  it('and nothing changes before the instant it names as the next', () => {
    fc.assert(
      fc.property(stand, instant, fc.double({ min: 0, max: 1, noNaN: true }), (given, now, part) => {
        const { next, ...due } = dueAt(given, now)
        const before = next === null ? now + 1_000 * minute : now + Math.floor((next - now - 1) * part)
        expect(dueAt(given, before)).toEqual({ ...due, next })
        if (next === null) expect(due.end).not.toBeNull()
      }),
    )
  })

  it('through any order of events and any pace of the clock', () => {
    const event = fc.oneof(
      fc.record({ kind: fc.constant('pass' as const), ms: span(40) }),
      fc.record({ kind: fc.constant('extend' as const), ms: span(60) }),
      fc.record({ kind: fc.constant('escort' as const), ms: span(1) }),
      fc.record({ kind: fc.constant('type' as const), ms: fc.constant(0) }),
      fc.record({ kind: fc.constant('lapse' as const), ms: span(10) }),
      fc.record({ kind: fc.constant('back' as const), ms: fc.constant(0) }),
    )
    fc.assert(
      fc.property(stand, fc.array(event, { maxLength: 30 }), (first, events) => {
        let now = from
        let given = first
        let endedAt: number | null = null
        // The session looks whenever something happens and whenever it said that something would.
        const look = (): void => {
          if (endedAt === null && dueAt(given, now).end !== null) endedAt = now
        }
        look()
        for (const { kind, ms } of events) {
          if (kind === 'pass') {
            const target = now + ms
            for (;;) {
              const { next } = dueAt(given, now)
              if (endedAt !== null || next === null || next > target) break
              now = next
              look()
            }
            now = target
          } else if (endedAt === null) {
            // Only a living session is extended, escorted or typed in.
            if (kind === 'extend') given = { ...given, windowUntil: Math.max(given.windowUntil, now + ms) }
            if (kind === 'escort' && given.escort)
              given = { ...given, escort: { ...given.escort, leaseUntil: now + ms } }
            if (kind === 'type') given = { ...given, idle: { ...given.idle, typedAt: now, movedAt: now } }
            if (kind === 'lapse')
              given = { ...given, lapse: { at: now + ms, reason: 'contract-ended', rules: ['x'], detail: '' } }
            if (kind === 'back') given = { ...given, lapse: null }
          }
          look()
          const earliest = Math.min(...limitsOf(given))
          expect(endedAt !== null).toBe(earliest <= (endedAt ?? now))
          if (endedAt !== null && endedAt > from) expect(endedAt).toBeLessThanOrEqual(Math.max(from, earliest))
        }
      }),
    )
  })
})

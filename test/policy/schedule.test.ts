// When, inside its window, access may be used.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Schedule, Window } from '../../policy/model.ts'
import { hardLimitOf, longestUse, nextUse, usableAt, usesOf } from '../../policy/schedule.ts'
import { anySchedule, monday } from './arbitraries.ts'

const hour = 3_600_000
const window = { from: monday, until: monday + 10 * 24 * hour }
const office: Schedule = {
  kind: 'recurring',
  recurrence: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', until: '17:00' },
  timeZone: 'Europe/Berlin',
}

describe('usableAt', () => {
  it('gives the whole window, inside it', () => {
    expect(usableAt({ window, schedule: { kind: 'whole' } }, monday + hour)).toEqual(window)
    expect(usableAt({ window, schedule: { kind: 'whole' } }, window.until)).toBeNull()
  })

  it.each(['from-approval', 'from-first-use'] as const)('counts %s from now, never beyond the window', (kind) => {
    const of = { window, schedule: { kind, minutes: 90 } }
    expect(usableAt(of, monday + hour)).toEqual({ from: monday + hour, until: monday + 2.5 * hour })
    expect(usableAt(of, window.until - hour)).toEqual({ from: window.until - hour, until: window.until })
  })

  it('cuts an occurrence to the window', () => {
    const late = { from: monday + 3 * hour, until: monday + 5 * hour }
    expect(usableAt({ window: late, schedule: office }, monday + 4 * hour)).toEqual(late)
    expect(usableAt({ window: late, schedule: office }, monday + 2 * hour)).toBeNull()
  })
})

describe('nextUse', () => {
  it('finds the first that begins after', () => {
    expect(nextUse({ window, schedule: office }, monday - 1)).toEqual({ from: monday, until: monday + 8 * hour })
    expect(nextUse({ window, schedule: office }, monday)).toEqual({
      from: monday + 24 * hour,
      until: monday + 32 * hour,
    })
    expect(nextUse({ window, schedule: { kind: 'whole' } }, monday)).toBeNull()
  })

  it('begins with the window where that opens in the middle of an occurrence', () => {
    const late = { from: monday + 3 * hour, until: monday + 48 * hour }
    expect(nextUse({ window: late, schedule: office }, monday)).toEqual({ from: late.from, until: monday + 8 * hour })
  })
})

describe('longestUse', () => {
  it('is the length of a window, of minutes, of the longest occurrence', () => {
    expect(longestUse({ window, schedule: { kind: 'whole' } })).toBe(14_400)
    expect(longestUse({ window, schedule: { kind: 'from-approval', minutes: 90 } })).toBe(90)
    expect(longestUse({ window, schedule: office })).toBe(480)
  })

  it('counts the hour that an occurrence gains when the clocks go back', () => {
    const october = { from: Date.parse('2026-10-20T00:00Z'), until: Date.parse('2026-10-28T00:00Z') }
    const nights: Schedule = { ...office, recurrence: { days: ['sat', 'sun'], from: '22:00', until: '05:00' } }
    expect(longestUse({ window: october, schedule: nights })).toBe(480)
  })
})

describe('schedules', () => {
  const someWindow = fc
    .tuple(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 1, max: 12_000 }))
    .map(([from, length]): Window => ({ from: monday + from * 60_000, until: monday + (from + length) * 60_000 }))
  const part = fc.double({ min: 0, max: 1, noNaN: true })
  const within = ({ from, until }: Window, share: number): number => Math.floor(from + (until - from) * share)

  it('never let a shrunk window lengthen what may be used', () => {
    fc.assert(
      fc.property(someWindow, anySchedule, part, part, part, (outer, schedule, a, b, c) => {
        const [from, until] = [within(outer, Math.min(a, b)), within(outer, Math.max(a, b))]
        const inner = { from, until }
        const now = within(outer, c)
        const shorter = usableAt({ window: inner, schedule }, now)
        const longer = usableAt({ window: outer, schedule }, now)
        if (shorter === null) return
        expect(longer).not.toBeNull()
        expect(shorter.from).toBeGreaterThanOrEqual(longer?.from ?? Infinity)
        expect(shorter.until).toBeLessThanOrEqual(longer?.until ?? -Infinity)
      }),
    )
  })

  it('are usable only inside the window, and for no longer than the longest use', () => {
    fc.assert(
      fc.property(someWindow, anySchedule, part, (outer, schedule, share) => {
        const now = within(outer, share)
        const usable = usableAt({ window: outer, schedule }, now)
        if (usable === null) return
        expect(
          usable.from >= outer.from && usable.until <= outer.until && usable.from <= now && now < usable.until,
        ).toBe(true)
        expect((usable.until - usable.from) / 60_000).toBeLessThanOrEqual(longestUse({ window: outer, schedule }))
      }),
    )
  })

  it('are used stretch after stretch, in order and apart', () => {
    fc.assert(
      fc.property(someWindow, anySchedule, (outer, schedule) => {
        const uses = usesOf({ window: outer, schedule }, 100)
        for (const [i, use] of uses.entries()) {
          expect(use.from).toBeLessThan(use.until)
          expect(use.from).toBeGreaterThanOrEqual(uses[i - 1]?.until ?? outer.from)
        }
      }),
    )
  })
})

describe('hardLimitOf', () => {
  it('is the end itself, or so many minutes after', () => {
    expect(hardLimitOf({ kind: 'cut' }, 1_000)).toBe(1_000)
    expect(hardLimitOf({ kind: 'drain', hardLimitMinutes: 10 }, 1_000)).toBe(601_000)
    expect(hardLimitOf({ kind: 'confirm-safe-state', hardLimitMinutes: 1 }, 0)).toBe(60_000)
  })
})

// What is remembered is what would be answered, and only so much of it is kept.

import { Temporal } from 'temporal-polyfill'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayAt } from '../../policy/recurrence.ts'
import { remembered } from '../../policy/remembered.ts'

describe('a remembered function', () => {
  it('answers as the function does, also where the answer is null', () => {
    const half = (n: number): number | null => (n % 2 === 0 ? n / 2 : null)
    const quick = remembered(half, String, 3)
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 })), (asked) => {
        expect(asked.map((n) => quick(n))).toEqual(asked.map(half))
      }),
    )
  })

  it('asks once for what it is asked again, and again for what is long ago', () => {
    const asked: number[] = []
    const quick = remembered((n: number) => asked.push(n) && (n > 3 ? null : n), String, 2)
    for (const n of [1, 1, 4, 4, 1]) quick(n)
    expect(asked).toEqual([1, 4])
    for (const n of [5, 6, 7, 8, 9, 1]) quick(n)
    expect(asked).toEqual([1, 4, 5, 6, 7, 8, 9, 1])
  })

  it('asks again after a throw', () => {
    let isReady = false
    const quick = remembered(
      () => {
        if (!isReady) throw new Error('not yet')
        return 1
      },
      () => '',
      2,
    )
    expect(() => quick()).toThrow('not yet')
    isReady = true
    expect(quick()).toBe(1)
  })
})

describe('the day of an instant', () => {
  it('is the one the calendar on the wall shows, whoever asked about that minute before', () => {
    const anyInstant = fc.oneof(
      fc.integer({ min: Date.UTC(1890, 0, 1), max: Date.UTC(2100, 0, 1) }),
      // Around midnight in St. Johns on the day clocks went back a minute after it, and in Monrovia before its time was whole.
      fc.integer({ min: Date.UTC(2006, 9, 29, 3), max: Date.UTC(2006, 9, 29, 6) }),
      fc.integer({ min: Date.UTC(1972, 0, 6, 22), max: Date.UTC(1972, 0, 7, 2) }),
    )
    const zones = ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Africa/Monrovia', 'Pacific/Apia', 'Asia/Kathmandu']
    fc.assert(
      fc.property(anyInstant, fc.constantFrom(...zones), (at, zone) => {
        const shown = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate().toString()
        expect(dayAt(at, zone)).toBe(shown)
        expect(dayAt(at, zone)).toBe(shown)
      }),
      { numRuns: 500 },
    )
  })
})

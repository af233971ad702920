// Times of day that come round, also where the clocks skip an hour, show one twice, or skip midnight.

import { Temporal } from 'temporal-polyfill'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { weekdays, type Recurrence, type Weekday } from '../../policy/model.ts'
import { faultOfRecurrence, nextOccurrence, occurrenceAt } from '../../policy/recurrence.ts'
import { anyRecurrence } from './arbitraries.ts'

const at = (text: string): number => Date.parse(text)
const show = (span: { from: number; until: number } | null): readonly string[] | null =>
  span && [span.from, span.until].map((instant) => new Date(instant).toISOString().slice(0, 16))
const daily = (from: string, until: string, days: readonly Weekday[] = weekdays): Recurrence => ({ days, from, until })

describe('occurrenceAt', () => {
  it.each([
    ['inside', '2026-03-02T10:00Z', ['2026-03-02T08:00', '2026-03-02T17:00']],
    ['at its first instant', '2026-03-02T08:00Z', ['2026-03-02T08:00', '2026-03-02T17:00']],
    ['at its end', '2026-03-02T17:00Z', null],
    ['before it', '2026-03-02T07:59Z', null],
    ['on another day of the week', '2026-03-07T10:00Z', null],
  ])('finds the work day an instant lies in: %s', (_, instant, expected) => {
    const office = daily('09:00', '18:00', ['mon', 'tue', 'wed', 'thu', 'fri'])
    expect(show(occurrenceAt(office, 'Europe/Berlin', at(instant)))).toEqual(expected)
  })

  it.each([
    ['an hour shorter when the clocks go forward', '2026-03-28T23:00Z', ['2026-03-28T21:00', '2026-03-29T04:00']],
    ['an hour longer when they go back', '2026-10-25T00:30Z', ['2026-10-24T20:00', '2026-10-25T05:00']],
  ])('keeps a night shift to the hours on the clock: %s', (_, instant, expected) => {
    expect(show(occurrenceAt(daily('22:00', '06:00'), 'Europe/Berlin', at(instant)))).toEqual(expected)
  })

  it.each([
    // Berlin: 02:00 to 03:00 does not exist on 29 March 2026; on 25 October it exists twice.
    ['Europe/Berlin', '02:30', '04:00', '2026-03-29T01:00Z', ['2026-03-29T01:00', '2026-03-29T02:00']],
    ['Europe/Berlin', '01:00', '02:30', '2026-03-29T00:30Z', ['2026-03-29T00:00', '2026-03-29T01:00']],
    ['Europe/Berlin', '02:10', '02:50', '2026-03-29T01:00Z', null],
    ['Europe/Berlin', '02:30', '04:00', '2026-10-25T01:30Z', ['2026-10-25T00:30', '2026-10-25T03:00']],
    ['Europe/Berlin', '01:00', '02:30', '2026-10-25T00:20Z', ['2026-10-24T23:00', '2026-10-25T00:30']],
    // St. John's is three and a half hours behind.
    ['America/St_Johns', '09:00', '17:00', '2026-03-09T12:00Z', ['2026-03-09T11:30', '2026-03-09T19:30']],
    ['America/St_Johns', '09:00', '17:00', '2026-03-02T13:00Z', ['2026-03-02T12:30', '2026-03-02T20:30']],
    // Lord Howe's summer time is half an hour.
    ['Australia/Lord_Howe', '01:45', '02:15', '2026-10-03T15:20Z', ['2026-10-03T15:15', '2026-10-03T15:30']],
    ['Australia/Lord_Howe', '01:00', '03:00', '2026-04-04T15:00Z', ['2026-04-04T14:00', '2026-04-04T16:30']],
    // São Paulo skipped midnight on 4 November 2018, Beirut does so on 29 March 2026.
    ['America/Sao_Paulo', '00:00', '06:00', '2018-11-04T03:00Z', ['2018-11-04T03:00', '2018-11-04T08:00']],
    ['America/Sao_Paulo', '18:00', '00:00', '2018-11-04T02:30Z', ['2018-11-03T21:00', '2018-11-04T03:00']],
    ['Asia/Beirut', '00:30', '06:00', '2026-03-28T22:10Z', ['2026-03-28T22:00', '2026-03-29T03:00']],
  ])('in %s, from %s to %s, at %#', (timeZone, from, until, instant, expected) => {
    expect(show(occurrenceAt(daily(from, until), timeZone, at(instant)))).toEqual(expected)
  })

  it('knows no occurrence on a day that a change of the date line left out', () => {
    // Samoa had no 30 December 2011, a Friday.
    const fridays = daily('09:00', '17:00', ['fri'])
    expect(show(nextOccurrence(fridays, 'Pacific/Apia', at('2011-12-28T00:00Z')))).toEqual([
      '2012-01-05T19:00',
      '2012-01-06T03:00',
    ])
  })

  it('takes an end that is not after its beginning for one of the next day', () => {
    expect(show(occurrenceAt(daily('08:00', '08:00'), 'UTC', at('2026-03-02T07:00Z')))).toEqual([
      '2026-03-01T08:00',
      '2026-03-02T08:00',
    ])
  })
})

describe('occurrences', () => {
  const zone = fc.constantFrom(
    'Europe/Berlin',
    'America/St_Johns',
    'Australia/Lord_Howe',
    'America/Sao_Paulo',
    'Asia/Beirut',
    'Pacific/Apia',
    'UTC',
  )
  const instant = fc.integer({ min: at('2011-01-01T00:00Z') / 60_000, max: at('2027-01-01T00:00Z') / 60_000 })
  const someTime = instant.map((minutes) => minutes * 60_000)

  it('hold the instant they are found for, and only while the clock shows one of their times', () => {
    fc.assert(
      fc.property(anyRecurrence, zone, someTime, (recurrence, timeZone, now) => {
        const found = occurrenceAt(recurrence, timeZone, now)
        if (found === null) return
        expect(found.from <= now && now < found.until).toBe(true)
        const clock = Temporal.Instant.fromEpochMilliseconds(found.from).toZonedDateTimeISO(timeZone)
        const shown = clock.toPlainTime().toString().slice(0, 5)
        // Where the clocks skip the beginning, it begins with the first time they show after it.
        expect(shown >= recurrence.from || clock.hoursInDay !== 24).toBe(true)
        const overnight = recurrence.until <= recurrence.from
        // A day of a change may be two hours and more off; nothing else moves an end.
        const longest = (Number(overnight) * 24 + hours(recurrence.until) - hours(recurrence.from) + 2) * 3_600_000
        expect(found.until - found.from).toBeLessThanOrEqual(longest)
      }),
      { numRuns: 500 },
    )
  })

  it('follow each other: the next begins after, and nothing lies between', () => {
    fc.assert(
      fc.property(
        anyRecurrence,
        zone,
        someTime,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (recurrence, timeZone, now, part) => {
          const next = nextOccurrence(recurrence, timeZone, now)
          if (next === null) throw new Error('expected one within two weeks')
          expect(next.from).toBeGreaterThan(now)
          expect(occurrenceAt(recurrence, timeZone, next.from)).toEqual(next)
          const between = Math.floor(now + (next.from - now) * part)
          const at = occurrenceAt(recurrence, timeZone, Math.min(between, next.from - 1))
          expect(at === null || at.from <= now).toBe(true)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('are none at the ends of the calendar', () => {
    for (const end of [8.64e15, -8.64e15]) {
      expect(occurrenceAt(daily('00:00', '12:00'), 'UTC', end)).toBeNull()
      expect(nextOccurrence(daily('00:00', '12:00'), 'UTC', end)).toBeNull()
    }
  })
})

describe('faultOfRecurrence', () => {
  it.each([
    [daily('09:00', '24:00'), 'UTC', 'times of day'],
    [daily('9:00', '17:00'), 'UTC', 'times of day'],
    [daily('09:00', '17:00', []), 'UTC', 'at least one day'],
    [daily('09:00', '17:00', ['holiday' as Weekday]), 'UTC', '`holiday`'],
    [daily('09:00', '17:00'), '+02:00', 'name of a time zone'],
  ])('says what is wrong: %#', (recurrence, timeZone, part) => {
    expect(faultOfRecurrence(recurrence, timeZone)).toContain(part)
  })

  it('finds nothing wrong with a good one', () => {
    expect(faultOfRecurrence(daily('22:00', '06:00'), 'America/St_Johns')).toBeNull()
  })
})

function hours(time: string): number {
  return Number(time.slice(0, 2)) + Number(time.slice(3)) / 60
}

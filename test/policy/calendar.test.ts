// Days and time zones, around the nights the clocks change.

import { describe, expect, it } from 'vitest'
import { endOfDay, isDay, isTimeZone, startOfDay } from '../../policy/calendar.ts'

describe('the calendar', () => {
  it.each(['2026-02-28', '2024-02-29', '1999-12-31'])('knows %s', (day) => {
    expect(isDay(day)).toBe(true)
  })

  it.each([
    '2026-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-1-1',
    '26-01-01',
    '2026-01-01T00:00:00Z',
    '',
    ' 2026-01-01',
  ])('does not know `%s`', (day) => {
    expect(isDay(day)).toBe(false)
  })

  it('knows names of time zones and no offsets', () => {
    expect(['UTC', 'Europe/Berlin', 'America/Argentina/Ushuaia', 'Etc/GMT+5'].every(isTimeZone)).toBe(true)
    expect(['+01:00', 'EST5EDT4', 'Berlin', 'Mars/Base', '../etc/localtime', ''].some(isTimeZone)).toBe(false)
  })

  it.each([
    ['an ordinary day', '2026-01-15', 'Europe/Berlin', 24],
    ['the day the clocks go forward', '2026-03-29', 'Europe/Berlin', 23],
    ['the day the clocks go back', '2026-10-25', 'Europe/Berlin', 25],
    ['a day that has no midnight', '2024-03-31', 'Asia/Beirut', 23],
  ])('knows how long %s is', (_, day, zone, hours) => {
    expect((endOfDay(day, zone) - startOfDay(day, zone)) / 3_600_000).toBe(hours)
  })
})

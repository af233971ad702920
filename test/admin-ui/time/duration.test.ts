import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { formatDuration, formatMinutes, formatRelative, parseDuration } from '../../../admin-ui/src/time/duration.ts'

const minute = 60_000
const hour = 60 * minute

describe('a duration in words', () => {
  it.each([
    [0, '0 s'],
    [999, '0 s'],
    [45_000, '45 s'],
    [minute, '1 min'],
    [90_000, '1 min 30 s'],
    [2 * hour + 5 * minute + 3000, '2 h 5 min'],
    [26 * hour, '1 d 2 h'],
    [-5000, '0 s'],
  ])('of %i ms is `%s`', (ms, words) => {
    expect(formatDuration(ms)).toBe(words)
  })

  it('names how far an instant is away, either way', () => {
    expect(formatRelative(3 * minute, 0)).toBe('in 3 min')
    expect(formatRelative(0, 3 * hour)).toBe('3 h ago')
    expect(formatRelative(9000, 0)).toBe('just now')
    expect(formatRelative(0, 30_000)).toBe('30 s ago')
  })

  it('rounds the distance to the nearest, so that a deadline of 14 days is not one of 13 a minute later', () => {
    const day = 24 * hour
    expect(formatRelative(14 * day - minute, 0)).toBe('in 14 d')
    expect(formatRelative(14 * day, 0)).toBe('in 14 d')
    expect(formatRelative(13 * day + 11 * hour, 0)).toBe('in 13 d')
    expect(formatRelative(hour - 1000, 0)).toBe('in 1 h')
    expect(formatRelative(59 * minute, 0)).toBe('in 59 min')
    expect(formatRelative(0, minute - 1)).toBe('1 min ago')
  })

  it('says hours up to a day and a half, which `1 d` would hide', () => {
    expect(formatRelative(25 * hour, 0)).toBe('in 25 h')
    expect(formatRelative(0, 35 * hour)).toBe('35 h ago')
    expect(formatRelative(0, 37 * hour)).toBe('2 d ago')
  })
})

describe('a duration as it is typed', () => {
  it.each([
    ['90', 90],
    ['90 min', 90],
    ['90m', 90],
    ['2h', 120],
    ['2 hours', 120],
    ['1 h 30 min', 90],
    ['1h30', 90],
    ['1:30', 90],
    ['1.5 h', 90],
    ['1,5h', 90],
    ['  8 H  ', 480],
  ])('`%s` is %i minutes', (text, minutes) => {
    expect(parseDuration(text)).toEqual({ kind: 'ok', minutes })
  })

  it.each(['', 'soon', '-5', '0', '0 h', '1:75', '2 weeks', '1h 2h', '9'.repeat(40)])('refuses `%s`', (text) => {
    expect(parseDuration(text).kind).toBe('malformed')
  })

  it('reads back what is written into the field', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 * 60 }), (minutes) => {
        expect(parseDuration(formatMinutes(minutes))).toEqual({ kind: 'ok', minutes })
      }),
    )
  })
})

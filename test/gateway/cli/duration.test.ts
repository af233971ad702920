import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { parseDuration, parseInstant, showDuration, showInstant, showInZone } from '../../../gateway/cli/duration.ts'
import { anyText } from './any-text.ts'

const now = Date.UTC(2026, 2, 1, 6, 0, 0)

describe('a duration', () => {
  it.each([
    ['90s', 90_000],
    ['15m', 900_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['1h30m', 5_400_000],
    ['1d2h3m4s', 93_784_000],
  ])('reads %s', (text, value) => {
    expect(parseDuration(text)).toEqual({ kind: 'ok', value })
  })

  it.each(['', '0s', '0h0m', '2', 'h', '2 h', '-1h', '1.5h', '2w', '30m1h', '1h1h', '2H', '1h ', '9999d', '١h'])(
    'refuses %j',
    (text) => {
      const parsed = parseDuration(text)
      expect(parsed.kind).toBe('malformed')
      expect('reason' in parsed && parsed.reason).toContain('expected a duration such as `90s`')
    },
  )

  it('is the same after it was shown and read again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 366 * 86_400 }), (seconds) => {
        expect(parseDuration(showDuration(seconds * 1000))).toEqual({ kind: 'ok', value: seconds * 1000 })
      }),
    )
  })

  it('never throws, whatever is typed', () => {
    fc.assert(fc.property(anyText, (text) => ['ok', 'malformed'].includes(parseDuration(text).kind)))
  })

  it('shows nothing left as 0s', () => {
    expect([showDuration(0), showDuration(-5_000), showDuration(999)]).toEqual(['0s', '0s', '0s'])
  })
})

describe('an instant', () => {
  it.each([
    ['now', now],
    ['+30m', now + 1_800_000],
    ['2026-03-01T06:00Z', now],
    ['2026-03-01T07:00+01:00', now],
    ['2026-03-01T06:00:00.250Z', now + 250],
  ])('reads %s', (text, value) => {
    expect(parseInstant(text, now)).toEqual({ kind: 'ok', value })
  })

  it('refuses a time without a zone, and says how to give one', () => {
    expect(parseInstant('2026-03-01T06:00', now)).toEqual({
      kind: 'malformed',
      reason: 'expected a time with its zone, such as `2026-03-01T06:00Z` or `2026-03-01T06:00+01:00`',
    })
  })

  it.each([
    'tomorrow',
    '2026-03-01',
    '2026-02-30T06:00Z',
    '2026-13-01T06:00Z',
    '2026-03-01T25:00Z',
    '+',
    '+0s',
    '06:00',
  ])('refuses %s', (text) => {
    expect(parseInstant(text, now).kind).toBe('malformed')
  })

  it('is the same after it was shown and read again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800 }), (seconds) => {
        expect(parseInstant(showInstant(seconds * 1000), now)).toEqual({ kind: 'ok', value: seconds * 1000 })
      }),
    )
  })

  it('shows the wall clock of a zone, over a change to summer time too', () => {
    expect(showInZone(Date.UTC(2026, 2, 29, 0, 59), 'Europe/Berlin')).toBe('2026-03-29T00:59:00Z (01:59 Europe/Berlin)')
    expect(showInZone(Date.UTC(2026, 2, 29, 1, 0), 'Europe/Berlin')).toBe('2026-03-29T01:00:00Z (03:00 Europe/Berlin)')
  })

  it('shows an instant without wall clock where the zone is unknown', () => {
    expect(showInZone(now, 'Nowhere/Land')).toBe('2026-03-01T06:00:00Z')
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  clocksDiffer,
  formatInstant,
  formatInstantExactly,
  formatShort,
  formatWindow,
  fromLocalField,
  offsetMinutes,
  toLocalField,
  withLocalTimes,
  zoneName,
} from '../../../admin-ui/src/time/plant-time.ts'

const stockholm = 'Europe/Stockholm'
const kolkata = 'Asia/Kolkata'
const newYork = 'America/New_York'
const at = (iso: string): number => Date.parse(iso)
const zones = fc.constantFrom(stockholm, kolkata, newYork, 'Australia/Lord_Howe', 'Pacific/Chatham', 'UTC')
const instants = fc.integer({ min: at('2000-01-01T00:00:00Z'), max: at('2040-01-01T00:00:00Z') })

describe('a date and time field on the plant’s clock', () => {
  it('means the instant at which the plant’s clock shows it', () => {
    expect(fromLocalField(stockholm, '2026-11-21T14:00')).toEqual({
      kind: 'ok',
      at: at('2026-11-21T13:00:00Z'),
      twice: false,
    })
    expect(fromLocalField(kolkata, '2026-11-21T14:00')).toMatchObject({ at: at('2026-11-21T08:30:00Z') })
  })

  it('is refused when the clocks go forward over it', () => {
    expect(fromLocalField(stockholm, '2027-03-28T02:30')).toEqual({ kind: 'skipped' })
  })

  it('means the first of two when the clocks go back over it, and says so', () => {
    expect(fromLocalField(stockholm, '2026-10-25T02:30')).toEqual({
      kind: 'ok',
      at: at('2026-10-25T00:30:00Z'),
      twice: true,
    })
  })

  it.each(['', 'tomorrow', '2026-11-21', '2026-13-40T99:99', '2026-11-21T14:00:30'])('is malformed as `%s`', (text) => {
    expect(fromLocalField(stockholm, text)).toEqual({ kind: 'malformed' })
  })

  it('comes back as it went, to the minute, in every zone', () => {
    fc.assert(
      fc.property(zones, instants, (zone, instant) => {
        const field = toLocalField(zone, instant)
        const read = fromLocalField(zone, field)
        expect(read.kind).toBe('ok')
        if (read.kind !== 'ok') return
        expect(toLocalField(zone, read.at)).toBe(field)
        const minute = Math.floor(instant / 60_000) * 60_000
        if (!read.twice) expect(read.at).toBe(minute)
        else expect(read.at).toBeLessThanOrEqual(minute)
      }),
    )
  })
})

describe('times in words', () => {
  it('name the zone as people there do, and as an offset where they do not', () => {
    expect(zoneName(stockholm, at('2026-11-21T12:00:00Z'))).toBe('CET')
    expect(zoneName(stockholm, at('2026-07-21T12:00:00Z'))).toBe('CEST')
    expect(zoneName(newYork, at('2026-11-21T12:00:00Z'))).toBe('EST')
    expect(zoneName(kolkata, at('2026-11-21T12:00:00Z'))).toBe('IST')
    expect(zoneName('Asia/Shanghai', at('2026-11-21T12:00:00Z'))).toBe('GMT+8')
  })

  it('say the full date, and the seconds where they matter', () => {
    const instant = at('2026-11-21T13:02:09Z')
    expect(formatInstant(instant, stockholm)).toBe('Sat 21 Nov 2026, 14:02 CET')
    expect(formatInstantExactly(instant, stockholm)).toBe('Sat 21 Nov 2026, 14:02:09 CET')
  })

  it('leave out the day only on the same day of that zone', () => {
    const now = at('2026-11-21T22:30:00Z')
    expect(formatShort(at('2026-11-21T20:00:00Z'), stockholm, now)).toBe('21:00 CET')
    expect(formatShort(at('2026-11-21T23:30:00Z'), stockholm, now)).toBe('Sun 22 Nov, 00:30 CET')
    expect(formatShort(at('2025-11-21T20:00:00Z'), stockholm, now)).toBe('Fri 21 Nov 2025, 21:00 CET')
  })

  it('write a window once where both ends share a day, and in full where they do not', () => {
    const window = (from: string, until: string) => formatWindow({ from: at(from), until: at(until) }, stockholm)
    expect(window('2026-11-21T13:00:00Z', '2026-11-21T15:00:00Z')).toBe('Sat 21 Nov, 14:00–16:00 CET')
    expect(window('2026-11-21T21:00:00Z', '2026-11-22T01:00:00Z')).toBe('Sat 21 Nov, 22:00 – Sun 22 Nov, 02:00 CET')
  })

  it('name both clocks of a window over a change of them', () => {
    const window = { from: at('2026-10-25T00:00:00Z'), until: at('2026-10-25T02:00:00Z') }
    expect(formatWindow(window, stockholm)).toBe('Sun 25 Oct, 02:00 CEST – 03:00 CET')
  })
})

describe('two zones', () => {
  it('differ only while their clocks do', () => {
    expect(clocksDiffer(stockholm, 'Europe/Berlin', at('2026-11-21T12:00:00Z'))).toBe(false)
    expect(clocksDiffer(stockholm, newYork, at('2026-11-21T12:00:00Z'))).toBe(true)
  })

  it('have offsets that count half hours', () => {
    expect(offsetMinutes(kolkata, at('2026-11-21T12:00:00Z'))).toBe(330)
    expect(offsetMinutes(newYork, at('2026-11-21T12:00:00Z'))).toBe(-300)
  })
})

describe('a text of the gateway', () => {
  it('is shown with its instants on the reader’s clock', () => {
    expect(withLocalTimes('the latest at 2026-11-21T09:32:52Z, and none failed', stockholm)).toBe(
      'the latest at Sat 21 Nov 2026, 10:32:52 CET, and none failed',
    )
    expect(withLocalTimes('no instant: 2026-99-99T99:99:99Z', stockholm)).toBe('no instant: 2026-99-99T99:99:99Z')
  })
})

import { describe, expect, it } from 'vitest'
import type { Stand } from '../../../gateway/sessions/due.ts'
import { Warnings } from '../../../gateway/sessions/warnings.ts'

const minute = 60_000
const start = Date.UTC(2026, 4, 4, 8)
const until = start + 60 * minute

const resting = { lockMs: null, endMs: null, typedAt: start, movedAt: start, hasTerminal: true, locked: false }
const standing = (over: Partial<Pick<Stand, 'windowUntil' | 'expiry' | 'idle'>> = {}) => ({
  windowUntil: until,
  expiry: { kind: 'drain', hardLimitMinutes: 30 } as const,
  idle: resting,
  ...over,
})
const texts = (warnings: Warnings, stand: Parameters<Warnings['due']>[0], now: number) =>
  warnings.due(stand, now).map(({ text }) => text)

describe('the warnings of a session', () => {
  it('says each one once, with the time of the plant', () => {
    const warnings = new Warnings(start, 'Europe/Berlin')
    expect(texts(warnings, standing(), until - 15 * minute - 1)).toEqual([])
    expect(texts(warnings, standing(), until - 15 * minute)).toEqual([
      'access ends in 15 minutes, at 11:00:00 (Europe/Berlin): ask the approver for an extension if you need longer',
    ])
    expect(texts(warnings, standing(), until - 15 * minute + 1)).toEqual([])
  })

  it('says only the last of those that came due together, and none when the window is over', () => {
    const warnings = new Warnings(start, 'UTC')
    expect(texts(warnings, standing(), until - minute / 2)).toEqual([expect.stringContaining('in 1 minute,')])
    expect(texts(new Warnings(start, 'UTC'), standing(), until)).toEqual([])
  })

  it('offers an extension once for each end of the window', () => {
    const warnings = new Warnings(start, 'UTC')
    const offers = (stand: Parameters<Warnings['due']>[0], now: number) =>
      warnings.due(stand, now).map((one) => one.offers)
    expect(offers(standing(), until - 15 * minute)).toEqual([until])
    expect(offers(standing(), until - 5 * minute)).toEqual([undefined])
    const later = until + 30 * minute
    expect(offers(standing({ windowUntil: later }), later - 15 * minute)).toEqual([later])
  })

  it('offers none where the asset cuts', () => {
    const warnings = new Warnings(start, 'UTC')
    const stand = standing({ expiry: { kind: 'cut' } })
    expect(warnings.due(stand, until - 10_000)).toEqual([{ text: expect.stringContaining('in 10 seconds,') }])
  })

  it('warns of an end for rest, counted from what moved last', () => {
    const idle = { ...resting, endMs: 20 * minute }
    const warnings = new Warnings(start, 'UTC')
    expect(texts(warnings, standing({ idle }), start + 19 * minute)).toEqual([
      'the session ends in 1 minute, because nothing has moved for long',
    ])
    const moved = { ...idle, movedAt: start + 19 * minute }
    expect(warnings.next(standing({ idle: moved }), start + 20 * minute)).toEqual([
      until - 15 * minute,
      start + 38 * minute,
    ])
  })

  it('says nothing of what came due before it began', () => {
    const warnings = new Warnings(start, 'UTC')
    warnings.skipTo(until - 14 * minute)
    expect(texts(warnings, standing(), until - 13 * minute)).toEqual([])
  })
})

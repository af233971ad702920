import { describe, expect, it } from 'vitest'

import { narrowWindow } from '../../../admin-ui/src/approver/window.ts'

const zone = 'Europe/Stockholm'
const asked = { from: Date.parse('2026-11-21T13:00:17.250Z'), until: Date.parse('2026-11-21T15:00:17.250Z') }
const narrow = (from: string, until: string) => narrowWindow(asked, zone, from, until)

describe('a shorter window', () => {
  it('is the asked one, to the millisecond, when its ends are left as they were', () => {
    expect(narrow('2026-11-21T14:00', '2026-11-21T16:00')).toEqual({ kind: 'ok', window: asked })
  })

  it('may begin later and end earlier', () => {
    expect(narrow('2026-11-21T14:30', '2026-11-21T15:00')).toEqual({
      kind: 'ok',
      window: { from: Date.parse('2026-11-21T13:30:00Z'), until: Date.parse('2026-11-21T14:00:00Z') },
    })
  })

  it.each([
    ['2026-11-21T13:59', '2026-11-21T16:00', 'Stay inside'],
    ['2026-11-21T14:00', '2026-11-21T16:01', 'Stay inside'],
    ['2026-11-21T15:00', '2026-11-21T15:00', 'after the start'],
    ['2026-11-21T15:00', '2026-11-21T14:30', 'after the start'],
    ['', '2026-11-21T16:00', 'Give a date'],
    ['2027-03-28T02:30', '2027-03-28T04:00', 'skip'],
  ])('from `%s` until `%s` is refused', (from, until, words) => {
    const narrowed = narrow(from, until)
    expect(narrowed.kind).toBe('problem')
    if (narrowed.kind === 'problem') expect(narrowed.text).toContain(words)
  })
})

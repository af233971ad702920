// When access is wanted, as typed on a command line.

import { describe, expect, it } from 'vitest'
import { Failure } from '../../../gateway/cli/failure.ts'
import { whenAsked, type WhenOptions } from '../../../gateway/cli/when-asked.ts'

const now = Date.parse('2026-03-02T09:00:00Z')
const hour = 3_600_000
const evenings = { days: ['mon', 'tue'], between: '18:00-22:00', firstDay: '2026-03-02', lastDay: '2026-03-13' }

describe('when access is wanted', () => {
  it.each<[string, WhenOptions, object]>([
    ['a duration from now', { for: hour }, { kind: 'window', from: now, until: now + hour }],
    ['a duration from later', { for: hour, from: now + 5 }, { kind: 'window', from: now + 5, until: now + 5 + hour }],
    ['from the approval', { for: hour, start: 'approval' }, { kind: 'from-approval', minutes: 60 }],
    [
      'from the approval, over by',
      { for: hour, start: 'approval', until: now + 5 * hour },
      { kind: 'from-approval', minutes: 60, until: now + 5 * hour },
    ],
    [
      'from the first use',
      { for: 90_000, start: 'first-use', until: now + 5 * hour },
      { kind: 'from-first-use', minutes: 2, from: now, until: now + 5 * hour },
    ],
    [
      'again and again',
      evenings,
      {
        kind: 'recurring',
        days: ['mon', 'tue'],
        from: '18:00',
        until: '22:00',
        firstDay: '2026-03-02',
        lastDay: '2026-03-13',
      },
    ],
  ])('is %s', (_what, options, when) => {
    expect(whenAsked(options, now)).toEqual(when)
  })

  it.each<[string, WhenOptions, RegExp]>([
    ['nothing', {}, /give --for/],
    ['an end without a start', { for: hour, until: now }, /--until: only beside --start/],
    [
      'a beginning of what begins when it is approved',
      { for: hour, start: 'approval', from: now },
      /--from: not beside/,
    ],
    ['no end of what may be used some time', { for: hour, start: 'first-use' }, /give --until/],
    ['half of what comes round', { days: ['mon'] }, /needs --days, --between, --first-day and --last-day together/],
    ['a length of what comes round', { ...evenings, for: hour }, /--days: not beside --for/],
    ['a day that is none', { ...evenings, days: ['monday'] }, /got `monday`/],
    ['times that are none', { ...evenings, between: '18-22' }, /got `18-22`/],
  ])('is refused before anything is tried: %s', (_what, options, text) => {
    expect(() => whenAsked(options, now)).toThrow(Failure)
    expect(() => whenAsked(options, now)).toThrow(text)
  })
})

// However a request is asked for, narrowed, approved and first used, what may be used ends with the earliest of its
// limits; and less granted is never more used.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { approve } from '../../policy/approval.ts'
import { firstUse } from '../../policy/grant.ts'
import { weekdays, type Schedule, type Window } from '../../policy/model.ts'
import { occurrenceAt } from '../../policy/recurrence.ts'
import { longestUse, nextUse, usableAt } from '../../policy/schedule.ts'
import { ask, minute, ok, opened, requestId, submitted, yes } from './asking.ts'

/** Spring and autumn of a year with summer time, so that clocks change inside some of the windows. */
const seasons = [Date.parse('2026-03-27T00:00:00Z'), Date.parse('2026-10-23T00:00:00Z')]
const time = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom('00', '30')).map(([hour, minutes]) => {
  return `${String(hour).padStart(2, '0')}:${minutes}`
})
const anyMinutes = fc.integer({ min: 1, max: 600 })
const schedule: fc.Arbitrary<Schedule> = fc.oneof(
  fc.constant<Schedule>({ kind: 'whole' }),
  anyMinutes.map((minutes): Schedule => ({ kind: 'from-approval', minutes })),
  anyMinutes.map((minutes): Schedule => ({ kind: 'from-first-use', minutes })),
  fc
    .record({
      days: fc.subarray([...weekdays], { minLength: 1 }),
      from: time,
      until: time,
      timeZone: fc.constantFrom('Europe/Berlin', 'America/New_York', 'UTC'),
    })
    .map(({ timeZone, ...recurrence }): Schedule => ({ kind: 'recurring', recurrence, timeZone })),
)

const life = fc
  .record({
    schedule,
    season: fc.constantFrom(...seasons),
    length: fc.integer({ min: 1, max: 6 * 24 * 60 }),
    /** Parts of what is left, in thousandths. */
    cut: fc.integer({ min: 1, max: 1_000 }),
    approvedAt: fc.integer({ min: 0, max: 999 }),
    usedAt: fc.integer({ min: 0, max: 1_100 }),
    lookedAt: fc.integer({ min: 0, max: 1_100 }),
  })
  .map(({ season, length, cut, approvedAt, usedAt, lookedAt, ...rest }) => {
    const window: Window = { from: season, until: season + length * minute }
    const terms: Window = { from: season, until: season + Math.max(1, Math.floor((length * minute * cut) / 1_000)) }
    const at = (part: number): number => season + Math.floor(((terms.until - season) * part) / 1_000)
    return { ...rest, window, terms, approvedAt: at(approvedAt), usedAt: at(usedAt), lookedAt: at(lookedAt) }
  })

describe('what may be used', () => {
  it('ends with the earliest of its limits', () => {
    const property = fc.property(life, ({ schedule: asked, window, terms, approvedAt, usedAt, lookedAt }) => {
      const request = { ...submitted({ schedule: asked, window }), id: requestId }
      const grant = opened(approve(yes(request, { now: approvedAt, changes: { window: terms } })))
      const use = firstUse({ grant, now: Math.max(usedAt, approvedAt) })
      const used = use.kind === 'ok' ? use.grant : grant
      const span = usableAt(used, lookedAt)
      if (span === null) return
      const limits = [window.until, terms.until, grant.window.until, used.window.until]
      if (asked.kind === 'from-approval') limits.push(approvedAt + asked.minutes * minute)
      if (asked.kind === 'from-first-use' && use.kind === 'ok')
        limits.push(Math.max(usedAt, approvedAt) + asked.minutes * minute)
      if (asked.kind === 'recurring')
        limits.push(occurrenceAt(asked.recurrence, asked.timeZone, lookedAt)?.until ?? -Infinity)
      expect(span.until).toBeLessThanOrEqual(Math.min(...limits))
      expect(lookedAt).toBeLessThan(span.until)
      expect(lookedAt).toBeGreaterThanOrEqual(span.from)
    })
    fc.assert(property, { numRuns: 2_000 })
  })

  it('is never more under a shorter window', () => {
    const property = fc.property(life, ({ schedule: asked, window, terms, lookedAt }) => {
      const wide = { window, schedule: asked }
      const narrow = { window: terms, schedule: asked }
      const [long, short] = [usableAt(wide, lookedAt), usableAt(narrow, lookedAt)]
      if (short !== null) {
        expect(long).not.toBeNull()
        expect(short.until).toBeLessThanOrEqual(long?.until ?? -Infinity)
      }
      const [later, sooner] = [nextUse(wide, lookedAt), nextUse(narrow, lookedAt)]
      if (sooner !== null) expect(sooner.until).toBeLessThanOrEqual(later?.until ?? -Infinity)
      expect(longestUse(narrow)).toBeLessThanOrEqual(longestUse(wide))
    })
    fc.assert(property, { numRuns: 500 })
  })

  it('is at most what was asked for, of the class and by whom it was asked', () => {
    const { grant } = ok(approve(yes()))
    expect(grant).toMatchObject({ operationClass: ask.operationClass, window: ask.window, person: submitted().by })
  })
})

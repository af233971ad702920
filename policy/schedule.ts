// When, inside its window, access may be used: which span is usable now, when the next one begins, how long the longest
// is, and how long after its end a session may last. Whether it may be used at all is decided elsewhere.

import type { ExpiryBehaviour, Instant, Schedule, Window } from './model.ts'
import { nextOccurrence, occurrenceAt, occurrencesAfter } from './recurrence.ts'
import { isInside, minutesOf } from './window.ts'

/** A request's ask, its terms with a schedule, or a grant. */
export interface Usable {
  readonly window: Window
  readonly schedule: Schedule
}

const minuteMs = 60_000

/**
 * The span usable at an instant, or null where none is: the whole window, the occurrence inside it, or, where it is
 * counted from approval or first use, so many minutes from the instant, never beyond the window.
 */
export function usableAt({ window, schedule }: Usable, at: Instant): Window | null {
  if (!isInside(window, at)) return null
  switch (schedule.kind) {
    case 'whole':
      return window
    case 'from-approval':
    case 'from-first-use':
      return { from: at, until: Math.min(at + schedule.minutes * minuteMs, window.until) }
    case 'recurring': {
      const { extended } = schedule
      if (extended !== undefined && isInside(extended, at)) return meet(extended, window)
      const occurrence = occurrenceAt(schedule.recurrence, schedule.timeZone, at)
      return occurrence === null ? null : meet(occurrence, window)
    }
  }
}

/** The first span that begins after an instant, or null where none does. */
export function nextUse({ window, schedule }: Usable, after: Instant): Window | null {
  switch (schedule.kind) {
    case 'whole':
      return window.from > after ? window : null
    case 'from-approval':
    case 'from-first-use':
      return window.from > after ? usableAt({ window, schedule }, window.from) : null
    case 'recurring': {
      const { recurrence, timeZone } = schedule
      if (window.from > after) {
        const running = usableAt({ window, schedule }, window.from)
        if (running !== null) return running
      }
      const next = nextOccurrence(recurrence, timeZone, Math.max(after, window.from))
      return next === null ? null : meet(next, window)
    }
  }
}

/** After so many occurrences a year has gone round, and no longer one comes. */
const occurrencesInAYear = 367

/**
 * The longest span that can ever be used at a stretch, in minutes. Occurrences are counted out, so that one lengthened
 * by a change of summer time counts with its real length.
 */
export function longestUse({ window, schedule }: Usable): number {
  switch (schedule.kind) {
    case 'whole':
      return minutesOf(window)
    case 'from-approval':
    case 'from-first-use':
      return Math.min(schedule.minutes, minutesOf(window))
    case 'recurring':
      return Math.max(0, ...usesOf({ window, schedule }, occurrencesInAYear).map(minutesOf))
  }
}

/** Every span that can be used, in order; at most so many. A span counted from its first use is the window it may lie in. */
export function usesOf({ window, schedule }: Usable, atMost: number): readonly Window[] {
  if (schedule.kind !== 'recurring') return [window]
  const first = usableAt({ window, schedule }, window.from)
  const uses: Window[] = first === null ? [] : [first]
  for (const occurrence of occurrencesAfter(schedule.recurrence, schedule.timeZone, window.from)) {
    const use = meet(occurrence, window)
    if (use === null || uses.length >= atMost) break
    uses.push(use)
  }
  return uses
}

/** When a session is closed whatever happens: its end, and where it may drain, the hard limit after it. */
export function hardLimitOf(expiry: ExpiryBehaviour, until: Instant): Instant {
  return expiry.kind === 'cut' ? until : until + expiry.hardLimitMinutes * minuteMs
}

function meet(a: Window, b: Window): Window | null {
  const from = Math.max(a.from, b.from)
  const until = Math.min(a.until, b.until)
  return from < until ? { from, until } : null
}

// When access is wanted, as people say it, turned into a window and a schedule on the plant's clock; and a schedule said
// in words again.

import {
  endOfDay,
  faultOfRecurrence,
  isDay,
  nextOccurrence,
  startOfDay,
  type AccessRules,
  type Instant,
  type Plant,
  type Recurrence,
  type Schedule,
  type Window,
} from '../../policy/index.ts'

/** One of: a fixed window; so long from the approval or the first use; again and again between two days (inclusive). */
export type When =
  | { readonly kind: 'window'; readonly from: Instant; readonly until: Instant }
  | { readonly kind: 'from-approval'; readonly minutes: number; readonly until?: Instant | undefined }
  | { readonly kind: 'from-first-use'; readonly minutes: number; readonly from: Instant; readonly until: Instant }
  | ({ readonly kind: 'recurring'; readonly firstDay: string; readonly lastDay: string } & Recurrence)

export type ReadWhen =
  | { readonly kind: 'ok'; readonly window: Window; readonly schedule: Schedule }
  | { readonly kind: 'malformed'; readonly text: string }

/**
 * The span and the schedule somebody means, in the time zone of a plant. What may come of it is policy's to say; only
 * days that do not exist are refused here.
 */
export function readWhen(when: When, { timeZone }: Plant, rules: AccessRules, now: Instant): ReadWhen {
  switch (when.kind) {
    case 'window':
      return { kind: 'ok', window: { from: when.from, until: when.until }, schedule: { kind: 'whole' } }
    case 'from-approval': {
      const { minutes } = when
      // As late as it may be answered, and then so long.
      const until = when.until ?? now + (rules.answers.expireMinutes + minutes) * 60_000
      return { kind: 'ok', window: { from: now, until }, schedule: { kind: 'from-approval', minutes } }
    }
    case 'from-first-use': {
      const { from, until, minutes } = when
      return { kind: 'ok', window: { from, until }, schedule: { kind: 'from-first-use', minutes } }
    }
    case 'recurring': {
      const { firstDay, lastDay, days, from, until } = when
      const odd = [firstDay, lastDay].find((day) => !isDay(day))
      if (odd !== undefined) return { kind: 'malformed', text: `expected a day as \`2026-03-31\`, got \`${odd}\`` }
      if (lastDay < firstDay) {
        return { kind: 'malformed', text: `expected a last day on or after \`${firstDay}\`, got \`${lastDay}\`` }
      }
      const recurrence = { days, from, until }
      const fault = faultOfRecurrence(recurrence, timeZone)
      if (fault !== null) return { kind: 'malformed', text: fault }
      // The first day may be today: what is past of it cannot be asked for.
      const window = {
        from: Math.max(startOfDay(firstDay, timeZone), now),
        until: endOf(recurrence, lastDay, timeZone),
      }
      return { kind: 'ok', window, schedule: { kind: 'recurring', recurrence, timeZone } }
    }
  }
}

/** The end of a day, or of the occurrence that begins on it and lasts into the next. */
function endOf(recurrence: Recurrence, day: string, timeZone: string): Instant {
  const midnight = endOfDay(day, timeZone)
  const last = nextOccurrence(recurrence, timeZone, startOfDay(day, timeZone) - 1)
  return last !== null && last.from < midnight ? Math.max(midnight, last.until) : midnight
}

function showMinutes(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60]
  return [hours > 0 ? `${hours} h` : '', rest > 0 ? `${rest} min` : ''].filter((part) => part !== '').join(' ')
}

/** A schedule in words, on the plant's clock. */
export function showSchedule(schedule: Schedule): string {
  switch (schedule.kind) {
    case 'whole':
      return 'the whole window'
    case 'from-approval':
      return `${showMinutes(schedule.minutes)} from the approval`
    case 'from-first-use':
      return `${showMinutes(schedule.minutes)} from the first connection`
    case 'recurring': {
      const { days, from, until } = schedule.recurrence
      const overnight = until <= from ? ' the next day' : ''
      return `${days.join(', ')} from ${from} to ${until}${overnight} (${schedule.timeZone})`
    }
  }
}

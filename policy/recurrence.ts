// Times of day that come round: which occurrence an instant lies in, and which comes next. Days and times are what the
// clock on the wall shows, so a change of summer time shortens or lengthens an occurrence and never moves its hours.

import { Temporal } from 'temporal-polyfill'
import { isTimeZone } from './calendar.ts'
import { quote } from './ids.ts'
import { weekdays, type Instant, type Recurrence, type Window } from './model.ts'
import { remembered } from './remembered.ts'

const timeOfDay = /^(?:[01]\d|2[0-3]):[0-5]\d$/

/** Beyond it a date and its neighbours no longer fit the calendar (ECMA-262 21.4.1.1, less a year). */
const reckonable = 8.64e15 - 366 * 86_400_000

/** What is wrong with the form of a recurrence, as a clause, or null. */
export function faultOfRecurrence(recurrence: Recurrence, timeZone: string): string | null {
  const { days, from, until } = recurrence
  if (!Array.isArray(days) || days.length === 0) return 'expected at least one day of the week, got none'
  const odd = days.find((day) => !weekdays.includes(day))
  if (odd !== undefined) return `expected days of the week (${weekdays.join(', ')}), got ${quote(odd)}`
  for (const time of [from, until]) {
    if (typeof time !== 'string' || !timeOfDay.test(time)) {
      return `expected times of day from 00:00 to 23:59, got ${quote(time)}`
    }
  }
  if (typeof timeZone !== 'string' || !isTimeZone(timeZone)) {
    return `expected the name of a time zone, as \`Europe/Berlin\`, got ${quote(timeZone)}`
  }
  return null
}

/**
 * The occurrence an instant lies in, or null. An end that the clocks skip is the moment they skip it; one they show
 * twice is the first. Null as well for instants at the very ends of the calendar.
 */
export function occurrenceAt(recurrence: Recurrence, timeZone: string, at: Instant): Window | null {
  if (Math.abs(at) > reckonable) return null
  const today = dayOf(at, timeZone)
  // Yesterday's may last past midnight; tomorrow's has begun where clocks went back over midnight.
  for (const ahead of [-1, 0, 1]) {
    const found = occurrenceOn(recurrence, today + ahead, timeZone)
    if (found !== null && at >= found.from && at < found.until) return found
  }
  return null
}

/** The first occurrence that begins after an instant, or null where none does within two weeks. */
export function nextOccurrence(recurrence: Recurrence, timeZone: string, after: Instant): Window | null {
  for (const found of occurrencesAfter(recurrence, timeZone, after)) return found
  return null
}

/** Every occurrence that begins after an instant, in order; ends at the ends of the calendar. */
export function* occurrencesAfter(recurrence: Recurrence, timeZone: string, after: Instant): Generator<Window> {
  if (Math.abs(after) > reckonable) return
  let day = dayOf(after, timeZone) - 1
  // A week holds every day; another bridges one that a change of date line or summer time has emptied.
  for (let empty = 0; empty <= 16; empty += 1, day += 1) {
    const found = occurrenceOn(recurrence, day, timeZone)
    if (found === null || found.from <= after) continue
    empty = 0
    yield found
    if (found.until > reckonable) return
  }
}

/** The day an occurrence is counted to, as the wall calendar shows it (`2026-03-31`). */
export function dayAt(at: Instant, timeZone: string): string {
  return new Date(dayOf(at, timeZone) * dayMs).toISOString().replace(/T.*/, '')
}

/** A day of the calendar, counted from 1 January 1970. */
type Day = number

const dayMs = 86_400_000

function dateOf(day: Day): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(day * dayMs)
    .toZonedDateTimeISO('UTC')
    .toPlainDate()
}

function dayOf(at: Instant, timeZone: string): Day {
  return at < wholeMinutesSince ? findDay(at, timeZone) : dayOfMinute(Math.floor(at / minuteMs), timeZone)
}

const minuteMs = 60_000
/** The last zone whose clock was off by a part of a minute, Liberia's, gave it up in January 1972. */
const wholeMinutesSince = Date.UTC(1973, 0, 1)
/** Sessions are decided at the same minutes, and windows begin at few of them. */
const mostMinutes = 20_000

const dayOfMinute = remembered(
  (minute: number, timeZone: string) => findDay(minute * minuteMs, timeZone),
  (minute, timeZone) => `${minute} ${timeZone}`,
  mostMinutes,
)

function findDay(at: Instant, timeZone: string): Day {
  const zoned = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone)
  return Math.floor((at + zoned.offsetNanoseconds / 1e6) / dayMs)
}

/** The occurrence that begins on a day; null where the day is not one of its days, or the clocks skip all of it. */
function occurrenceOn(recurrence: Recurrence, day: Day, timeZone: string): Window | null {
  // Day 0 was a Thursday.
  const weekday = weekdays[(((day + 3) % 7) + 7) % 7]
  return weekday === undefined || !recurrence.days.includes(weekday) ? null : spanOn(recurrence, day, timeZone)
}

/** Those of some rosters, windows and recurring grants, a year of each. */
const mostSpans = 20_000

const spanOn = remembered(
  findSpan,
  ({ from, until }: Recurrence, day: Day, timeZone: string) => `${day} ${from} ${until} ${timeZone}`,
  mostSpans,
)

/** What lies between the two times on a day; null where the clocks skip all of it. */
function findSpan(recurrence: Recurrence, on: Day, timeZone: string): Window | null {
  const day = dateOf(on)
  const from = firstShowing(day.toPlainDateTime(recurrence.from), timeZone)
  // Both are `HH:MM`: the order of the texts is the order of the times.
  const overnight = recurrence.until <= recurrence.from
  const until = firstShowing((overnight ? day.add({ days: 1 }) : day).toPlainDateTime(recurrence.until), timeZone)
  return until > from ? { from, until } : null
}

/** The first instant at which the clock shows this time or a later one. */
function firstShowing(time: Temporal.PlainDateTime, timeZone: string): Instant {
  const shown = time.toZonedDateTime(timeZone, { disambiguation: 'earlier' })
  if (shown.toPlainDateTime().equals(time)) return shown.epochMilliseconds
  // Skipped: `earlier` reads the time with the clock from before the change, so the change is the next one after it.
  return (shown.getTimeZoneTransition('next') ?? shown).epochMilliseconds
}

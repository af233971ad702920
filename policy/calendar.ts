// Days and time zones: what the bundle writes as `2026-03-31` and `Europe/Berlin`, turned into instants.
// A day is a text until it meets a time zone here; spans in instants are window.ts's.

import { Temporal } from 'temporal-polyfill'
import type { Instant } from './model.ts'
import { remembered } from './remembered.ts'

const day = /^\d{4}-\d{2}-\d{2}$/
// Intl also takes `+02:00` and `EST`. An offset has no summer time, so only names are let in.
const zoneName = /^(?:UTC|[A-Za-z_]+(?:\/[A-Za-z0-9_+-]+)+)$/

/** A plant's contracts, phases, reviews and exceptions name fewer. */
const mostDays = 2_000

const keyOf = (text: string, timeZone: string): string => `${text} ${timeZone}`

/** Is this a day that exists, written as ISO 8601-1:2019 4.1.2.2 has it (`2026-03-31`)? */
export function isDay(text: string): boolean {
  if (!day.test(text)) return false
  const instant = Date.parse(`${text}T00:00:00Z`)
  return Number.isFinite(instant) && new Date(instant).toISOString().startsWith(text)
}

/** Is this an IANA time zone known to this runtime (`Europe/Berlin`, `UTC`)? */
export function isTimeZone(text: string): boolean {
  if (!zoneName.test(text)) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== ''
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/** The first instant of a day in a time zone: midnight, or later where the clocks skip midnight. */
export const startOfDay: (text: string, timeZone: string) => Instant = remembered(
  (text, timeZone) => Temporal.PlainDate.from(text).toZonedDateTime(timeZone).epochMilliseconds,
  keyOf,
  mostDays,
)

/** The first instant that is no longer in this day, in a time zone. */
export const endOfDay: (text: string, timeZone: string) => Instant = remembered(
  (text, timeZone) => Temporal.PlainDate.from(text).add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds,
  keyOf,
  mostDays,
)

/** The day so many days after another one. */
export const dayAfter: (text: string, days: number) => string = remembered(
  (text, days) => Temporal.PlainDate.from(text).add({ days }).toString(),
  (text, days) => `${text} ${days}`,
  mostDays,
)

/**
 * The instant at which the clock of a zone shows this (`2026-03-29T02:30`); null where there is no such day or time. An
 * hour that a change of summer time leaves out is the one after it, one that comes twice is the first.
 */
export function localInstant(text: string, timeZone: string): Instant | null {
  try {
    return Temporal.PlainDateTime.from(text, { overflow: 'reject' }).toZonedDateTime(timeZone).epochMilliseconds
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return null
  }
}

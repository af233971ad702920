// Readers of days, times of day, time zones and recurrences, as people write them in a bundle. What they mean at an
// instant is reckoned elsewhere.

import { isDay, isTimeZone } from '../calendar.ts'
import { quote } from '../ids.ts'
import { weekdays, type Recurrence, type Weekday } from '../model.ts'
import type { Place } from './document.ts'
import { readChoice, readList, readMap, readText, shape, whole } from './fields.ts'
import { suggestion, type Problems } from './problem.ts'

export const recurrenceShape = shape(['days', 'from', 'until'])

/** Written as on a clock, 00:00 to 23:59. The end of a day is the 00:00 of the next. */
export const timePattern = '^(?:[01][0-9]|2[0-3]):[0-5][0-9]$'
const time = new RegExp(timePattern)
const dateTime = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})$/

/** A day, ISO 8601. */
export function readDay(problems: Problems, place: Place | null): string | null {
  const text = readText(problems, place)
  if (text === null || place === null) return null
  if (isDay(text)) return text
  const parts = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(text)
  const meant = parts ? `${parts[1]}-${parts[2]?.padStart(2, '0')}-${parts[3]?.padStart(2, '0')}` : ''
  const hint = isDay(meant) ? `: write \`${meant}\`` : ''
  problems.report(place, `expected a day that exists, as \`2026-03-31\`, got ${quote(text)}${hint}`)
  return null
}

/** First and last day, both given, in this order. `what` begins the sentence when they are not. */
export function readSpan(
  problems: Problems,
  from: Place | null,
  until: Place | null,
  what: string,
): { readonly from: string; readonly until: string } | null {
  const span = whole<{ from: string; until: string }>({
    from: readDay(problems, from),
    until: readDay(problems, until),
  })
  if (span === null || until === null || span.from <= span.until) return span
  problems.report(until, `expected the last day of ${what} to be \`${span.from}\` or later, got \`${span.until}\``)
  return null
}

/** An IANA time zone. */
export function readTimeZone(problems: Problems, place: Place | null): string | null {
  const text = readText(problems, place)
  if (text === null || place === null) return null
  if (isTimeZone(text)) return text
  const hint = suggestion(text, Intl.supportedValuesOf('timeZone'))
  problems.report(place, `expected an iana time zone, as \`Europe/Berlin\`, got ${quote(text)}${hint}`)
  return null
}

/** A time of day, `06:00`. */
export function readTime(problems: Problems, place: Place | null): string | null {
  const text = readText(problems, place)
  if (text === null || place === null) return null
  if (time.test(text)) return text
  const short = /^(\d):([0-5]\d)$/.test(text) ? `0${text}` : text === '24:00' ? '00:00' : ''
  const hint = short === '' ? '' : `: write \`${short}\``
  problems.report(place, `expected a time of day from 00:00 to 23:59, as \`06:00\`, got ${quote(text)}${hint}`)
  return null
}

/** A day and a time as the plant's clock shows them, `2026-12-24T06:00`; the plant says the zone. */
export function readDateTime(problems: Problems, place: Place | null): string | null {
  const text = readText(problems, place)
  if (text === null || place === null) return null
  const [, day = '', clock = ''] = dateTime.exec(text) ?? []
  if (isDay(day) && time.test(clock)) return text
  const hint = /(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? ': leave the offset out, the plant has its own time zone' : ''
  problems.report(place, `expected a day and a time, as \`2026-12-24T06:00\`, got ${quote(text)}${hint}`)
  return null
}

/** The days of the week, each once. */
export function readDays(problems: Problems, place: Place | null): readonly Weekday[] | null {
  const seen = new Set<Weekday>()
  return readList(
    problems,
    place,
    (item) => {
      const day = readChoice(problems, item, weekdays)
      if (day !== null && seen.has(day)) {
        problems.report(item, `day \`${day}\` is listed twice: leave one out`)
        return null
      }
      if (day !== null) seen.add(day)
      return day
    },
    { atLeast: 1 },
  )
}

/** A time of day that comes round on days of the week. */
export function readRecurrence(problems: Problems, place: Place | null): Recurrence | null {
  const fields = readMap(problems, place, recurrenceShape)
  return (
    fields &&
    whole<Recurrence>({
      days: readDays(problems, fields.get('days')),
      from: readTime(problems, fields.get('from')),
      until: readTime(problems, fields.get('until')),
    })
  )
}

// Instants on the wall clock of a named time zone, and back. Instants are milliseconds since the epoch (UTC); zones are
// IANA names. A plant and its reader often live in different zones: every function here says whose clock it means.

const minute = 60_000
const day = 24 * 60 * minute
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterOf(zone: string, locale: string): Intl.DateTimeFormat {
  const key = `${locale} ${zone}`
  const known = formatters.get(key)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat(locale, {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  })
  formatters.set(key, made)
  return made
}

/** The time zone this browser is set to. */
export const readerZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

/** Minutes the zone's clock is ahead of UTC at that instant. */
export function offsetMinutes(zone: string, at: number): number {
  const parts = formatterOf(zone, 'en-GB').formatToParts(at)
  const read = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((part) => part.type === type)?.value ?? '0')
  const shown = Date.UTC(read('year'), read('month') - 1, read('day'), read('hour'), read('minute'), read('second'))
  return Math.round((shown - Math.floor(at / 1000) * 1000) / minute)
}

/** Each knows the short names of its own part of the world and writes the others as offsets. */
const naming = ['en-GB', 'en-US', 'en-AU', 'en-IN'] as const

/** The short name of the zone at that instant: `CET`, `EST`, or `GMT+8` where there is no name people use. */
export function zoneName(zone: string, at: number): string {
  const names = naming.map(
    (locale) =>
      formatterOf(zone, locale)
        .formatToParts(at)
        .find((part) => part.type === 'timeZoneName')?.value ?? zone,
  )
  return names.find((name) => !/^GMT[+-]/.test(name)) ?? names[0] ?? zone
}

/** True where two zones show different clocks at that instant, so that a reader needs both. */
export const clocksDiffer = (one: string, other: string, at: number): boolean =>
  offsetMinutes(one, at) !== offsetMinutes(other, at)

/** The wall clock of the zone as a date whose UTC fields carry the local ones. */
const wallClock = (zone: string, at: number): Date => new Date(at + offsetMinutes(zone, at) * minute)

/** The wall clock of the zone in the form of a `datetime-local` field: `2026-11-21T14:02`. */
export const toLocalField = (zone: string, at: number): string => wallClock(zone, at).toISOString().slice(0, 16)

export type LocalInstant =
  | { readonly kind: 'ok'; readonly at: number; readonly twice: boolean }
  | { readonly kind: 'skipped' }
  | { readonly kind: 'malformed' }

/**
 * The instant at which the zone's clock shows a `datetime-local` value. When clocks go back a time happens twice and the
 * first is meant (`twice`); when they go forward a time never happens (`skipped`).
 */
export function fromLocalField(zone: string, field: string): LocalInstant {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(field)) return { kind: 'malformed' }
  const asUtc = Date.parse(`${field}:00Z`)
  if (Number.isNaN(asUtc)) return { kind: 'malformed' }
  const offsets = new Set([offsetMinutes(zone, asUtc - day), offsetMinutes(zone, asUtc + day)])
  const found = [...offsets]
    .map((offset) => asUtc - offset * minute)
    .filter((at) => toLocalField(zone, at) === field)
    .toSorted((a, b) => a - b)
  const [first] = found
  return first === undefined ? { kind: 'skipped' } : { kind: 'ok', at: first, twice: found.length > 1 }
}

const two = (value: number): string => String(value).padStart(2, '0')
const clock = (date: Date): string => `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`
const calendar = (date: Date, withYear: boolean): string =>
  `${weekdays[date.getUTCDay()] ?? ''} ${date.getUTCDate()} ${months[date.getUTCMonth()] ?? ''}` +
  (withYear ? ` ${date.getUTCFullYear()}` : '')

/** A full date and time with its zone: `Sat 21 Nov 2026, 14:02 CET`. */
export function formatInstant(at: number, zone: string): string {
  const date = wallClock(zone, at)
  return `${calendar(date, true)}, ${clock(date)} ${zoneName(zone, at)}`
}

/** The same, to the second, for evidence: `Sat 21 Nov 2026, 14:02:09 CET`. */
export function formatInstantExactly(at: number, zone: string): string {
  const date = wallClock(zone, at)
  return `${calendar(date, true)}, ${clock(date)}:${two(date.getUTCSeconds())} ${zoneName(zone, at)}`
}

/** A text with every instant in it (RFC 3339, UTC, seconds) on the zone's clock instead. */
export const withLocalTimes = (text: string, zone: string): string =>
  text.replace(/\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z/g, (written) => {
    const at = Date.parse(written)
    return Number.isNaN(at) ? written : formatInstantExactly(at, zone)
  })

/** The shortest form that cannot be misread beside `now`: the time alone today, the day as well on any other day. */
export function formatShort(at: number, zone: string, now: number): string {
  const date = wallClock(zone, at)
  const today = wallClock(zone, now)
  const time = `${clock(date)} ${zoneName(zone, at)}`
  if (date.toISOString().slice(0, 10) === today.toISOString().slice(0, 10)) return time
  return `${calendar(date, date.getUTCFullYear() !== today.getUTCFullYear())}, ${time}`
}

/** A window on the zone's clock: `Sat 21 Nov, 14:00–16:00 CET`, with the second day named when it is another one. */
export function formatWindow(window: { readonly from: number; readonly until: number }, zone: string): string {
  const from = wallClock(zone, window.from)
  const until = wallClock(zone, window.until)
  const start = `${calendar(from, false)}, ${clock(from)}`
  const names = [zoneName(zone, window.from), zoneName(zone, window.until)] as const
  const sameDay = from.toISOString().slice(0, 10) === until.toISOString().slice(0, 10)
  if (sameDay && names[0] === names[1]) return `${start}–${clock(until)} ${names[1]}`
  const left = names[0] === names[1] ? start : `${start} ${names[0]}`
  return `${left} – ${sameDay ? '' : `${calendar(until, false)}, `}${clock(until)} ${names[1]}`
}

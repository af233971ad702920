// Durations and instants as people type them on a command line.

const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
type Unit = keyof typeof units

export type Parsed<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'malformed'; readonly reason: string }

const expected = 'expected a duration such as `90s`, `15m`, `2h`, `1d` or `1h30m`'
/** No window, extension or wait is longer; a slip of the finger is caught here. */
const longest = 366 * units.d

/** Milliseconds of `90s`, `15m`, `2h`, `1d`, or parts in falling order such as `1h30m`. Never zero. */
export function parseDuration(text: string): Parsed<number> {
  if (!/^(?:[0-9]{1,9}[smhd])+$/.test(text)) return { kind: 'malformed', reason: expected }
  let value = 0
  let above = Infinity
  for (const [, digits = '', letter = ''] of text.matchAll(/([0-9]+)([smhd])/g)) {
    const unit = units[letter as Unit]
    if (unit >= above) return { kind: 'malformed', reason: `${expected}, the larger unit first` }
    above = unit
    value += Number(digits) * unit
  }
  if (value === 0) return { kind: 'malformed', reason: `${expected}, longer than nothing` }
  if (value > longest) return { kind: 'malformed', reason: `${expected}, at most ${showDuration(longest)}` }
  return { kind: 'ok', value }
}

/** The shortest text that parses to these milliseconds, cut to whole seconds: `1h30m`, `45s`, `0s`. */
export function showDuration(ms: number): string {
  let rest = Math.trunc(ms / 1000) * 1000
  if (rest <= 0) return '0s'
  let text = ''
  for (const letter of ['d', 'h', 'm', 's'] as const) {
    const count = Math.floor(rest / units[letter])
    rest -= count * units[letter]
    if (count > 0) text += `${count}${letter}`
  }
  return text
}

/**
 * Milliseconds since the epoch of `now`, `+30m` (from now), or an ISO 8601 instant with its zone
 * (`2026-03-01T06:00Z`, `2026-03-01T06:00+01:00`). A time without a zone is refused: a plant and a vendor rarely share
 * one, and a window must not depend on whose machine typed it.
 */
export function parseInstant(text: string, now: number): Parsed<number> {
  if (text === 'now') return { kind: 'ok', value: now }
  if (text.startsWith('+')) {
    const ahead = parseDuration(text.slice(1))
    return ahead.kind === 'ok' ? { kind: 'ok', value: now + ahead.value } : ahead
  }
  const match = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?$/.exec(text)
  if (match && match[1] === undefined) {
    return { kind: 'malformed', reason: `expected a time with its zone, such as \`${text}Z\` or \`${text}+01:00\`` }
  }
  const value = match ? Date.parse(text) : Number.NaN
  if (Number.isNaN(value) || !isRealDate(text)) {
    return { kind: 'malformed', reason: 'expected `now`, `+30m`, or a time such as `2026-03-01T06:00Z`' }
  }
  return { kind: 'ok', value }
}

/** Date.parse takes the 30th of February for the 2nd of March; a calendar does not. */
function isRealDate(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number)
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

/** An instant for people, to the second, in UTC. */
export function showInstant(ms: number): string {
  const date = new Date(ms)
  return Number.isNaN(date.getTime())
    ? `${ms} ms`
    : date
        .toISOString()
        .replace('.000Z', 'Z')
        .replace(/\.\d{3}Z$/, 'Z')
}

/** What the wall clock of a zone shows at an instant: `07:00`. @throws RangeError for a zone this machine does not know. */
export function clockOf(ms: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(ms)
}

/** An instant with the wall clock of a zone beside it: `2026-03-01T06:00Z (07:00 Europe/Berlin)`. */
export function showInZone(ms: number, timeZone: string): string {
  try {
    return `${showInstant(ms)} (${clockOf(ms, timeZone)} ${timeZone})`
  } catch (error) {
    // A zone this machine's data does not have: the instant says it all.
    if (!(error instanceof RangeError)) throw error
    return showInstant(ms)
  }
}

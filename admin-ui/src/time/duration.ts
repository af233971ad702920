// Lengths of time in words and back. Milliseconds in, plain English out; what people type in, whole minutes out.

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

const units = [
  { size: day, word: 'd' },
  { size: hour, word: 'h' },
  { size: minute, word: 'min' },
  { size: second, word: 's' },
] as const

/** A length of time by its two largest units (`2 h 5 min`, `45 s`); never negative, parts of a second are dropped. */
export function formatDuration(ms: number): string {
  const whole = Math.max(0, Math.floor(ms / second) * second)
  const first = units.findIndex((unit) => whole >= unit.size)
  if (first === -1) return '0 s'
  let rest = whole
  const parts: string[] = []
  for (const unit of units.slice(first, first + 2)) {
    const count = Math.floor(rest / unit.size)
    rest -= count * unit.size
    if (count > 0) parts.push(`${count} ${unit.word}`)
  }
  return parts.join(' ')
}

/**
 * How far `at` is from `now`, by one unit and to the nearest: `in 5 min`, `3 h ago`, `just now` within ten seconds. Up
 * to a day and a half hours are counted on, since `1 d` would hide half of one.
 */
export function formatRelative(at: number, now: number): string {
  const distance = Math.abs(at - now)
  if (distance < 10 * second) return 'just now'
  const unit =
    units.find(
      ({ size }, place) => distance >= (size === day ? 1.5 * day : size - (units[place + 1]?.size ?? 0) / 2),
    ) ?? units[3]
  const words = `${Math.round(distance / unit.size)} ${unit.word}`
  return at > now ? `in ${words}` : `${words} ago`
}

export type ParsedDuration =
  | { readonly kind: 'ok'; readonly minutes: number }
  | { readonly kind: 'malformed'; readonly reason: string }

const forms = [
  /^(?<minutes>\d{1,5})(?: ?m(?:in(?:utes?)?)?)?$/,
  /^(?<hours>\d{1,3})(?: ?h(?:ours?)?)(?: ?(?<minutes>\d{1,2})(?: ?m(?:in(?:utes?)?)?)?)?$/,
  /^(?<hours>\d{1,3}):(?<minutes>[0-5]\d)$/,
  /^(?<hours>\d{1,3}[.,]\d{1,2}) ?h(?:ours?)?$/,
]

/** Reads `90`, `90 min`, `2h`, `1 h 30 min`, `1:30` and `1.5 h` as whole minutes; a bare number is minutes. */
export function parseDuration(text: string): ParsedDuration {
  const typed = text.trim().toLowerCase()
  for (const form of forms) {
    const groups = form.exec(typed)?.groups
    if (groups === undefined) continue
    const hours = Number((groups['hours'] ?? '0').replace(',', '.'))
    const minutes = Math.round(hours * 60) + Number(groups['minutes'] ?? '0')
    return minutes > 0 ? { kind: 'ok', minutes } : { kind: 'malformed', reason: 'Give a duration longer than zero.' }
  }
  return { kind: 'malformed', reason: 'Write a duration such as 90 min, 2 h or 1 h 30 min.' }
}

/** Minutes as a person would type them into a duration field: `1 h 30 min`. */
export function formatMinutes(minutes: number): string {
  const hours = Math.floor(minutes / 60)
  const rest = minutes % 60
  if (hours === 0) return `${rest} min`
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`
}

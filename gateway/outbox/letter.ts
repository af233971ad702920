// What a message says, as plain text: a subject that says what to do, a few lines, one address to open. Names come from
// people, so what they hold is made harmless here: one line, no marks that a mail reader could take for a link, a header
// or another direction of writing.

import type { Instant, Window } from '../../policy/index.ts'

export interface Letter {
  /** One line; what the reader is to do, or what has happened. */
  readonly subject: string
  readonly lines: readonly string[]
  /** Path below the gateway's address, as `/approvals`; null where there is nothing to open. */
  readonly open: string | null
}

const longestName = 80
const longestSubject = 150

/**
 * A name or title as it may stand in a message. Keeps letters, digits, marks and plain punctuation of any script;
 * everything else (control characters, line breaks of every kind, direction marks, `:`, `/`, `<`, `@`) becomes a space.
 */
export function tame(text: string): string {
  const tamed = text
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N} .,'\u2019()&+_-]/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
  return cut(tamed, longestName)
}

/** At most so many code points, so that no character is cut in half. */
function cut(text: string, most: number): string {
  const points = Array.from(text)
  if (points.length <= most) return text
  return `${points
    .slice(0, most - 1)
    .join('')
    .trimEnd()}\u2026`
}

/** A line that cannot become two, whatever went into it. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim()
}

export function subjectOf({ subject }: Letter): string {
  return cut(oneLine(`Sallyport: ${subject}`), longestSubject)
}

/**
 * The whole text of a message.
 * @param base the gateway's own address, as `https://gateway.example`.
 */
export function textOf({ lines, open }: Letter, base: string): string {
  const body = lines.map(oneLine)
  const link = open === null ? [] : ['', `${base}${open}`]
  const closing = ['', '-- ', `Sent by the gateway at ${base}. Answers to this message are read by nobody.`]
  return [...body, ...link, ...closing, ''].join('\n')
}

const instantForm = {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
  timeZoneName: 'shortOffset',
} as const

/** An instant on the plant's own clock, with its offset: `Mon, 1 Jun 2026, 10:00 GMT+2`. */
export function showInstant(at: Instant, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { ...instantForm, timeZone }).format(at)
}

/** A window on the plant's own clock, with the name of the zone. */
export function showWindow({ from, until }: Window, timeZone: string): string {
  return `${showInstant(from, timeZone)} to ${showInstant(until, timeZone)} (${timeZone})`
}

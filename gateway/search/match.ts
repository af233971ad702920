// Whether a passage answers a query, exactly: the index finds candidates by codes of words; separators, prefixes and what
// must not stand there are judged here, on the text itself.

import { separator, type Query, type Term } from './query.ts'
import { tokensOf, type Token } from './tokens.ts'

/** A part of the text that answers a term. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** More in one passage are not shown. */
const maxSpans = 50

/** The parts of the text that answer the query, in order, none overlapping; null where it does not answer. */
export function matchText({ all, none }: Pick<Query, 'all' | 'none'>, text: string): readonly Span[] | null {
  const tokens = tokensOf(text)
  if (none.some((term) => spansOf(term, text, tokens, 1).length > 0)) return null
  const spans: Span[] = []
  for (const term of all) {
    const found = spansOf(term, text, tokens, maxSpans)
    if (found.length === 0) return null
    spans.push(...found)
  }
  return apart(spans)
}

function spansOf(term: Term, text: string, tokens: readonly Token[], most: number): Span[] {
  const found: Span[] = []
  for (let at = 0; at + term.tokens.length <= tokens.length && found.length < most; at++) {
    const span = spanAt(term, text, tokens, at)
    if (span !== null) found.push(span)
  }
  return found
}

function spanAt(
  { tokens: wanted, gaps, lead, trail, isPrefix }: Term,
  text: string,
  tokens: readonly Token[],
  at: number,
): Span | null {
  for (let i = 0; i < wanted.length; i++) {
    const token = tokens[at + i]?.text ?? ''
    const want = wanted[i] ?? ''
    const fits = isPrefix && i === wanted.length - 1 ? token.startsWith(want) : token === want
    if (!fits) return null
  }
  const [first, last] = [tokens[at], tokens[at + wanted.length - 1]]
  if (first === undefined || last === undefined) return null
  for (const [i, gap] of gaps.entries()) {
    const [before, after] = [tokens[at + i], tokens[at + i + 1]]
    if (gap !== '' && separator(text.slice(before?.end, after?.start)) !== gap) return null
  }
  // Folding may make a separator longer or shorter; as many characters as there can be are looked at.
  const ahead = separator(text.slice(tokens[at - 1]?.end ?? 0, first.start))
  const behind = separator(text.slice(last.end, tokens[at + wanted.length]?.start ?? text.length))
  if (!ahead.endsWith(lead) || !behind.startsWith(trail)) return null
  return { start: first.start - lead.length, end: Math.min(text.length, last.end + trail.length) }
}

function apart(spans: readonly Span[]): Span[] {
  const kept: Span[] = []
  for (const span of spans.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = kept.at(-1)
    if (last === undefined || span.start >= last.end) kept.push({ ...span, start: Math.max(0, span.start) })
  }
  return kept
}

/** A piece of a passage for showing: `hit` where it answers the query. */
export interface Piece {
  readonly text: string
  readonly hit: boolean
}

const around = 90
const mostShown = 320

/** What is shown of a passage: its first hit with some text around, on one line, with nothing in it that acts. */
export function snippetOf(text: string, spans: readonly Span[]): readonly Piece[] {
  const first = spans[0]
  const from = Math.max(0, (first?.start ?? 0) - around)
  const until = Math.min(text.length, Math.max(from + mostShown / 2, (first?.end ?? 0) + around, 0), from + mostShown)
  const pieces: Piece[] = []
  const add = (start: number, end: number, hit: boolean): void => {
    const piece = plainOf(text.slice(start, end))
    if (piece !== '') pieces.push({ text: piece, hit })
  }
  if (from > 0) pieces.push({ text: '\u2026', hit: false })
  let at = from
  for (const { start, end } of spans) {
    if (start >= until) break
    add(at, start, false)
    add(Math.max(at, start), Math.min(end, until), true)
    at = Math.min(end, until)
  }
  add(at, until, false)
  if (until < text.length) pieces.push({ text: '\u2026', hit: false })
  return pieces
}

/**
 * Text in which nothing acts: controls and ends of lines become spaces, and what turns the direction of writing, joins,
 * or is invisible goes, as it hides what a text says (Unicode TR 36).
 */
function plainOf(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').replace(/[\p{Cf}\p{Co}\p{Cn}\p{Cs}]/gu, '')
}

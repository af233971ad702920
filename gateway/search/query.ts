// What a person types to search, parsed: words, "phrases", prefix*, -not, and filters (person: supplier: asset: plant:
// after: before: in:). What stands in front of any other colon is no filter but text: `DB1:DBX0` is looked for.

import { folded, tokensOf } from './tokens.ts'

/** Words that have to stand one after the other, with what separates them. */
export interface Term {
  readonly tokens: readonly string[]
  /** Between one word and the next, folded; empty where only white space stood there, which any separator matches. */
  readonly gaps: readonly string[]
  /** Directly before the first word and after the last, folded. */
  readonly lead: string
  readonly trail: string
  /** The last word may go on. */
  readonly isPrefix: boolean
}

/** Where a text comes from. `about`: who, what and why of the session. */
export const sides = ['typed', 'shown', 'command', 'file', 'about'] as const
export type Side = (typeof sides)[number]

export const fields = ['person', 'supplier', 'asset', 'plant'] as const
export type Field = (typeof fields)[number]

export interface Query {
  readonly all: readonly Term[]
  readonly none: readonly Term[]
  /** Null: from everywhere. */
  readonly sides: readonly Side[] | null
  /** Values of which the session has to have one, folded. */
  readonly fields: Readonly<Partial<Record<Field, readonly string[]>>>
  /** Sessions that began at or after, and before; ms since the epoch. */
  readonly after: number | null
  readonly before: number | null
}

export type ParsedQuery =
  | { readonly kind: 'ok'; readonly query: Query }
  | { readonly kind: 'malformed'; readonly problems: readonly string[] }

export const maxQueryLength = 500
const maxTerms = 20
const maxTokens = 40

/** `in:command` is what was asked to be run: commands given as such, and lines that were typed. */
const sidesOf: Readonly<Record<string, readonly Side[]>> = {
  typed: ['typed'],
  shown: ['shown'],
  command: ['command', 'typed'],
  file: ['file'],
  about: ['about'],
}

/** An item: a minus, a filter, and a quoted or a bare value. A quote that is never closed goes to the end. */
const item = /(-?)(?:(person|supplier|asset|plant|after|before|in):)?(?:"([^"]*)(?:"(\*?)|$)|(\S+))/gi

/** Reads a query. Every problem is told at once. */
export function parseQuery(text: string): ParsedQuery {
  const problems: string[] = []
  if (text.length > maxQueryLength)
    return { kind: 'malformed', problems: [`expected at most ${maxQueryLength} characters, got ${text.length}`] }
  const all: Term[] = []
  const none: Term[] = []
  const values: Partial<Record<Field, string[]>> = {}
  let asked: Side[] | null = null
  let after: number | null = null
  let before: number | null = null
  for (const [whole, minus = '', filter, phrase, star, bare] of text.matchAll(item)) {
    const value = phrase ?? bare ?? ''
    const key = filter?.toLowerCase()
    if (key === undefined) {
      const term = phrase === undefined ? bareTerm(value) : phraseTerm(value, star === '*')
      if (term === null) problems.push(`\`${whole}\`: expected a letter or a digit`)
      else (minus === '-' ? none : all).push(term)
      continue
    }
    if (minus === '-') problems.push(`\`${whole}\`: a filter cannot be turned round`)
    else if (key === 'in') {
      const found = sidesOf[value.toLowerCase()]
      if (found === undefined) problems.push(`\`${whole}\`: expected one of ${Object.keys(sidesOf).join(', ')}`)
      else asked = [...new Set([...(asked ?? []), ...found])]
    } else if (key === 'after' || key === 'before') {
      const at = instantOf(value)
      if (at === null)
        problems.push(`\`${whole}\`: expected a day or a time in UTC, as 2026-11-21 or 2026-11-21T14:30Z`)
      else if (key === 'after') after = Math.max(after ?? 0, at)
      else before = Math.min(before ?? Number.MAX_SAFE_INTEGER, at)
    } else if (value === '') problems.push(`\`${whole}\`: expected a value`)
    else (values[key as Field] ??= []).push(folded(value))
  }
  const tokens = [...all, ...none].reduce((sum, term) => sum + term.tokens.length, 0)
  if (all.length + none.length > maxTerms || tokens > maxTokens)
    problems.push(`expected at most ${maxTerms} words and phrases with ${maxTokens} words in them`)
  if (problems.length === 0 && all.length === 0 && Object.keys(values).length === 0)
    problems.push('expected a word, a phrase, or one of person:, supplier:, asset: and plant:')
  if (problems.length > 0) return { kind: 'malformed', problems }
  return { kind: 'ok', query: { all, none, sides: asked, fields: values, after, before } }
}

/** A bare word as it was typed; punctuation that ends a sentence is not part of it. */
function bareTerm(text: string): Term | null {
  const isPrefix = text.endsWith('*')
  return termOf(isPrefix ? text.slice(0, -1) : text.replace(/(?<=.)[.,;:!?]+$/, ''), isPrefix)
}

function phraseTerm(text: string, isOpen: boolean): Term | null {
  const isPrefix = isOpen || text.endsWith('*')
  return termOf(text.endsWith('*') ? text.slice(0, -1) : text, isPrefix)
}

function termOf(text: string, isPrefix: boolean): Term | null {
  const found = tokensOf(text)
  const [first, last] = [found[0], found.at(-1)]
  if (first === undefined || last === undefined) return null
  const trail = separator(text.slice(last.end))
  return {
    tokens: found.map((token) => token.text),
    gaps: found.slice(1).map((token, at) => separator(text.slice(found[at]?.end, token.start))),
    lead: separator(text.slice(0, first.start)),
    trail,
    // A word that is closed by a separator does not go on.
    isPrefix: isPrefix && trail === '',
  }
}

/** What separates, as compared: folded, without white space around. */
export const separator = (text: string): string => folded(text).trim()

const instantForm = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?Z)?$/

function instantOf(text: string): number | null {
  if (!instantForm.test(text)) return null
  const at = Date.parse(text)
  // Date.parse takes the 31st of February for the 3rd of March.
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text.slice(0, 10) ? null : at
}

// Readers of single fields. Each takes a place and gives the value, or null after reporting what was expected and what
// was found. A null place (a missing field) has been reported by `readMap` and is passed over, so that readers compose.

import type { ParsedId } from '../ids.ts'
import { quote } from '../ids.ts'
import type { Place } from './document.ts'
import { suggestion, type Problems } from './problem.ts'

/** The keys of a map. Parsers and the schemas for editors are both written against it, so that they can't drift apart. */
export interface Shape<Required extends string = string, Optional extends string = string> {
  readonly required: readonly Required[]
  readonly optional: readonly Optional[]
}

export function shape<const Required extends string, const Optional extends string = never>(
  required: readonly Required[],
  optional: readonly Optional[] = [],
): Shape<Required, Optional> {
  return { required, optional }
}

export interface Fields<Key extends string = string> {
  readonly place: Place
  get(name: Key): Place | null
  /** Where the key is written, or the map as a whole when it is not. */
  at(name: Key): Place
}

/** A map with exactly these keys. Missing and unknown keys are reported; the known ones are read all the same. */
export function readMap<Required extends string, Optional extends string>(
  problems: Problems,
  place: Place | null,
  { required, optional }: Shape<Required, Optional>,
): Fields<Required | Optional> | null {
  if (place === null || place.value.kind === 'broken') return null
  if (place.value.kind !== 'map') {
    problems.report(
      place,
      `expected a map with ${list(required.length > 0 ? required : optional)}, got ${whatIs(place)}`,
    )
    return null
  }
  const entries = place.value.entries
  const known: readonly string[] = [...required, ...optional]
  for (const [key, at] of entries) {
    if (known.includes(key)) continue
    const hint =
      suggestion(
        key,
        known.filter((name) => !entries.has(name)),
      ) || `: expected ${list(known)}`
    problems.report(at, `unknown key ${quote(key)}${hint}`)
  }
  for (const key of required) {
    if (!entries.has(key)) {
      const path = place.path === '' ? key : `${place.path}.${key}`
      problems.report({ ...place, path }, `missing: expected \`${key}\` here`)
    }
  }
  return { place, get: (name) => entries.get(name) ?? null, at: (name) => entries.get(name) ?? place }
}

export function readList<T>(
  problems: Problems,
  place: Place | null,
  readItem: (item: Place) => T | null,
  { atLeast = 0 }: { readonly atLeast?: number } = {},
): readonly T[] | null {
  if (place === null || place.value.kind === 'broken') return null
  if (place.value.kind !== 'list') {
    problems.report(place, `expected a list, got ${whatIs(place)}`)
    return null
  }
  if (place.value.items.length < atLeast) {
    problems.report(place, 'expected a list with at least one entry, got none')
    return null
  }
  const items = place.value.items.map(readItem)
  const read = items.filter((item): item is NonNullable<typeof item> => item !== null)
  return read.length === items.length ? read : null
}

// C0 and C1 controls drive terminals, bidirectional overrides reorder what an approver reads: neither belongs in a name.
const unsafe = /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u

/** A text of one line. `upTo` counts UTF-16 units. */
export function readText(problems: Problems, place: Place | null, upTo = 500): string | null {
  if (place === null || place.value.kind === 'broken') return null
  const value = place.value.kind === 'scalar' ? place.value.value : null
  if (typeof value === 'number' || typeof value === 'boolean') {
    problems.report(place, `expected a text, got ${whatIs(place)}: write it in quotes`)
    return null
  }
  if (typeof value !== 'string') {
    problems.report(place, `expected a text, got ${whatIs(place)}`)
    return null
  }
  // A folded block (`>`) ends with a newline and is one line all the same.
  const text = value.trim()
  if (text === '') problems.report(place, 'expected a text, got an empty one')
  else if (text.length > upTo) problems.report(place, `expected at most ${upTo} characters, got ${text.length}`)
  else if (unsafe.test(text))
    problems.report(place, `expected one line of plain text, got control characters in ${quote(text)}`)
  else return text
  return null
}

export function readId<T>(problems: Problems, place: Place | null, parse: (input: unknown) => ParsedId<T>): T | null {
  const text = readText(problems, place)
  if (text === null || place === null) return null
  const parsed = parse(text)
  if (parsed.kind === 'ok') return parsed.id
  problems.report(place, parsed.reason)
  return null
}

export function readInteger(problems: Problems, place: Place | null, min: number, max: number): number | null {
  if (place === null || place.value.kind === 'broken') return null
  const value = place.value.kind === 'scalar' ? place.value.value : null
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) return value
  const hint = typeof value === 'string' && /^\d+$/.test(value) ? ': write it without quotes' : ''
  problems.report(place, `expected a whole number from ${min} to ${max}, got ${whatIs(place)}${hint}`)
  return null
}

export function readBoolean(problems: Problems, place: Place | null): boolean | null {
  if (place === null || place.value.kind === 'broken') return null
  if (place.value.kind === 'scalar' && typeof place.value.value === 'boolean') return place.value.value
  problems.report(place, `expected true or false, got ${whatIs(place)}`)
  return null
}

export function readChoice<const T extends string | number>(
  problems: Problems,
  place: Place | null,
  choices: readonly T[],
): T | null {
  if (place === null || place.value.kind === 'broken') return null
  const value = place.value.kind === 'scalar' ? place.value.value : null
  const choice = choices.find((each) => each === value)
  if (choice !== undefined) return choice
  const hint = typeof value === 'string' ? suggestion(value, choices.map(String)) : ''
  problems.report(place, `expected ${list(choices.map(String), 'or')}, got ${whatIs(place)}${hint}`)
  return null
}

/** An optional field: absent, it is what `fallback` says. A broken one has been reported and counts as absent. */
export function readOptional<T, F>(place: Place | null, fallback: F, read: (place: Place) => T | null): T | F {
  return place === null ? fallback : (read(place) ?? fallback)
}

/** The whole of it, when no field was null. */
export function whole<T extends object>(fields: { readonly [K in keyof T]: T[K] | null }): T | null {
  // The cast says what the check has just shown: no field is null.
  return Object.values(fields).includes(null) ? null : (fields as T)
}

export function list(words: readonly string[], last = 'and'): string {
  const quoted = words.map(quote)
  if (quoted.length < 2) return quoted.join('')
  return `${quoted.slice(0, -1).join(', ')} ${last} ${quoted.at(-1)}`
}

export function whatIs(place: Place): string {
  switch (place.value.kind) {
    case 'map':
      return 'a map'
    case 'list':
      return 'a list'
    case 'broken':
      return 'something unreadable'
    case 'scalar': {
      const value = place.value.value
      if (value === null) return 'nothing'
      return typeof value === 'string' ? quote(value) : `the ${typeof value} \`${value}\``
    }
  }
}

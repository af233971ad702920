// What each type of ledger entry is called and what it says, for people who read the evidence. A test holds the list
// against the types the gateway writes: a new one has to be named in one of the files beside.

import { accessWords } from './event-words/access.ts'
import { plantWords } from './event-words/plant.ts'
import { sessionWords } from './event-words/session.ts'
import type { EventWords } from './event-words/words.ts'

export const eventWords = { ...sessionWords, ...accessWords, ...plantWords } as const satisfies Readonly<
  Record<string, EventWords>
>

/** Null for a type of a later gateway than this page. */
export function wordsOf(type: string): EventWords | null {
  return Object.hasOwn(eventWords, type) ? eventWords[type as keyof typeof eventWords] : null
}

export interface TypeChoice {
  readonly value: string
  readonly label: string
}

/** All types to choose from, by title; one that has no words here stands under its own name. */
export function typeChoices(seen: readonly string[]): readonly TypeChoice[] {
  return [...new Set([...Object.keys(eventWords), ...seen])]
    .map((value) => ({ value, label: wordsOf(value)?.title ?? value }))
    .toSorted((a, b) => a.label.localeCompare(b.label, 'en'))
}

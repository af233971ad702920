// Reads the fields of ledger events. The ledger is written by us and read by the register as something from outside:
// an event that does not say what its type promises is a finding, not a crash and not a pass.

import { isDay } from '../calendar.ts'
import type { EvidenceEvent, Window } from '../model.ts'

/** An event lacks what a rule has to know. Caught where events are fed; the event counts as an offender. */
export class UnreadableEvent extends Error {
  override readonly name = 'UnreadableEvent'
}

export function textOf(event: EvidenceEvent, field: string): string {
  const value = event.data[field]
  if (typeof value === 'string') return value
  throw new UnreadableEvent(`\`${field}\`: expected a text`)
}

/** Null where the field is null or left out. */
export function optionalTextOf(event: EvidenceEvent, field: string): string | null {
  return event.data[field] === null || event.data[field] === undefined ? null : textOf(event, field)
}

/** A day that exists (ISO 8601). */
export function dayOf(event: EvidenceEvent, field: string): string {
  const day = textOf(event, field)
  if (isDay(day)) return day
  throw new UnreadableEvent(`\`${field}\`: expected a day`)
}

export function instantOf(event: EvidenceEvent, field: string): number {
  const value = event.data[field]
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  throw new UnreadableEvent(`\`${field}\`: expected a whole number`)
}

/** Null where the field is null or left out. */
export function optionalInstantOf(event: EvidenceEvent, field: string): number | null {
  return event.data[field] === null || event.data[field] === undefined ? null : instantOf(event, field)
}

/** A value with values of its own: `target`, `levels`. Fields of it are read as those of an event. */
export function partOf(event: EvidenceEvent, field: string): EvidenceEvent {
  const value = event.data[field]
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return { ...event, data: Object.fromEntries(Object.entries(value)) }
  }
  throw new UnreadableEvent(`\`${field}\`: expected an object`)
}

/** As `partOf`; null where the field is null or left out. */
export function optionalPartOf(event: EvidenceEvent, field: string): EvidenceEvent | null {
  return event.data[field] === null || event.data[field] === undefined ? null : partOf(event, field)
}

/** A number that need not be whole, such as the level 3.5. */
export function numberOf(event: EvidenceEvent, field: string): number {
  const value = event.data[field]
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw new UnreadableEvent(`\`${field}\`: expected a number`)
}

export function flagOf(event: EvidenceEvent, field: string): boolean {
  const value = event.data[field]
  if (typeof value === 'boolean') return value
  throw new UnreadableEvent(`\`${field}\`: expected true or false`)
}

export function listOf(event: EvidenceEvent, field: string): readonly unknown[] {
  const value = event.data[field]
  if (Array.isArray(value)) return value
  throw new UnreadableEvent(`\`${field}\`: expected a list`)
}

export function textsOf(event: EvidenceEvent, field: string): readonly string[] {
  return listOf(event, field).map((each) => {
    if (typeof each === 'string') return each
    throw new UnreadableEvent(`\`${field}\`: expected texts`)
  })
}

export function windowOf(event: EvidenceEvent, field: string): Window {
  const value = event.data[field]
  if (typeof value === 'object' && value !== null && 'from' in value && 'until' in value) {
    const { from, until } = value
    if (Number.isSafeInteger(from) && Number.isSafeInteger(until)) return { from: Number(from), until: Number(until) }
  }
  throw new UnreadableEvent(`\`${field}\`: expected a window`)
}

/** Is a commitment to a value there? Erasing the value leaves it in place; a value never given leaves none. */
export function isCommitted(event: EvidenceEvent, field: string): boolean {
  const value = event.data[field]
  return typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value)
}

/** A map that forgets its oldest entry instead of growing: what the register remembers of a ledger is bounded. */
export class RecentMap<K, V> {
  readonly #entries = new Map<K, V>()
  readonly #most: number

  constructor(most = 10_000) {
    this.#most = most
  }

  get(key: K): V | undefined {
    return this.#entries.get(key)
  }

  has(key: K): boolean {
    return this.#entries.has(key)
  }

  set(key: K, value: V): void {
    this.#entries.delete(key)
    this.#entries.set(key, value)
    if (this.#entries.size <= this.#most) return
    const oldest = this.#entries.keys().next()
    if (oldest.done !== true) this.#entries.delete(oldest.value)
  }

  delete(key: K): void {
    this.#entries.delete(key)
  }

  entries(): IterableIterator<[K, V]> {
    return this.#entries.entries()
  }
}

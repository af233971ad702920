// The shape of a control's rule: what it does with each event, and how it notes what it found.

import type { EventType } from '../events.ts'
import type { EvidenceEvent, Instant } from '../model.ts'

export interface Offender {
  /** Ledger index of the event that shows it. */
  readonly index: number
  readonly at: Instant
  readonly text: string
}

export interface Rule {
  readonly control: string
  /** How long one exercise keeps the control fresh, ms. */
  readonly freshMs: number
  start(tally: Tally): RuleRun
}

export interface RuleRun {
  /** One handler for each event type that feeds the control; may throw UnreadableEvent. */
  readonly on: { readonly [T in EventType]?: (event: EvidenceEvent) => void }
  /** Note what is overdue at this time. Called before each event and each result. */
  settle?(now: Instant): void
  /** Why the control is stale although it was exercised lately, or null. */
  staleness?(now: Instant): string | null
}

/** Enough to start looking; the count says how many there are. */
const mostOffenders = 20

/** What one control's rule has counted. */
export class Tally {
  population = 0
  last: { readonly index: number; readonly at: Instant } | null = null
  offenderCount = 0
  readonly #offenders: Offender[] = []
  readonly #onExercise: (event: EvidenceEvent) => void

  /** @param onExercise is told of each event that put the control to the test. */
  constructor(onExercise: (event: EvidenceEvent) => void = () => undefined) {
    this.#onExercise = onExercise
  }

  /** One member of the tested population: the control was at work. */
  exercise(event: EvidenceEvent): void {
    this.population += 1
    this.last = { index: event.index, at: event.at }
    this.#onExercise(event)
  }

  offend({ index, at }: { readonly index: number; readonly at: Instant }, text: string): void {
    this.offenderCount += 1
    this.#offenders.push({ index, at, text })
    if (this.#offenders.length > mostOffenders) this.#offenders.shift()
  }

  /** The latest ones, newest first. */
  get offenders(): readonly Offender[] {
    return this.#offenders.toReversed()
  }
}

export const hours = (count: number): number => count * 3_600_000
export const days = (count: number): number => count * 24 * 3_600_000

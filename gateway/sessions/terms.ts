// On what terms a session goes on: its window, what it is obliged to, what has run out, and when time may change that.
// Values that are replaced as decisions come; what is due by them is due.ts's, doing it the session's.

import type { Instant, Obligation } from '../../policy/index.ts'
import type { Lapse } from './due.ts'
import type { Permission } from './facts.ts'

const minute = 60_000

/** What others than the session ask of them. */
export type TermsView = Pick<Terms, 'unavailable' | 'lapse' | 'observed' | 'declared'>

export class Terms {
  #windowUntil: Instant
  #obligations: readonly Obligation[]
  #decidedUntil: Instant | null
  #lapse: Lapse | null = null
  #unavailable: readonly string[]

  constructor({ windowUntil, obligations, decidedUntil, unavailable = [] }: Permission) {
    this.#unavailable = unavailable
    this.#windowUntil = windowUntil
    this.#obligations = obligations
    this.#decidedUntil = decidedUntil
  }

  get windowUntil(): Instant {
    return this.#windowUntil
  }

  /** Dependencies that did not work as it began, by id. */
  get unavailable(): readonly string[] {
    return this.#unavailable
  }

  get lapse(): Lapse | null {
    return this.#lapse
  }

  /** When it is to be decided anew; null where time alone changes nothing, or where that is under way. */
  get decidedUntil(): Instant | null {
    return this.#decidedUntil
  }

  /** May it only be looked with? */
  get observeOnly(): boolean {
    return this.#obligations.some(({ kind }) => kind === 'observe-only')
  }

  /** Is its input held until somebody who comes along lets it through? */
  get writeHold(): boolean {
    return this.#obligations.some(({ kind }) => kind === 'write-hold')
  }

  /** The commands that may be run where it may only be looked with: none, or what its asset's owner vouches for. */
  get observed(): readonly string[] {
    const looks = this.#obligations.find(({ kind }) => kind === 'observe-only' || kind === 'write-hold')
    return looks !== undefined && 'commands' in looks ? (looks.commands ?? []) : []
  }

  /** The commands that may be run and nothing else, where a machine account uses it; null where a person does. */
  get declared(): readonly string[] | null {
    const obliged = this.#obligations.find(({ kind }) => kind === 'declared-commands')
    return obliged?.kind === 'declared-commands' ? obliged.commands : null
  }

  /** How long it goes on without an escort, ms; null where nobody has to come along. */
  get escortGraceMs(): number | null {
    const obliged = this.#obligations.find(({ kind }) => kind === 'escort')
    return obliged?.kind === 'escort' ? obliged.graceMinutes * minute : null
  }

  /** After how much rest it is locked or ended, ms; null: never. */
  restMs(kind: 'idle-lock' | 'idle-end'): number | null {
    const obliged = this.#obligations.find((each) => each.kind === kind)
    return obliged?.kind === kind ? obliged.minutes * minute : null
  }

  begin(given: Permission): void {
    this.#windowUntil = given.windowUntil
    this.#obligations = given.obligations
    this.#decidedUntil = given.decidedUntil
    this.#unavailable = given.unavailable ?? []
  }

  moveEnd(until: Instant): void {
    this.#windowUntil = until
  }

  /** It is permitted, and nothing has run out. */
  permit({ obligations, decidedUntil }: Pick<Permission, 'obligations' | 'decidedUntil'>): void {
    this.#obligations = obligations
    this.#decidedUntil = decidedUntil
    this.#lapse = null
  }

  /** It counts from what ran out first, whatever else has run out since or is good again. */
  run(out: Lapse): void {
    this.#lapse = this.#lapse === null ? out : { ...out, at: this.#lapse.at }
    this.#decidedUntil = null
  }

  /** It is being decided anew, or is to be at an instant. */
  decideAgain(at: Instant | null): void {
    this.#decidedUntil = at
  }
}

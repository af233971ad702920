// Which options are on, and what is answered: the Q method (RFC 1143), with which two ends never answer each other without
// end, whatever either says. What is not in the list of what is agreed to is refused, and nothing is kept of it.

import { DO, DONT, IAC, WILL, WONT } from './codes.ts'

/** Who does what the option is about. */
export type OptionSide = 'ours' | 'theirs'

/** RFC 1143 section 7; the second word is its queue bit. */
type State = 'no' | 'yes' | 'want-no' | 'want-no-opposite' | 'want-yes' | 'want-yes-opposite'

/** How each state goes on when the other end says on, or off; and whether that is said back. */
type Step = readonly [next: State, say: 'on' | 'off' | null]
const heardOn: Readonly<Record<Exclude<State, 'no'>, Step>> = {
  yes: ['yes', null],
  // Off was answered by on, which no end that keeps to the rules does.
  'want-no': ['no', null],
  'want-no-opposite': ['yes', null],
  'want-yes': ['yes', null],
  'want-yes-opposite': ['want-no', 'off'],
}
const heardOff: Readonly<Record<State, Step>> = {
  no: ['no', null],
  yes: ['no', 'off'],
  'want-no': ['no', null],
  'want-no-opposite': ['want-yes', 'on'],
  'want-yes': ['no', null],
  'want-yes-opposite': ['no', null],
}
const askedOn: Readonly<Record<State, Step>> = {
  no: ['want-yes', 'on'],
  yes: ['yes', null],
  'want-no': ['want-no-opposite', null],
  'want-no-opposite': ['want-no-opposite', null],
  'want-yes': ['want-yes', null],
  'want-yes-opposite': ['want-yes', null],
}
const askedOff: Readonly<Record<State, Step>> = {
  no: ['no', null],
  yes: ['want-no', 'off'],
  'want-no': ['want-no', null],
  'want-no-opposite': ['want-no', null],
  'want-yes': ['want-yes-opposite', null],
  'want-yes-opposite': ['want-yes-opposite', null],
}

const says = { ours: { on: WILL, off: WONT }, theirs: { on: DO, off: DONT } } as const

export interface Agreed {
  /** What is said to the other end; null where nothing is. */
  readonly answer: Uint8Array | null
  /** Is it now on, where that is another thing than before? */
  readonly changed: boolean | null
}

export class Negotiation {
  readonly #agreesTo: Readonly<Record<OptionSide, ReadonlySet<number>>>
  /** INVARIANT: holds options that are agreed to, and no other. */
  readonly #states: Readonly<Record<OptionSide, Map<number, State>>> = { ours: new Map(), theirs: new Map() }

  constructor(agreesTo: Readonly<Record<OptionSide, ReadonlySet<number>>>) {
    this.#agreesTo = agreesTo
  }

  isOn(side: OptionSide, option: number): boolean {
    return this.#stateOf(side, option) === 'yes'
  }

  /** The other end said `WILL`, `WONT`, `DO` or `DONT`. */
  hear(command: number, option: number): Agreed & { readonly side: OptionSide } {
    const side: OptionSide = command === WILL || command === WONT ? 'theirs' : 'ours'
    const isOn = command === WILL || command === DO
    const state = this.#stateOf(side, option)
    if (!isOn) return { side, ...this.#go(side, option, heardOff[state]) }
    if (state !== 'no') return { side, ...this.#go(side, option, heardOn[state]) }
    const agrees = this.#agreesTo[side].has(option)
    return { side, ...this.#go(side, option, agrees ? ['yes', 'on'] : ['no', 'off']) }
  }

  /** We would have it on, or off. What is not agreed to is never asked for. */
  ask(side: OptionSide, option: number, on: boolean): Agreed {
    if (!this.#agreesTo[side].has(option)) return { answer: null, changed: null }
    const state = this.#stateOf(side, option)
    return this.#go(side, option, on ? askedOn[state] : askedOff[state])
  }

  #stateOf(side: OptionSide, option: number): State {
    return this.#states[side].get(option) ?? 'no'
  }

  #go(side: OptionSide, option: number, [next, say]: Step): Agreed {
    const was = this.isOn(side, option)
    if (next === 'no') this.#states[side].delete(option)
    else this.#states[side].set(option, next)
    const is = next === 'yes'
    return {
      answer: say === null ? null : Uint8Array.of(IAC, says[side][say], option),
      changed: is === was ? null : is,
    }
  }
}

// What happened when on one channel, small enough to draw as one line: bursts of typing, silences, and marks. Of a long or
// hostile recording the finest detail goes, never the bound: each list keeps at most a thousand.

import type { JsonObject } from '../canonical.ts'
import type { Frame } from '../frame.ts'
import { exitLabel, oneLine } from '../screen-events.ts'
import { fileWords } from './file-words.ts'

/** Times are whole microseconds since the channel was opened. */
export interface Span {
  readonly from: number
  readonly until: number
}

export interface Burst extends Span {
  /** Bytes typed, masked ones included. */
  readonly keys: number
}

export const markKinds = ['notice', 'masked', 'resize', 'signal', 'exit', 'event'] as const
export interface Mark {
  readonly at: number
  readonly kind: (typeof markKinds)[number]
  readonly text: string
}

export interface ActivityState {
  readonly typed: readonly Burst[]
  /** Typing that stands closer together than this is one burst. */
  readonly typedGap: number
  readonly idle: readonly Span[]
  /** Shorter silences than this are none. */
  readonly idleLeast: number
  readonly marks: readonly Mark[]
  readonly marksLeftOut: number
}

export const mostKept = 1000
const second = 1_000_000
const mostText = 200

export const noActivity: ActivityState = {
  typed: [],
  typedGap: 5 * second,
  idle: [],
  idleLeast: 10 * second,
  marks: [],
  marksLeftOut: 0,
}

export class Activity {
  #typed: Burst[]
  #typedGap: number
  #idle: Span[]
  #idleLeast: number
  readonly #marks: Mark[]
  #marksLeftOut: number
  #last: number

  /** @param last when the last frame was that `from` knows of. */
  constructor(from: ActivityState, last: number) {
    this.#typed = [...from.typed]
    this.#typedGap = from.typedGap
    this.#idle = [...from.idle]
    this.#idleLeast = from.idleLeast
    this.#marks = [...from.marks]
    this.#marksLeftOut = from.marksLeftOut
    this.#last = last
  }

  get state(): ActivityState {
    return {
      typed: this.#typed.slice(),
      typedGap: this.#typedGap,
      idle: this.#idle.slice(),
      idleLeast: this.#idleLeast,
      marks: this.#marks.slice(),
      marksLeftOut: this.#marksLeftOut,
    }
  }

  /** @param at microseconds since the opening. */
  note(frame: Frame, at: number): void {
    this.#rest(at)
    switch (frame.kind) {
      case 'data':
        if (frame.direction === 'in') this.#type(at, frame.bytes.length)
        return
      case 'masked':
        this.#type(at, frame.count)
        this.#mark(at, 'masked', `${frame.count} bytes typed unseen`)
        return
      case 'notice':
        this.#mark(at, 'notice', oneLine(frame.text))
        return
      case 'resize':
        this.#mark(at, 'resize', `${frame.cols}x${frame.rows}`)
        return
      case 'signal':
        this.#mark(at, 'signal', oneLine(frame.name))
        return
      case 'exit':
        this.#mark(at, 'exit', exitLabel(frame.status))
        return
      case 'event':
        this.#noteEvent(at, frame.event)
        return
      case 'open':
      case 'close':
      case 'unknown':
        return
    }
  }

  #noteEvent(at: number, event: JsonObject): void {
    const words = fileWords(event)
    if (words !== null) this.#mark(at, 'event', oneLine(words ?? JSON.stringify(event)))
  }

  #rest(at: number): void {
    if (at - this.#last >= this.#idleLeast) this.#idle.push({ from: this.#last, until: at })
    this.#last = at
    if (this.#idle.length < 2 * mostKept) return
    const byLength = this.#idle.toSorted((a, b) => b.until - b.from - (a.until - a.from))
    const shortest = byLength[mostKept - 1]
    this.#idleLeast = shortest === undefined ? this.#idleLeast : shortest.until - shortest.from + 1
    this.#idle = byLength.slice(0, mostKept).toSorted((a, b) => a.from - b.from)
  }

  #type(at: number, keys: number): void {
    const last = this.#typed.at(-1)
    if (last !== undefined && at - last.until < this.#typedGap)
      this.#typed[this.#typed.length - 1] = { from: last.from, until: at, keys: last.keys + keys }
    else this.#typed.push({ from: at, until: at, keys })
    while (this.#typed.length > mostKept) {
      this.#typedGap *= 2
      this.#typed = merged(this.#typed, this.#typedGap)
    }
  }

  #mark(at: number, kind: Mark['kind'], text: string): void {
    const short = text.length > mostText ? `${text.slice(0, mostText - 1).toWellFormed()}…` : text
    if (this.#marks.length < mostKept) this.#marks.push({ at, kind, text: short })
    else this.#marksLeftOut++
  }
}

/** The longest silences, at most a thousand, in the order they came. */
export function longestIdle({ idle }: ActivityState): readonly Span[] {
  if (idle.length <= mostKept) return idle
  const byLength = idle.toSorted((a, b) => b.until - b.from - (a.until - a.from))
  return byLength.slice(0, mostKept).toSorted((a, b) => a.from - b.from)
}

function merged(bursts: readonly Burst[], gap: number): Burst[] {
  const out: Burst[] = []
  for (const burst of bursts) {
    const last = out.at(-1)
    if (last !== undefined && burst.from - last.until < gap)
      out[out.length - 1] = { from: last.from, until: burst.until, keys: last.keys + burst.keys }
    else out.push(burst)
  }
  return out
}

// Lines put together to passages: what is looked at for the words of a query together, and shown as one hit. A passage
// is some lines of one kind in one channel, and knows when each part of it came.

import type { Line, Mark } from './line.ts'
import type { Side } from './query.ts'

export interface Passage {
  readonly side: Side
  readonly text: string
  readonly marks: readonly Mark[]
}

/** A screenful, roughly. */
const enough = 3_000
/** What comes so much later belongs to something else, ms. */
const pauseMs = 120_000

export class Passages {
  readonly #side: Side
  readonly #emit: (passage: Passage) => void
  #text = ''
  #marks: Mark[] = []

  constructor(side: Side, emit: (passage: Passage) => void) {
    this.#side = side
    this.#emit = emit
  }

  add({ text, marks }: Line): void {
    const begins = marks[0]?.[1] ?? 0
    const last = this.#marks.at(-1)
    if (last !== undefined && begins - last[1] > pauseMs) this.flush()
    const offset = this.#text === '' ? 0 : this.#text.length + 1
    this.#text = offset === 0 ? text : `${this.#text}\n${text}`
    for (const [at, time] of marks) if (time !== this.#marks.at(-1)?.[1]) this.#marks.push([offset + at, time])
    if (this.#text.length >= enough) this.flush()
  }

  flush(): void {
    if (this.#text === '') return
    const passage = { side: this.#side, text: this.#text, marks: this.#marks }
    this.#text = ''
    this.#marks = []
    this.#emit(passage)
  }
}

/** When the character at `offset` came, ms since the channel was opened. */
export function timeAt(marks: readonly Mark[], offset: number): number {
  return marks.findLast(([from]) => from <= offset)?.[1] ?? marks[0]?.[1] ?? 0
}

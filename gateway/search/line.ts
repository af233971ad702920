// One line that is being written, as a terminal shows it: text goes in at the cursor, over what stands there or between
// it, and for parts of it is known when they came. Shown and typed lines are both made of it.

/** From this character of a text on, what stands there came at this time (ms since the channel was opened). */
export type Mark = readonly [offset: number, at: number]

/** A finished line. */
export interface Line {
  readonly text: string
  readonly marks: readonly Mark[]
}

/** All of it, as plain data that can be kept and taken up again. */
export interface LineState {
  readonly text: string
  readonly cursor: number
  readonly marks: readonly Mark[]
}

/** No line of a person is longer; a target that never ends one fills no memory. */
export const maxLine = 4_096
/** What comes within a second has one mark. */
const markEveryMs = 1_000

export class LineBuffer {
  #text = ''
  #cursor = 0
  #marks: Mark[] = []

  get length(): number {
    return this.#text.length
  }

  get cursor(): number {
    return this.#cursor
  }

  get isFull(): boolean {
    return this.#text.length >= maxLine
  }

  /** Writes over what stands at the cursor, as a terminal does. */
  write(text: string, at: number): void {
    this.#mark(at)
    this.#text =
      this.#cursor === this.#text.length
        ? this.#text + text
        : this.#text.slice(0, this.#cursor) + text + this.#text.slice(this.#cursor + text.length)
    this.#cursor += text.length
  }

  /** Puts text in at the cursor and moves what stands there on, as a line editor does. */
  insert(text: string, at: number): void {
    this.#mark(at)
    this.#text = this.#text.slice(0, this.#cursor) + text + this.#text.slice(this.#cursor)
    this.#cursor += text.length
  }

  /** Moves the cursor, within the line and at most to its end. */
  moveTo(column: number): void {
    this.#cursor = Math.max(0, Math.min(column, this.#text.length))
  }

  /** Takes out `count` characters from `from` on; the cursor stays on its character. */
  remove(from: number, count: number): string {
    const start = Math.max(0, from)
    const end = Math.min(this.#text.length, from + count)
    if (end <= start) return ''
    const gone = this.#text.slice(start, end)
    this.#text = this.#text.slice(0, start) + this.#text.slice(end)
    if (this.#cursor > start) this.#cursor = Math.max(start, this.#cursor - (end - start))
    return gone
  }

  /** Where a word before the cursor begins, the spaces between counted to it. */
  wordStart(): number {
    return this.#text.slice(0, this.#cursor).replace(/\S+\s*$/u, '').length
  }

  /** The line as it is, which is then begun anew; null when there is nothing in it to read. */
  finish(): Line | null {
    const text = this.#text
    const marks = this.#marks
    this.#text = ''
    this.#cursor = 0
    this.#marks = []
    return text.trim() === '' ? null : { text, marks: marks.filter(([offset]) => offset < text.length) }
  }

  save(): LineState {
    return { text: this.#text, cursor: this.#cursor, marks: [...this.#marks] }
  }

  restore({ text, cursor, marks }: LineState): void {
    this.#text = text
    this.#cursor = cursor
    this.#marks = [...marks]
  }

  /** Marks stay ascending in both: what was written over earlier text keeps the earlier time. */
  #mark(at: number): void {
    const last = this.#marks.at(-1)
    if (last === undefined) this.#marks.push([0, at])
    else if (this.#cursor > last[0] && at - last[1] >= markEveryMs) this.#marks.push([this.#cursor, at])
  }
}

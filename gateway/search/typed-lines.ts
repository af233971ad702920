// What a person typed on a terminal, as lines: keys put together as a line editor does, with backspace, the cursor keys
// and the usual control keys. What was typed and taken back whole, or broken off, is a line too.
//
// KNOWN GAP: what the other end puts into the line is not known here: a command fetched from the history, or what the tab
// key completed. It stands in what was shown, where the target echoed it.

import { type Line, LineBuffer, type LineState } from './line.ts'
import { Utf8Pieces } from './utf8.ts'

type State = 'ground' | 'escape' | 'csi' | 'ss3'

/** Plain data: kept between two readings of a living recording. */
export interface TypedState {
  readonly state: State
  readonly sequence: string
  readonly line: LineState
  readonly pending: string
}

const maxSequence = 32

export class TypedLines {
  readonly #line = new LineBuffer()
  readonly #emit: (line: Line) => void
  /** A key of several bytes may come in two pieces. */
  readonly #utf8 = new Utf8Pieces()
  #state: State = 'ground'
  #sequence = ''

  constructor(emit: (line: Line) => void) {
    this.#emit = emit
  }

  /** @param at ms since the channel was opened. */
  push(bytes: Uint8Array, at: number): void {
    for (const c of this.#utf8.read(bytes)) this.#key(c, at)
  }

  /** The channel is over: what was typed without an end is a line all the same. */
  end(): void {
    this.#flush()
  }

  save(): TypedState {
    return {
      state: this.#state,
      sequence: this.#sequence,
      line: this.#line.save(),
      pending: this.#utf8.save(),
    }
  }

  restore(saved: TypedState): void {
    this.#state = saved.state
    this.#sequence = saved.sequence
    this.#line.restore(saved.line)
    this.#utf8.restore(saved.pending)
  }

  #key(c: string, at: number): void {
    if (this.#state !== 'ground') return this.#inside(c, at)
    if (c >= ' ' && c !== '\u007f' && !(c >= '\u0080' && c <= '\u009f')) {
      this.#line.insert(c, at)
      if (this.#line.isFull) this.#flush()
      return
    }
    const line = this.#line
    switch (c) {
      case '\u001b':
        this.#state = 'escape'
        return
      // Return, and what breaks a line off: Ctrl-C, Ctrl-Z, Ctrl-\.
      case '\r':
      case '\n':
      case '\u0003':
      case '\u001a':
      case '\u001c':
        return this.#flush()
      case '\b':
      case '\u007f':
        return void line.remove(line.cursor - 1, line.cursor > 0 ? 1 : 0)
      // Ctrl-A, Ctrl-B, Ctrl-E, Ctrl-F: the cursor.
      case '\u0001':
        return line.moveTo(0)
      case '\u0002':
        return line.moveTo(line.cursor - 1)
      case '\u0005':
        return line.moveTo(line.length)
      case '\u0006':
        return line.moveTo(line.cursor + 1)
      case '\u0004':
        return void line.remove(line.cursor, 1)
      // Ctrl-K, Ctrl-U, Ctrl-W: taken back.
      case '\u000b':
        return this.#takeBack(line.cursor, line.length, at)
      case '\u0015':
        return this.#takeBack(0, line.cursor, at)
      case '\u0017':
        return void line.remove(line.wordStart(), line.cursor - line.wordStart())
      // Ctrl-N, Ctrl-P, Ctrl-R: another line comes from the history, in place of this.
      case '\u000e':
      case '\u0010':
      case '\u0012':
        return this.#flush()
    }
  }

  #inside(c: string, at: number): void {
    if (c === '\u001b') {
      this.#state = 'escape'
      return
    }
    if (this.#state === 'escape') {
      this.#sequence = ''
      this.#state = c === '[' ? 'csi' : c === 'O' ? 'ss3' : 'ground'
      // A control after ESC alone: the ESC was a key of its own.
      if (this.#state === 'ground' && c < ' ') this.#key(c, at)
      return
    }
    if (this.#state === 'csi' && (c < '@' || c > '~')) {
      if (c < ' ') {
        this.#state = 'ground'
        this.#key(c, at)
      } else if (this.#sequence.length < maxSequence) this.#sequence += c
      return
    }
    this.#state = 'ground'
    this.#cursorKey(this.#sequence, c)
  }

  #cursorKey(parameters: string, final: string): void {
    const line = this.#line
    switch (final) {
      case 'A':
      case 'B':
        return this.#flush()
      case 'C':
        return line.moveTo(line.cursor + 1)
      case 'D':
        return line.moveTo(line.cursor - 1)
      case 'H':
        return line.moveTo(0)
      case 'F':
        return line.moveTo(line.length)
      case '~':
        if (parameters === '1' || parameters === '7') line.moveTo(0)
        else if (parameters === '4' || parameters === '8') line.moveTo(line.length)
        else if (parameters === '3') line.remove(line.cursor, 1)
    }
  }

  #takeBack(from: number, until: number, at: number): void {
    const text = this.#line.remove(from, until - from)
    if (text.trim() !== '') this.#emit({ text, marks: [[0, at]] })
  }

  #flush(): void {
    const line = this.#line.finish()
    if (line !== null) this.#emit(line)
  }
}

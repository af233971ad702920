// What a target showed, as lines of text. The cursor is followed within a line (backspaces, carriage returns, the
// sequences of line editors), every other control sequence is left out, and one that moves elsewhere ends the line.
//
// KNOWN GAP: a program that fills the screen (an editor, a menu) may draw a word in pieces, or only what changed of it.
// Such a word is not found in what was shown; the replay shows it.

import { type Line, LineBuffer, type LineState } from './line.ts'
import { Utf8Pieces } from './utf8.ts'

type State = 'ground' | 'escape' | 'intermediate' | 'csi' | 'string' | 'string-escape'

/** Plain data: kept between two readings of a living recording. */
export interface ShownState {
  readonly state: State
  readonly sequence: string
  readonly line: LineState
  readonly last: string
  readonly noise: number
  readonly returned: boolean
  /** Bytes of a character that is not whole yet, base64. */
  readonly pending: string
}

const controls = /[\u0000-\u001f\u007f-\u009f]/g
const maxSequence = 64
const lineEnds = '\n\v\f\r'
/** Of a line with more bytes than that in a hundred that are no text, nothing is kept: it is a file that went by. */
const mostNoise = 25

export class ShownLines {
  readonly #line = new LineBuffer()
  readonly #emit: (line: Line) => void
  readonly #utf8 = new Utf8Pieces()
  #state: State = 'ground'
  #sequence = ''
  /** The line before: a screen that repaints itself says the same again and again. */
  #last = ''
  #noise = 0
  /** The cursor went back to the beginning, and what comes writes over the line. */
  #returned = false

  constructor(emit: (line: Line) => void) {
    this.#emit = emit
  }

  /** @param at ms since the channel was opened. */
  push(bytes: Uint8Array, at: number): void {
    this.#read(this.#utf8.read(bytes), at)
  }

  /** The channel is over: what is not finished is a line all the same. */
  end(at: number): void {
    this.#read(this.#utf8.end(), at)
    this.#flush()
  }

  save(): ShownState {
    return {
      state: this.#state,
      sequence: this.#sequence,
      line: this.#line.save(),
      last: this.#last,
      noise: this.#noise,
      returned: this.#returned,
      pending: this.#utf8.save(),
    }
  }

  restore(saved: ShownState): void {
    this.#state = saved.state
    this.#sequence = saved.sequence
    this.#line.restore(saved.line)
    this.#last = saved.last
    this.#noise = saved.noise
    this.#returned = saved.returned
    this.#utf8.restore(saved.pending)
  }

  #read(text: string, at: number): void {
    for (let i = 0; i < text.length;) {
      if (this.#state !== 'ground') {
        this.#inside(text.charAt(i++), at)
        continue
      }
      controls.lastIndex = i
      const next = controls.exec(text)?.index ?? text.length
      if (next > i) this.#write(text.slice(i, next), at)
      if (next < text.length) this.#control(text.charAt(next), at)
      i = next + 1
    }
  }

  #write(text: string, at: number): void {
    if (this.#returned) {
      // What is written over was seen: the state of a progress line at each time is a line of its own. As long as the same
      // is written again, in however many pieces it comes, nothing is.
      const { text: before, marks, cursor } = this.#line.save()
      this.#returned = before.startsWith(text, cursor)
      if (!this.#returned && before.trim() !== '')
        this.#take({ text: before, marks: marks.filter(([offset]) => offset < before.length) })
    }
    for (let i = 0; i < text.length; i += 1_024) {
      const piece = text.slice(i, i + 1_024)
      if (!this.#returned && piece.includes('\ufffd')) this.#noise += piece.split('\ufffd').length - 1
      this.#line.write(piece, at)
      if (this.#line.isFull) this.#flush()
    }
  }

  #control(c: string, at: number): void {
    switch (c) {
      case '\n':
      case '\v':
      case '\f':
      case '\u0085':
        return this.#flush()
      case '\r':
        this.#line.moveTo(0)
        this.#returned = true
        return
      case '\b':
        return this.#line.moveTo(this.#line.cursor - 1)
      case '\t':
        return this.#line.write(' ', at)
      case '\u001b':
        return this.#enter('escape')
      case '\u009b':
        return this.#enter('csi')
      case '\u0090':
      case '\u0098':
      case '\u009d':
      case '\u009e':
      case '\u009f':
        return this.#enter('string')
      // Two bytes a character, as Windows writes text, has zeros between; other controls speak of no text.
      case '\0':
      case '\u0007':
      case '\u000e':
      case '\u000f':
        return
      default:
        this.#noise++
    }
  }

  #inside(c: string, at: number): void {
    if (c === '\u0018' || c === '\u001a') return this.#enter('ground')
    if (this.#state === 'string') {
      if (c === '\u0007' || c === '\u009c') this.#enter('ground')
      else if (c === '\u001b') this.#enter('string-escape')
      // As in a replay: what a string without an end would hide is found all the same (FORMAT.md section 6.1).
      else if (lineEnds.includes(c)) {
        this.#enter('ground')
        this.#control(c, at)
      }
      return
    }
    if (c === '\u001b') return this.#enter('escape')
    // A control in the middle of a sequence works at once, and the sequence goes on (ECMA-48).
    if (c < ' ') return this.#control(c, at)
    switch (this.#state) {
      case 'string-escape':
        return c === '\\' ? this.#enter('ground') : this.#escape(c)
      case 'escape':
        return this.#escape(c)
      case 'intermediate':
        if (c > '/') this.#enter('ground')
        return
      case 'csi':
        if (c < '@' || c > '~') {
          if (this.#sequence.length < maxSequence) this.#sequence += c
          return
        }
        this.#csi(this.#sequence, c)
        return this.#enter('ground')
      case 'ground':
    }
  }

  #escape(c: string): void {
    if (c === '[') return this.#enter('csi')
    if ('PX]^_k'.includes(c)) return this.#enter('string')
    if (c >= ' ' && c <= '/') return this.#enter('intermediate')
    this.#enter('ground')
    // Next line, reverse index, and a full reset leave the line.
    if ('DEMc'.includes(c)) this.#flush()
  }

  #csi(parameters: string, final: string): void {
    const count = Math.min(maxSequence * maxSequence, Number(/^\d+/.exec(parameters)?.[0] ?? 1) || 1)
    const line = this.#line
    switch (final) {
      case 'C':
        // Over what is not there yet: a program that skips spaces instead of writing them.
        if (line.cursor + count > line.length) line.insert(' '.repeat(Math.min(count, 200)), 0)
        else line.moveTo(line.cursor + count)
        return
      case 'D':
        return line.moveTo(line.cursor - count)
      case 'G':
      case '`':
        return line.moveTo(count - 1)
      case 'K':
        if (/^0?$/.test(parameters)) line.remove(line.cursor, line.length)
        return
      case 'P':
        return void line.remove(line.cursor, count)
      case '@':
        return void (line.cursor < line.length && this.#spread(Math.min(count, 200)))
      case 'A':
      case 'B':
      case 'E':
      case 'F':
      case 'H':
      case 'J':
      case 'L':
      case 'M':
      case 'S':
      case 'T':
      case 'd':
      case 'f':
        return this.#flush()
    }
  }

  /** Room for what is put in at the cursor. */
  #spread(count: number): void {
    const { cursor } = this.#line
    this.#line.insert(' '.repeat(count), 0)
    this.#line.moveTo(cursor)
  }

  #flush(): void {
    this.#returned = false
    const line = this.#line.finish()
    if (line !== null) this.#take(line)
    this.#noise = 0
  }

  #take(line: Line): void {
    const text = line.text.trimEnd()
    if (text === this.#last || this.#noise * 100 > text.length * mostNoise) return
    this.#last = text
    this.#emit({ text, marks: line.marks })
  }

  #enter(state: State): void {
    this.#state = state
    this.#sequence = ''
  }
}

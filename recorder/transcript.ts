// A channel as text that a person reads: lines as they stood on the screen when it went on to the next one, each with its time,
// what was typed, and what is known of the rest. Made line by line of events that have been made safe, in constant memory.
//
// It draws one line, not a screen: what a full-screen program writes here and there comes out as the pieces it wrote, in
// their order. Who needs the screen replays it.

import { exitLabel, type ScreenEvent } from './screen-events.ts'

/** A longer line is broken: a program may never end one. */
const longestLine = 4096
// One control sequence, one plain run, or one control character. What is no drawing has been taken out before.
const pieces = /\u001b\[([0-9;:?]*)[ "!]?([@-~])|\u001b[()*+\-./#O].|\u001b(.)|[^\p{Cc}]+|\p{Cc}/gu

export class Transcript {
  readonly #origin: number
  readonly #line = new Line()
  /** When the first character of the line was drawn. */
  #begun = 0
  #typed = ''
  #typedAt = 0
  #hidden = 0

  /** @param origin microseconds; times in the transcript count from it. */
  constructor(origin: number) {
    this.#origin = origin
  }

  /** The lines that are whole with this event, each with its newline. */
  *next(event: ScreenEvent): Generator<string, void> {
    switch (event.kind) {
      case 'output':
        return yield* this.#draw(event.at, event.text)
      case 'typed':
        return yield* this.#type(event.at, event.keys)
      case 'masked':
        if (this.#typed === '' && this.#hidden === 0) this.#typedAt = event.at
        this.#hidden += event.count
        return
      case 'notice':
        yield* this.#endLine()
        yield this.#said(event.at, `* ${event.label}`)
        return
      case 'resize':
        yield* this.#endLine()
        yield this.#said(event.at, `* terminal of ${event.cols} by ${event.rows}`)
        return
      case 'signal':
        yield this.#said(event.at, `* signal ${event.label}`)
        return
      case 'exit':
        yield* this.end()
        yield this.#said(event.at, `* ${exitLabel(event.status)}`)
        return
    }
  }

  /** What is left when nothing follows. */
  *end(): Generator<string, void> {
    yield* this.#endTyping()
    yield* this.#endLine()
  }

  *#draw(at: number, text: string): Generator<string, void> {
    for (const [piece, parameters = '', final] of text.matchAll(pieces)) {
      const first = Number(/[0-9]+/.exec(parameters)?.[0] ?? 0)
      if (piece === '\n' || piece === '\u000b' || piece === '\f') yield* this.#endLine()
      else if (piece === '\r') this.#line.column = 0
      else if (piece === '\b') this.#line.column = Math.max(0, this.#line.column - 1)
      else if (piece === '\t') this.#line.column = Math.min((this.#line.column | 7) + 1, longestLine)
      else if (isText(piece)) {
        if (this.#line.isEmpty) this.#begun = at
        this.#line.put(piece)
        if (this.#line.length >= longestLine) yield* this.#endLine()
      } else if (final !== undefined) {
        if (leavesLine.has(final) || (final === 'J' && first >= 2)) yield* this.#endLine()
        this.#line.control(final, first, parameters)
      } else if (piece === '\u001bc' || piece === '\u001bD' || piece === '\u001bE' || piece === '\u001bM')
        yield* this.#endLine()
    }
  }

  /** Keys as they were pressed, brought together to lines as far as keys alone tell: history and completion are the program's. */
  *#type(at: number, text: string): Generator<string, void> {
    for (const [piece] of text.matchAll(pieces)) {
      if (piece === '\r' || piece === '\n') {
        if (this.#typed === '' && this.#hidden === 0) this.#typedAt = at
        yield* this.#endTyping()
      } else if (piece === '\u007f' || piece === '\b') this.#typed = this.#typed.slice(0, -1).toWellFormed()
      else if (isText(piece)) {
        if (this.#typed === '' && this.#hidden === 0) this.#typedAt = at
        this.#typed += piece
        if (this.#typed.length >= longestLine) yield* this.#endTyping()
      } else if (piece === '\u0003' || piece === '\u0004') {
        this.#typed += piece === '\u0003' ? '^C' : '^D'
        yield* this.#endTyping()
      }
    }
  }

  *#endTyping(): Generator<string, void> {
    if (this.#typed === '' && this.#hidden === 0) return
    const hidden = this.#hidden === 0 ? '' : `[${this.#hidden} bytes typed unseen]`
    yield this.#said(this.#typedAt, `> ${this.#typed}${hidden}`)
    this.#typed = ''
    this.#hidden = 0
  }

  *#endLine(): Generator<string, void> {
    const text = this.#line.take()
    if (text !== '') yield this.#said(this.#begun, `  ${text}`)
  }

  #said(at: number, text: string): string {
    return `[${clock(at - this.#origin)}] ${text}\n`
  }
}

/** Is it a run of characters, and no control? */
const isText = (piece: string): boolean => (piece >= ' ' && piece < '\u007f') || piece >= '\u00a0'

/** Control sequences after which the cursor is in another line: up, down, to a position, and lines put in or scrolled. */
const leavesLine = new Set('ABEFHdfLMST')

/** The line the cursor is in. */
class Line {
  #cells: string[] = []
  column = 0

  get length(): number {
    return this.#cells.length
  }

  get isEmpty(): boolean {
    return this.#cells.length === 0
  }

  put(text: string): void {
    for (const character of text) {
      while (this.#cells.length < this.column) this.#cells.push(' ')
      this.#cells[this.column++] = character
    }
  }

  /** What a control sequence does within the line. */
  control(final: string, first: number, parameters: string): void {
    const count = Math.max(first, 1)
    switch (final) {
      case 'C':
      case 'a':
        this.column = Math.min(this.column + count, longestLine)
        return
      case 'D':
        this.column = Math.max(0, this.column - count)
        return
      case 'G':
      case '`':
        this.column = Math.min(count - 1, longestLine)
        return
      case 'H':
      case 'f':
        this.column = Math.min(Math.max(Number(/;([0-9]+)/.exec(parameters)?.[1] ?? 1), 1) - 1, longestLine)
        return
      case 'E':
      case 'F':
        this.column = 0
        return
      case 'K':
      case 'J':
        if (first === 0) this.#cells.length = Math.min(this.#cells.length, this.column)
        else if (first === 1) this.#cells.fill(' ', 0, this.column + 1)
        else this.#cells = []
        return
      case 'P':
        this.#cells.splice(this.column, count)
        return
      case 'X':
        this.#cells.fill(' ', this.column, this.column + count)
        return
      case '@':
        if (this.column < this.#cells.length)
          this.#cells.splice(this.column, 0, ...Array<string>(Math.min(count, 1000)).fill(' '))
        return
    }
  }

  take(): string {
    const text = this.#cells.join('').trimEnd()
    this.#cells = []
    return text
  }
}

/** `h:mm:ss` of microseconds. */
function clock(micros: number): string {
  const seconds = Math.max(0, Math.floor(micros / 1e6))
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
}

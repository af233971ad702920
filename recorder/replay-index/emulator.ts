// The terminal that a recording is drawn on to make its screens: @xterm/headless, its one home. It parses what a hostile
// target wrote, so only a process made for it loads this file; it is given text made safe and nothing else, and what it
// would answer nobody reads.

import { createRequire } from 'node:module'
import type * as addon from '@xterm/addon-serialize'
import type * as headless from '@xterm/headless'
import { terminalSafe } from '../terminal-safe.ts'
import { drawRows } from './screen-text.ts'

// Both are CommonJS whose names Node cannot see from an import.
const require = createRequire(import.meta.url)
const { Terminal } = require('@xterm/headless') as typeof headless
const { SerializeAddon } = require('@xterm/addon-serialize') as typeof addon

/** Text is drawn in pieces of at least so many characters: each costs a turn of the event loop. */
const pieceLength = 64 << 10

interface Margins {
  readonly top: number
  readonly bottom: number
}

/** What is not to be seen in the cells: scroll margins, character sets and which is in use, a hidden cursor. */
interface Traces {
  /** Of each screen; null where it scrolls whole. */
  readonly margins: { normal: Margins | null; alternate: Margins | null }
  active: 'normal' | 'alternate'
  readonly charsets: Map<string, string>
  shifted: boolean
  hidden: boolean
}

const noTraces = (): Traces => ({
  margins: { normal: null, alternate: null },
  active: 'normal',
  charsets: new Map(),
  shifted: false,
  hidden: false,
})
const alternateModes: ReadonlySet<string> = new Set(['47', '1047', '1049'])
const traceSequences =
  /\u001b([()])(.)|([\u000e\u000f])|\u001b\[\?([0-9;]+)([hl])|\u001b\[([0-9]{0,4})(?:;([0-9]{0,4}))?r|\u001b(?:c|\[!p)/g

/**
 * KNOWN GAP: where the cursor was saved (ESC 7) and with which style is not in a screen, nor are tab stops, nor that a line is
 * full and the next character begins another. What depends on these stands at another place until it is drawn anew; but for a
 * living channel, no screen is made at a full line.
 */
export class Emulator {
  readonly #terminal: InstanceType<typeof Terminal>
  readonly #serializer = new SerializeAddon()
  #waiting = ''
  #traces = noTraces()

  constructor(cols: number, rows: number) {
    // No lines that have left the screen: a screen is what is seen, and stays small.
    this.#terminal = new Terminal({ cols, rows, scrollback: 0, allowProposedApi: true, logLevel: 'off' })
    this.#terminal.loadAddon(this.#serializer)
  }

  get cols(): number {
    return this.#terminal.cols
  }

  get rows(): number {
    return this.#terminal.rows
  }

  /** Draws text that has been made safe, sequences whole. */
  async write(text: string): Promise<void> {
    this.#waiting += text
    if (this.#waiting.length >= pieceLength) await this.#draw()
  }

  async resize(cols: number, rows: number): Promise<void> {
    await this.#draw()
    this.#terminal.resize(cols, rows)
    this.#traces.margins.normal = this.#traces.margins.alternate = null
  }

  /** Is the cursor behind the last column, where the next character begins another line? */
  async isLineFull(): Promise<boolean> {
    await this.#draw()
    return this.#terminal.buffer.active.cursorX >= this.cols
  }

  /** Text that, on a terminal of this size in whatever state, makes the screen that is here. */
  async screen(): Promise<string> {
    await this.#draw()
    const { normal, alternate, active } = this.#terminal.buffer
    let text = `\u001bc${this.#rowsOf(normal)}`
    // The ordinary screen keeps its cursor until it is come back to.
    if (active.type === 'alternate')
      text += `${marginsText(this.#traces.margins.normal)}\u001b[${normal.cursorY + 1};${normal.cursorX + 1}H\u001b[?1049h${this.#rowsOf(alternate)}`
    return terminalSafe(`${text}${this.#modes()}${this.#style()}`)
  }

  #rowsOf(buffer: headless.IBuffer): string {
    const { cols, rows } = this.#terminal
    const found = Array.from({ length: rows }, (_, y) => buffer.getLine(buffer.baseY + y))
    return drawRows(
      found.filter((row) => row !== undefined),
      cols,
    )
  }

  /** The style that the next character is written in: what the serializer's changes of style come to, its last one being to that. */
  #style(): string {
    const row = this.#serializer.serialize({ range: { start: 0, end: 0 }, excludeModes: true, excludeAltBuffer: true })
    return [...row.matchAll(/\u001b\[[0-9;]+m/g)].join('')
  }

  dispose(): void {
    this.#terminal.dispose()
  }

  /** Modes, margins and character sets, and the cursor. */
  #modes(): string {
    const { modes, buffer } = this.#terminal
    const { charsets, shifted, hidden, active } = this.#traces
    const margins = this.#traces.margins[active]
    let text = marginsText(margins)
    if (modes.originMode) text += '\u001b[?6h'
    const first = modes.originMode ? (margins?.top ?? 1) : 1
    text += `\u001b[${Math.max(buffer.active.cursorY + 2 - first, 1)};${buffer.active.cursorX + 1}H`
    for (const [slot, set] of charsets) text += `\u001b${slot}${set}`
    if (shifted) text += '\u000e'
    if (hidden) text += '\u001b[?25l'
    if (modes.insertMode) text += '\u001b[4h'
    if (modes.reverseWraparoundMode) text += '\u001b[?45h'
    if (!modes.wraparoundMode) text += '\u001b[?7l'
    return text
  }

  async #draw(): Promise<void> {
    const text = this.#waiting
    this.#waiting = ''
    if (text === '') return
    this.#trace(text)
    await new Promise<void>((resolve) => this.#terminal.write(text, resolve))
  }

  #trace(text: string): void {
    for (const [whole, slot, set, shift, modes, setting, top, bottom] of text.matchAll(traceSequences)) {
      if (slot !== undefined && set !== undefined) this.#traces.charsets.set(slot, set)
      else if (shift !== undefined) this.#traces.shifted = shift === '\u000e'
      else if (modes !== undefined) {
        if (modes.split(';').includes('25')) this.#traces.hidden = setting === 'l'
        if (modes.split(';').some((mode) => alternateModes.has(mode)))
          this.#switch(setting === 'h' ? 'alternate' : 'normal')
      } else if (whole.endsWith('r')) this.#limit(Number(top || 1), Number(bottom || 0))
      else this.#traces = noTraces()
    }
  }

  /** The alternate screen begins anew each time. */
  #switch(to: 'normal' | 'alternate'): void {
    if (to === this.#traces.active) return
    this.#traces.active = to
    this.#traces.margins.alternate = null
  }

  #limit(top: number, bottom: number): void {
    const last = bottom === 0 || bottom > this.rows ? this.rows : bottom
    // Margins that are none change nothing (DECSTBM).
    if (last <= Math.max(top, 1)) return
    const isWhole = top <= 1 && last === this.rows
    this.#traces.margins[this.#traces.active] = isWhole ? null : { top: Math.max(top, 1), bottom: last }
  }
}

const marginsText = (margins: Margins | null): string =>
  margins === null ? '' : `\u001b[${margins.top};${margins.bottom}r`

// The guard of telnet on the leg to a target (RFC 854, 855, 856, 857, 858, 1073, 1091, 1143): what it says is taken apart
// into text and commands; text goes on, commands are answered here and never reach anybody. What a client types becomes
// text in telnet's form and nothing else: no byte of it is a command. Environment and line mode (RFC 1572, 1184) are
// refused like all that is not listed: they give a target what it has no need of.
//
//     text         any byte, IAC twice; CR NUL is CR, CR LF is a new line (RFC 854, "The NVT printer and keyboard")
//     IAC cmd      two bytes, cmd 236 to 249
//     IAC will|wont|do|dont option
//     IAC SB option ... IAC SE, with IAC twice inside

import type { Verdict } from '../guard.ts'
import {
  BINARY,
  BRK,
  DM,
  DONT,
  ECHO,
  IAC,
  lowestCommand,
  NAWS,
  optionName,
  SB,
  SE,
  SUPPRESS_GO_AHEAD,
  TERMINAL_TYPE,
  TYPE_IS,
  TYPE_SEND,
  WILL,
} from './codes.ts'
import { Negotiation, type Agreed, type OptionSide } from './negotiation.ts'

export type TelnetVerdict =
  | Verdict
  /** Both ends have agreed on this, for the record. */
  | { readonly kind: 'option'; readonly side: OptionSide; readonly option: string; readonly on: boolean }

export interface Size {
  readonly cols: number
  readonly rows: number
}

/** Bytes of one subnegotiation: those that mean something here have at most a handful. */
export const mostSubnegotiated = 512
/** Answers without a byte of text between them: no target that means something asks so much. */
export const mostAnswersInARow = 1000
/** How much text may come before the mark of an interrupt is no longer waited for. */
const markWithin = 4096

const CR = 13
const NUL = 0
/** What a terminal interrupts with: ETX, SUB, FS. */
const interrupts: ReadonlySet<number> = new Set([3, 26, 28])

const ourOptions: ReadonlySet<number> = new Set([BINARY, SUPPRESS_GO_AHEAD, TERMINAL_TYPE, NAWS])
const theirOptions: ReadonlySet<number> = new Set([BINARY, ECHO, SUPPRESS_GO_AHEAD])

/** A name a target may be told (RFC 1010): what is none is told as unknown. */
const typeForm = /^[A-Za-z0-9][A-Za-z0-9+./_-]{0,39}$/

type Reading =
  | { readonly at: 'text' }
  | { readonly at: 'command' }
  | { readonly at: 'option'; readonly command: number }
  | { readonly at: 'sub'; readonly bytes: number[]; isEscaped: boolean }

const text: Reading = { at: 'text' }

function doubled(values: Iterable<number>): number[] {
  return [...values].flatMap((value) => (value === IAC ? [IAC, IAC] : [value]))
}

export class TelnetGuard {
  readonly #negotiation = new Negotiation({ ours: ourOptions, theirs: theirOptions })
  readonly #type: string
  #size: Size
  #reading: Reading = text
  #isAfterCr = false
  #inARow = 0
  #spoke = false
  /** Text that may still come before a mark without its IAC is taken for text. */
  #marksWithin = 0
  #holdsMark = false
  #isOver = false

  constructor(type: string, size: Size) {
    this.#type = typeForm.test(type) ? type : 'UNKNOWN'
    this.#size = size
  }

  /**
   * Does the target show what is typed? Where it speaks telnet and does not say so, that is for our end to do (RFC 857);
   * a line that negotiates nothing is none of a terminal, and shows it.
   */
  get echoes(): boolean {
    return !this.#spoke || this.#negotiation.isOn('theirs', ECHO)
  }

  /** What the target said. After `end` there is nothing more. */
  fromTarget(bytes: Uint8Array): readonly TelnetVerdict[] {
    const verdicts: TelnetVerdict[] = []
    // A mark that was held comes before what has come now.
    const said = Buffer.alloc(bytes.length + 1)
    let length = 0
    const say = (byte: number): void => {
      said[length++] = byte
      this.#inARow = 0
      if (this.#marksWithin > 0) this.#marksWithin--
    }
    const flush = (from: number): number => {
      if (length > from) verdicts.push({ kind: 'forward', bytes: said.subarray(from, length) })
      return length
    }
    let flushed = 0
    for (const byte of bytes) {
      if (this.#isOver) return verdicts
      const found = this.#take(byte, say)
      if (found.length === 0) continue
      flushed = flush(flushed)
      verdicts.push(...found)
    }
    flush(flushed)
    return verdicts
  }

  /** What a client typed, as the target is to get it. */
  fromClient(bytes: Uint8Array): Uint8Array {
    const isBinary = this.#negotiation.isOn('ours', BINARY)
    const out = Buffer.alloc(bytes.length * 2)
    let length = 0
    for (const byte of bytes) {
      out[length++] = byte
      if (byte === IAC) out[length++] = IAC
      if (byte === CR && !isBinary) out[length++] = NUL
      if (interrupts.has(byte)) this.#marksWithin = markWithin
    }
    return out.subarray(0, length)
  }

  /** What tells the target the size of the window (RFC 1073); null where it does not want to know. */
  resize(size: Size): Uint8Array | null {
    this.#size = size
    return this.#negotiation.isOn('ours', NAWS) ? this.#window() : null
  }

  /** A break of the line. */
  sendBreak(): Uint8Array {
    this.#marksWithin = markWithin
    return Uint8Array.of(IAC, BRK)
  }

  #take(byte: number, say: (byte: number) => void): readonly TelnetVerdict[] {
    const reading = this.#reading
    switch (reading.at) {
      case 'text':
        this.#takeText(byte, say)
        return []
      case 'command':
        this.#reading = text
        if (byte === IAC) this.#takePlain(IAC, say)
        else if (byte === SB) this.#reading = { at: 'sub', bytes: [], isEscaped: false }
        else if (byte >= WILL && byte <= DONT) this.#reading = { at: 'option', command: byte }
        // The mark of a Synch is sent as urgent, and the kernel takes an urgent byte out of the stream: then what
        // follows the lonely IAC is text. Every other command asks for nothing of a client.
        else if (byte < lowestCommand) this.#takePlain(byte, say)
        return []
      case 'option':
        this.#reading = text
        return this.#negotiate(reading.command, byte)
      case 'sub':
        return this.#takeSub(reading, byte)
    }
  }

  #takeText(byte: number, say: (byte: number) => void): void {
    if (this.#holdsMark) {
      this.#holdsMark = false
      // The mark itself, left behind where the IAC before it was the urgent byte; unless it begins a character (RFC 3629).
      if (byte >= 0x80 && byte <= 0xbf) say(DM)
      else this.#marksWithin = 0
    }
    if (byte === IAC) {
      this.#reading = { at: 'command' }
    } else if (byte === DM && this.#marksWithin > 0) this.#holdsMark = true
    else this.#takePlain(byte, say)
  }

  #takePlain(byte: number, say: (byte: number) => void): void {
    const isPadding = byte === NUL && this.#isAfterCr && !this.#negotiation.isOn('theirs', BINARY)
    this.#isAfterCr = byte === CR
    if (!isPadding) say(byte)
  }

  #takeSub(sub: Extract<Reading, { at: 'sub' }>, byte: number): readonly TelnetVerdict[] {
    if (!sub.isEscaped && byte === IAC) {
      sub.isEscaped = true
      return []
    }
    if (sub.isEscaped && byte !== IAC) {
      this.#reading = text
      // Anything but its end is a fault of the target: what was said so far means nothing (RFC 855).
      return byte === SE ? this.#subnegotiated(sub.bytes) : []
    }
    sub.isEscaped = false
    sub.bytes.push(byte)
    if (sub.bytes.length <= mostSubnegotiated) return []
    return this.#end(`the target sent a subnegotiation of telnet longer than ${mostSubnegotiated} bytes`)
  }

  #subnegotiated([option, verb, more]: readonly number[]): readonly TelnetVerdict[] {
    const isAsked = option === TERMINAL_TYPE && verb === TYPE_SEND && more === undefined
    if (!isAsked || !this.#negotiation.isOn('ours', TERMINAL_TYPE)) return []
    return this.#answer(Uint8Array.of(IAC, SB, TERMINAL_TYPE, TYPE_IS, ...Buffer.from(this.#type, 'latin1'), IAC, SE))
  }

  #negotiate(command: number, option: number): readonly TelnetVerdict[] {
    const heard = this.#negotiation.hear(command, option)
    const verdicts = [...this.#agreed(heard.side, option, heard)]
    if (this.#spoke || this.#isOver) return verdicts
    // It speaks telnet: what makes a terminal of it is asked for once, in case it waits to be asked.
    this.#spoke = true
    for (const [side, wanted] of [
      ['theirs', SUPPRESS_GO_AHEAD],
      ['ours', TERMINAL_TYPE],
      ['ours', NAWS],
    ] as const)
      verdicts.push(...this.#agreed(side, wanted, this.#negotiation.ask(side, wanted, true)))
    return verdicts
  }

  #agreed(side: OptionSide, option: number, { answer, changed }: Agreed): readonly TelnetVerdict[] {
    const verdicts = answer === null ? [] : [...this.#answer(answer)]
    if (changed !== null) verdicts.push({ kind: 'option', side, option: optionName(option), on: changed })
    if (changed === true && side === 'ours' && option === NAWS) verdicts.push(...this.#answer(this.#window()))
    return verdicts
  }

  #answer(bytes: Uint8Array): readonly TelnetVerdict[] {
    this.#inARow++
    if (this.#inARow > mostAnswersInARow) return this.#end('the target negotiates telnet options without end')
    return [{ kind: 'answer', bytes }]
  }

  #end(why: string): readonly TelnetVerdict[] {
    this.#isOver = true
    return [{ kind: 'end', text: why }]
  }

  #window(): Uint8Array {
    const { cols, rows } = this.#size
    const size = Buffer.alloc(4)
    size.writeUInt16BE(Math.min(cols, 0xffff), 0)
    size.writeUInt16BE(Math.min(rows, 0xffff), 2)
    return Uint8Array.from([IAC, SB, NAWS, ...doubled(size), IAC, SE])
  }
}

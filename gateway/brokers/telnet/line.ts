// One telnet connection as a stream: what is read is text, what is written becomes text in telnet's form, and what
// telnet itself says is answered here. Neither side can make it grow: a target that does not read what it is answered is
// not read from; what a client writes waits outside until the socket has room, and until the client has read the echo of
// what it wrote before.

import { Duplex, Readable } from 'node:stream'
import type { TelnetGuard, TelnetVerdict } from '../../guards/telnet/guard.ts'
import type { TerminalLine } from '../terminal-line.ts'

type Written = (error?: Error | null) => void

const CR = 13
const LF = 10
const nothing = new Uint8Array()

export class TelnetLine extends Duplex implements TerminalLine {
  readonly stderr: Readable
  readonly #socket: Duplex
  readonly #guard: TelnetGuard
  readonly #agreed: (verdict: TelnetVerdict & { readonly kind: 'option' }) => void
  #fault: string | null = null
  #wantsMore = true
  #hasEnded = false
  #isLoggedIn = false

  // The rest of a write, where whoever stops input finds it (ssh/unsent.ts): named as ssh2 names them. It is empty where
  // everything has left and only its echo waits for the reader: then nothing of it is thrown away, and what was written
  // behind it is.
  _waitWindow = false
  _chunk: Uint8Array | undefined
  _chunkcb: Written | undefined

  /** @param agreed told of each option as it is agreed on. */
  constructor(socket: Duplex, guard: TelnetGuard, agreed: (verdict: TelnetVerdict & { kind: 'option' }) => void) {
    super({ autoDestroy: false, decodeStrings: true })
    this.#socket = socket
    this.#guard = guard
    this.#agreed = agreed
    this.stderr = new Readable({ read: () => undefined })
    socket.on('data', (bytes: Buffer) => this.#hear(guard.fromTarget(bytes)))
    socket.on('drain', () => this.#drained())
    socket.once('end', () => this.#ended())
    socket.once('close', () => this.#ended())
    // A failure is told before the close, which says what is lost.
    socket.on('error', () => socket.destroy())
    this.once('end', () => this.destroy())
    // Nothing is heard before somebody reads.
    socket.pause()
  }

  get fault(): string | null {
    return this.#fault
  }

  /** From here on the user types, and sees what is typed where the target says that it does not show it (RFC 857). */
  loggedIn(): void {
    this.#isLoggedIn = true
  }

  setWindow(rows: number, cols: number): void {
    const told = this.#guard.resize({ cols, rows })
    if (told !== null && this.#socket.writable) this.#socket.write(told)
  }

  sendBreak(): void {
    if (this.#socket.writable) this.#socket.write(this.#guard.sendBreak())
  }

  override _read(): void {
    this.#wantsMore = true
    if (this._chunk?.length === 0) this.#takeWaiting()?.()
    this.#steer()
  }

  override _write(bytes: Uint8Array, _encoding: BufferEncoding | null, written: Written): void {
    if (bytes.length > 0 && this.#socket.writable) {
      if (this.#socket.writableNeedDrain) return this.#wait(bytes, written)
      this.#socket.write(this.#guard.fromClient(bytes))
      // Whoever types on and reads nothing would fill the gateway's memory with echoes.
      if (this.#isLoggedIn && !this.#guard.echoes && !this.#echo(bytes)) return this.#wait(nothing, written)
    }
    written()
  }

  /** The end of what is typed: a target would take the end of the connection for the user's leaving. */
  override _final(done: Written): void {
    done()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#hasEnded = true
    this.#socket.destroy()
    this.#takeWaiting()?.()
    if (!this.stderr.readableEnded) this.stderr.push(null)
    done(error)
  }

  #hear(verdicts: readonly TelnetVerdict[]): void {
    const answers: Uint8Array[] = []
    for (const verdict of verdicts) {
      switch (verdict.kind) {
        case 'forward':
          if (!this.#hasEnded) this.#wantsMore = this.push(verdict.bytes)
          break
        case 'answer':
          answers.push(verdict.bytes)
          break
        case 'option':
          this.#agreed(verdict)
          break
        case 'end':
          this.#fault = verdict.text
          this.#socket.destroy()
          return
      }
    }
    if (answers.length > 0 && this.#socket.writable) this.#socket.write(Buffer.concat(answers))
    this.#steer()
  }

  /** False where the reader has no room for more. Once the target has ended nothing is shown. */
  #echo(bytes: Uint8Array): boolean {
    return this.#hasEnded || this.push(Uint8Array.from([...bytes].flatMap((byte) => (byte === CR ? [CR, LF] : [byte]))))
  }

  #wait(rest: Uint8Array, written: Written): void {
    this._waitWindow = true
    this._chunk = rest
    this._chunkcb = written
  }

  /** What waits is over; whoever takes it calls what it returns. */
  #takeWaiting(): Written | undefined {
    const written = this._chunkcb
    this._waitWindow = false
    this._chunk = undefined
    this._chunkcb = undefined
    return written
  }

  #steer(): void {
    if (this.#wantsMore && !this.#socket.writableNeedDrain) this.#socket.resume()
    else this.#socket.pause()
  }

  #drained(): void {
    const bytes = this._chunk
    if (bytes !== undefined && bytes.length > 0) {
      const written = this.#takeWaiting()
      if (written) this._write(bytes, null, written)
    }
    this.#steer()
  }

  /** It says no more: what it has said is still read. */
  #ended(): void {
    const hadEnded = this.#hasEnded
    // Before anybody goes on writing: an echo would wait again, and nobody would tell it.
    this.#hasEnded = true
    this.#takeWaiting()?.()
    if (hadEnded) return
    this.push(null)
    this.stderr.push(null)
  }
}

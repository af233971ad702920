// What was written to the target's channel and has not left yet, because the target gives no room: when input stops, this
// does not trickle out afterwards. Of a terminal it is thrown away, of a channel without one it is kept for later.
//
// ssh2 (1.17, lib/Channel.js) keeps the rest of the write under way in `_chunk` and sends it when the window opens; it
// never clears `_chunk`, so that only `_waitWindow` says whether there is such a rest. A line of another protocol
// (../terminal-line.ts) names its own rest the same.

import type { Duplex } from 'node:stream'

type Written = (error?: Error | null) => void
type Write = (bytes: Uint8Array, encoding: BufferEncoding | null, written: Written) => void

interface Inside {
  _waitWindow: boolean
  _chunk: Uint8Array | undefined
  _chunkcb: Written | undefined
  _write: Write
}

export class Unsent {
  readonly #target: Inside
  readonly #send: Write
  #kept: { readonly bytes: Uint8Array; readonly written: Written } | null = null
  #isStopped = false
  #dropped = 0

  constructor(target: Duplex) {
    this.#target = target as unknown as Inside
    this.#send = this.#target._write.bind(target)
  }

  /** How much of a terminal's input was thrown away since it was last asked. */
  takeDropped(): number {
    const dropped = this.#dropped
    this.#dropped = 0
    return dropped
  }

  /** From now on nothing leaves. Safe to call twice. */
  stop(drops: boolean): void {
    if (this.#isStopped) return
    this.#isStopped = true
    const { _waitWindow, _chunk: bytes, _chunkcb: written } = this.#target
    this.#target._write = (more, _encoding, sent) => this.#hold(more, sent, drops)
    if (!_waitWindow || bytes === undefined || written === undefined) return
    this.#target._chunk = undefined
    this.#target._chunkcb = undefined
    this.#hold(bytes, written, drops)
  }

  /** It leaves again, beginning with what was kept. */
  release(): void {
    if (!this.#isStopped) return
    this.#isStopped = false
    this.#target._write = this.#send
    const kept = this.#kept
    this.#kept = null
    if (kept) this.#send(kept.bytes, null, kept.written)
  }

  /** A stream writes one piece after the other, so one is kept here at most, and the others wait behind it. */
  #hold(bytes: Uint8Array, written: Written, drops: boolean): void {
    if (!drops) {
      this.#kept = { bytes, written }
      return
    }
    this.#dropped += bytes.length
    written()
  }
}

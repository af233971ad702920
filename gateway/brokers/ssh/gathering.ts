// Gathers what arrives in one turn of the event loop, so that it is recorded and forwarded in one go: ssh2 hands bulk
// data over in pieces of 32 KiB, and a frame, a system call and a packet for each cost more than the bytes themselves.
// A keystroke waits for nothing: the turn ends as soon as the sockets have been read.

type Stream = 'in' | 'out' | 'err'

/** Enough for one go. More would only wait, and leave the processor's cache. */
const most = 256 * 1024

export class Gathering<S extends Stream> {
  readonly #deliver: (stream: S, pieces: readonly Uint8Array[]) => void
  // Owned by add and flush: pieces of one stream, in the order they came.
  #stream: S | null = null
  #pieces: Uint8Array[] = []
  #length = 0
  #due: NodeJS.Immediate | null = null

  /** @param deliver gets every byte once and in order, across both streams of a side; it must not keep the list. */
  constructor(deliver: (stream: S, pieces: readonly Uint8Array[]) => void) {
    this.#deliver = deliver
  }

  add(stream: S, bytes: Uint8Array): void {
    // The order of output and errors is part of what happened.
    if (this.#stream !== stream) this.flush()
    this.#stream = stream
    this.#pieces.push(bytes)
    this.#length += bytes.length
    if (this.#length >= most) this.flush()
    else this.#due ??= setImmediate(() => this.flush())
  }

  /** Delivers what is here now. Called before anything that must come after it: an end, a notice, a close. */
  flush(): void {
    if (this.#due) clearImmediate(this.#due)
    this.#due = null
    const stream = this.#stream
    if (stream === null) return
    const pieces = this.#pieces
    this.#stream = null
    this.#pieces = []
    this.#length = 0
    this.#deliver(stream, pieces)
  }
}

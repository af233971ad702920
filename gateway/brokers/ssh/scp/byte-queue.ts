// Bytes that have come and wait to be taken, piece by piece or line by line. Who fills it, and stops when it is full, is
// ends.ts's; who waits for more, too.

export class ByteQueue {
  #pieces: Uint8Array[] = []
  #length = 0
  #hasEnded = false

  get length(): number {
    return this.#length
  }

  /** Nothing more will come than what is here. */
  get hasEnded(): boolean {
    return this.#hasEnded
  }

  push(pieces: readonly Uint8Array[]): void {
    for (const piece of pieces) {
      if (piece.length === 0) continue
      this.#pieces.push(piece)
      this.#length += piece.length
    }
  }

  end(): void {
    this.#hasEnded = true
  }

  clear(): void {
    this.#pieces = []
    this.#length = 0
  }

  /** At most so many bytes, in one piece as it came; none where nothing is here. */
  take(most: number): Uint8Array {
    const [first] = this.#pieces
    if (first === undefined) return new Uint8Array()
    const taken = first.subarray(0, most)
    this.#length -= taken.length
    if (taken.length === first.length) this.#pieces.shift()
    else this.#pieces[0] = first.subarray(taken.length)
    return taken
  }

  /** Up to the next LF, which is taken and left out. Null: it is not here yet. `too-long`: not within so many bytes. */
  takeLine(most: number): Uint8Array | 'too-long' | null {
    let before = 0
    for (const piece of this.#pieces) {
      const at = piece.indexOf(10)
      if (at >= 0 && before + at <= most) {
        const line = Buffer.alloc(before + at + 1)
        for (let filled = 0; filled < line.length;) {
          const part = this.take(line.length - filled)
          line.set(part, filled)
          filled += part.length
        }
        return line.subarray(0, -1)
      }
      before += piece.length
      if (before > most) return 'too-long'
    }
    return null
  }
}

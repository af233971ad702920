// UTF-8 in pieces whose reader can be put away and taken up again: TextDecoder keeps its state to itself.

export class Utf8Pieces {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  #pending: Buffer<ArrayBufferLike> = Buffer.alloc(0)

  /** The text of the bytes, but for a character at the end that is not whole yet: that waits for the next piece. */
  read(bytes: Uint8Array): string {
    const whole = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes])
    const end = whole.length - unfinishedBytes(whole)
    this.#pending = Buffer.from(whole.subarray(end))
    return this.#decoder.decode(whole.subarray(0, end))
  }

  /** Nothing more comes: a character that was begun is none. */
  end(): string {
    const begun = this.#pending.length > 0
    this.#pending = Buffer.alloc(0)
    return begun ? '\ufffd' : ''
  }

  /** What waits, base64. */
  save(): string {
    return this.#pending.toString('base64')
  }

  restore(saved: string): void {
    this.#pending = Buffer.from(saved, 'base64')
  }
}

/** Bytes at the end that begin a character and do not end it: 0 to 3. What is no UTF-8 at all is not waited for. */
export function unfinishedBytes(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) return 0
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? back : 0
  }
  return 0
}

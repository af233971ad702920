// The types of the SSH wire (RFC 4251 section 5), read strictly: what is short, overlong or no UTF-8 is said with its
// place. Who reads decides what it means.

/** What was expected, and at which byte. Never leaves the parsers of this folder. */
export class WireFault extends Error {}

const utf8 = new TextDecoder('utf-8', { fatal: true })

export class WireReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get at(): number {
    return this.#at
  }

  get isDone(): boolean {
    return this.#at === this.#bytes.length
  }

  #take(length: number, what: string): Buffer {
    const left = this.#bytes.length - this.#at
    if (length > left) throw new WireFault(`byte ${this.#at}: expected ${what} of ${length} bytes, got ${left}`)
    const taken = this.#bytes.subarray(this.#at, this.#at + length)
    this.#at += length
    return taken
  }

  byte(what: string): number {
    return this.#take(1, what).readUInt8()
  }

  u32(what: string): number {
    return this.#take(4, what).readUInt32BE()
  }

  u64(what: string): bigint {
    return this.#take(8, what).readBigUInt64BE()
  }

  /** The bytes stay a view of what is read. */
  string(what: string): Buffer {
    return this.#take(this.u32(`the length of ${what}`), what)
  }

  text(what: string): string {
    const at = this.#at
    try {
      return utf8.decode(this.string(what))
    } catch (error) {
      if (error instanceof WireFault) throw error
      throw new WireFault(`byte ${at}: expected ${what} in UTF-8`)
    }
  }

  /** A positive mpint, as big-endian bytes without leading zeros. */
  mpint(what: string): Buffer {
    const at = this.#at
    const bytes = this.string(what)
    if (bytes.length > 0 && (bytes[0] ?? 0) >= 0x80)
      throw new WireFault(`byte ${at}: expected ${what} to be positive, got a negative mpint`)
    let zeros = 0
    while (bytes[zeros] === 0) zeros++
    return bytes.subarray(zeros)
  }

  /** Nothing may follow: what two readers disagree about is where forgeries hide. */
  end(what: string): void {
    if (!this.isDone)
      throw new WireFault(
        `byte ${this.#at}: expected the end of ${what}, got ${this.#bytes.length - this.#at} bytes more`,
      )
  }
}

/** Runs a parser; its fault becomes an answer, everything else stays an exception. */
export function parsed<T>(parse: () => T): { readonly kind: 'ok'; readonly value: T } | Malformed {
  try {
    return { kind: 'ok', value: parse() }
  } catch (error) {
    if (error instanceof WireFault) return { kind: 'malformed', problem: error.message }
    throw error
  }
}

export interface Malformed {
  readonly kind: 'malformed'
  readonly problem: string
}

/** An SSH `string`: length and bytes. */
export function wireString(bytes: Uint8Array | string): Buffer {
  const content = typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length)
  return Buffer.concat([length, content])
}

// Reading and writing the fields of SFTP packets (draft-ietf-secsh-filexfer-02 section 3; the types are RFC 4251 section
// 5). What does not fit throws SftpFault, and nothing else is ever thrown.

/** What came is no SFTP: one clause that says what was expected. */
export class SftpFault extends Error {}

export class FieldReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  #take(length: number, what: string): number {
    if (length > this.left) throw new SftpFault(`${what}: expected ${length} bytes, got ${this.left}`)
    const at = this.#at
    this.#at += length
    return at
  }

  u8(what: string): number {
    return this.#bytes.readUInt8(this.#take(1, what))
  }

  u32(what: string): number {
    return this.#bytes.readUInt32BE(this.#take(4, what))
  }

  /** At most 2^53 - 1: no file is larger. */
  u64(what: string): number {
    const at = this.#take(8, what)
    const high = this.#bytes.readUInt32BE(at)
    if (high < 2 ** 21) return high * 2 ** 32 + this.#bytes.readUInt32BE(at + 4)
    throw new SftpFault(`${what}: expected at most 2^53 - 1, got ${this.#bytes.readBigUInt64BE(at)}`)
  }

  /** A view of the packet, no copy. */
  string(what: string, longest = Number.MAX_SAFE_INTEGER): Buffer {
    const length = this.u32(what)
    if (length > longest) throw new SftpFault(`${what}: expected at most ${longest} bytes, got ${length}`)
    const at = this.#take(length, what)
    return this.#bytes.subarray(at, at + length)
  }

  /** So many bytes as they stand. */
  bytes(length: number, what: string): Buffer {
    const at = this.#take(length, what)
    return this.#bytes.subarray(at, at + length)
  }

  end(): void {
    if (this.left > 0) throw new SftpFault(`expected the end of the packet, got ${this.left} bytes more`)
  }
}

export const u32 = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeUInt32BE(value)
  return bytes
}

export const u64 = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}

export function string(value: string | Uint8Array): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value
  return Buffer.concat([u32(bytes.length), bytes])
}

/** A whole packet with its length: `type`, then the fields. */
export function packet(type: number, ...fields: readonly Uint8Array[]): Buffer {
  const length = fields.reduce((sum, field) => sum + field.length, 1)
  return Buffer.concat([u32(length), Buffer.from([type]), ...fields], length + 4)
}

/** The packet with another request id in it. */
export function withId(frame: Buffer, id: number): Buffer {
  const copy = Buffer.from(frame)
  copy.writeUInt32BE(id, 5)
  return copy
}

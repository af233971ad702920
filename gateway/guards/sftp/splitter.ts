// Cuts a stream of bytes into SFTP packets, however it was split on its way. A packet that is longer than anybody has to
// take is refused when its length has come, before a byte of it is kept.

import { longestPacket } from './codes.ts'
import { SftpFault } from './fields.ts'

/** A type and an id, or a version. */
const shortest = 5

export class PacketSplitter {
  #pieces: Buffer[] = []
  #length = 0
  #fault: SftpFault | null = null

  /** Bytes of a packet that is not whole. */
  get waiting(): number {
    return this.#length
  }

  /**
   * Gives every packet that is whole now, each with its length field.
   * @throws SftpFault from the first packet whose length is not possible; from then on always.
   */
  *take(bytes: Buffer): Generator<Buffer> {
    if (this.#fault) throw this.#fault
    if (bytes.length > 0) this.#pieces.push(bytes)
    this.#length += bytes.length
    while (this.#length >= 4) {
      const length = this.#lengthField()
      if (length < shortest || length > longestPacket) {
        this.#fault = new SftpFault(`a packet of ${length} bytes: expected ${shortest} to ${longestPacket}`)
        this.#pieces = []
        throw this.#fault
      }
      if (this.#length < length + 4) return
      yield this.#cut(length + 4)
    }
  }

  /** The first four bytes, which are there, in however many pieces. */
  #lengthField(): number {
    const [first] = this.#pieces
    if (first && first.length >= 4) return first.readUInt32BE(0)
    let value = 0
    let had = 0
    for (const piece of this.#pieces)
      for (let i = 0; i < piece.length && had < 4; i++, had++) value = value * 256 + (piece[i] ?? 0)
    return value
  }

  /** The first bytes, in one piece: a view where they are, and otherwise a copy of them and of nothing behind them. */
  #cut(length: number): Buffer {
    this.#length -= length
    const [first] = this.#pieces
    if (first && first.length > length) {
      this.#pieces[0] = first.subarray(length)
      return first.subarray(0, length)
    }
    if (first?.length === length) {
      this.#pieces.shift()
      return first
    }
    const whole = Buffer.allocUnsafe(length)
    let had = 0
    let used = 0
    for (const piece of this.#pieces) {
      const part = piece.subarray(0, length - had)
      part.copy(whole, had)
      had += part.length
      if (part.length < piece.length) this.#pieces[used] = piece.subarray(part.length)
      else used++
      if (had === length) break
    }
    this.#pieces.splice(0, used)
    return whole
  }
}

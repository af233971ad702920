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
      const length = this.#front(4).readUInt32BE(0)
      if (length < shortest || length > longestPacket) {
        this.#fault = new SftpFault(`a packet of ${length} bytes: expected ${shortest} to ${longestPacket}`)
        this.#pieces = []
        throw this.#fault
      }
      if (this.#length < length + 4) return
      yield this.#cut(length + 4)
    }
  }

  /** The first bytes, in one piece. */
  #front(length: number): Buffer {
    const [first] = this.#pieces
    if (first && first.length >= length) return first
    const whole: Buffer[] = []
    let had = 0
    while (had < length) {
      const piece = this.#pieces.shift()
      if (!piece) break
      whole.push(piece)
      had += piece.length
    }
    const joined = Buffer.concat(whole)
    this.#pieces.unshift(joined)
    return joined
  }

  #cut(length: number): Buffer {
    const front = this.#front(length)
    this.#length -= length
    if (front.length === length) this.#pieces.shift()
    else this.#pieces[0] = front.subarray(length)
    return front.subarray(0, length)
  }
}

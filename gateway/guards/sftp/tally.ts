// How much of a file has crossed, and its digest where all of it did, from its first byte to its last and in order.
// Nothing is kept but the state of the digest.

import { createHash } from 'node:crypto'

export class Tally {
  readonly #hash = createHash('sha256')
  #next = 0
  #bytes = 0
  #isInOrder = true
  #isWhole: boolean

  /** @param isWhole what has crossed is the whole file at any time, as of one that is written from nothing. */
  constructor(isWhole: boolean) {
    this.#isWhole = isWhole
  }

  get bytes(): number {
    return this.#bytes
  }

  /** SHA-256 of the whole file, hex; null where it is not known. */
  digest(): string | null {
    return this.#isInOrder && this.#isWhole ? this.#hash.copy().digest('hex') : null
  }

  crossed(offset: number, bytes: Uint8Array): void {
    this.#bytes += bytes.length
    if (offset !== this.#next) this.#isInOrder = false
    if (!this.#isInOrder) return
    this.#next += bytes.length
    this.#hash.update(bytes)
  }

  /** The file ends here. */
  endsAt(offset: number): void {
    if (offset <= this.#next) this.#isWhole = true
  }

  /** Something else happened to it: its digest is nobody's to tell any more. */
  spoil(): void {
    this.#isInOrder = false
  }
}

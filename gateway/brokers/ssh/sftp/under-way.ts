// How much is under way, of a whole SFTP channel or on one file that is open in it, and who waits until it is less.

export class UnderWay {
  #count = 0
  #bytes = 0
  readonly #waiting: (() => void)[] = []

  /** What has begun and not ended. */
  get count(): number {
    return this.#count
  }

  /** The bytes of all that. */
  get bytes(): number {
    return this.#bytes
  }

  begin(bytes: number): void {
    this.#count++
    this.#bytes += bytes
  }

  /** @param bytes as it began with. */
  end(bytes: number): void {
    this.#count--
    this.#bytes -= bytes
    this.told()
  }

  /** Resolves when something has ended, or `told` was called: whoever waits looks again. */
  less(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  told(): void {
    if (this.#waiting.length > 0) for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

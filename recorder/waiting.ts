// Frames of a recording whose disk is full: they wait, in their order across all channels, until there is room. The bytes
// they hold have not been forwarded, so whoever sends them is told to stop: what waits here stays small.

interface Waiter {
  /** False where there still is no room. */
  readonly write: () => boolean
  readonly written: (() => void) | undefined
}

export class Waiting {
  /** Told when the first frame has to wait, and when none does any more. */
  onChange: (waits: boolean) => void = () => undefined
  #frames: Waiter[] = []

  get isEmpty(): boolean {
    return this.#frames.length === 0
  }

  add(write: () => boolean, written: (() => void) | undefined): void {
    this.#frames.push({ write, written })
    if (this.#frames.length === 1) this.onChange(true)
  }

  /**
   * Writes what waits, as far as there is room. True when nothing waits any more.
   * @throws what a write throws: the recording has failed then.
   */
  goOn(): boolean {
    if (this.isEmpty) return true
    for (let next = this.#frames[0]; next !== undefined; next = this.#frames[0]) {
      if (!next.write()) return false
      // Taken out first: forwarding what was written may bring more, which goes behind the others.
      this.#frames.shift()
      next.written?.()
    }
    this.onChange(false)
    return true
  }

  /** Nothing of it will be written. */
  drop(): void {
    this.#frames = []
  }
}

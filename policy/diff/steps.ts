// Long comparisons in steps. A comparison is a generator that yields now and then and returns what it found; how long to
// go on before something else has its go is for who runs it.

/** Things compared between two steps: with a change of each, well under a millisecond. */
const inStride = 32

/** Counts what was compared. */
export class Strides {
  #count = 0

  /** To be asked once for each thing compared: whether a step is over. */
  isFull(): boolean {
    this.#count = (this.#count + 1) % inStride
    return this.#count === 0
  }
}

/** Runs a comparison to its end in one stretch. */
export function finish<T>(steps: Generator<void, T, void>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return value
  }
}

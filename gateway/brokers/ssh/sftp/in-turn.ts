// Sends in the order things were said, each when its record is written: a record that waits for room on the disk holds
// back what comes after it.

interface Turn {
  isWritten: boolean
  readonly send: () => void
}

export class InTurn {
  readonly #turns: Turn[] = []

  /** @param write records it and calls back when that is written; null where it was recorded already. */
  add(write: ((written: () => void) => void) | null, send: () => void): void {
    if (write === null && this.#turns.length === 0) {
      send()
      return
    }
    const turn: Turn = { isWritten: write === null, send }
    this.#turns.push(turn)
    write?.(() => {
      turn.isWritten = true
      this.#go()
    })
    this.#go()
  }

  #go(): void {
    while (this.#turns[0]?.isWritten) this.#turns.shift()?.send()
  }
}

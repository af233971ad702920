// One timer that rings for the next of several instants. That nothing is missed when it rings early, late or not at all
// is its owner's, who looks at the time whenever asked.

import type { Instant } from '../../policy/index.ts'

/** setTimeout holds 31 bits of milliseconds; a longer wait is taken in steps. */
const longestWait = 2 ** 31 - 1

export class Alarm {
  readonly #ring: () => void
  #timer: NodeJS.Timeout | null = null

  constructor(ring: () => void) {
    this.#ring = ring
  }

  /** Rings at the first of these instants, instead of what it was set for before; null is never. */
  set(now: Instant, instants: readonly (Instant | null)[]): void {
    this.stop()
    const due = instants.filter((at) => at !== null)
    if (due.length === 0) return
    this.#timer = setTimeout(this.#ring, Math.min(Math.max(Math.min(...due) - now, 0), longestWait))
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }
}

// Does what is typed in a session reach its target, and why not: the reasons it is stopped for, and the lock of a terminal
// at rest. Which of them hold at an instant is due.ts's; what of it becomes evidence, and who is told, is the session's.

import type { InputStop } from '../../policy/index.ts'

const lookingStops: ReadonlySet<InputStop> = new Set(['observe-only', 'write-hold'])

export class InputGate {
  #stops: readonly InputStop[] = []
  #isLocked = false

  /** Why input is stopped; empty: it flows, unless it is locked. */
  get stops(): readonly InputStop[] {
    return this.#stops
  }

  /** Does the person have to show again who they are? */
  get isLocked(): boolean {
    return this.#isLocked
  }

  /** May it only be looked with, by its terms and for no other reason? */
  get onlyLooks(): boolean {
    return !this.#isLocked && this.#stops.length > 0 && this.#stops.every((stop) => lookingStops.has(stop))
  }

  get standing(): 'locked' | 'paused' | 'observing' | 'active' {
    if (this.#isLocked) return 'locked'
    if (this.#stops.includes('escort')) return 'paused'
    return this.#stops.length > 0 ? 'observing' : 'active'
  }

  /** It begins, on these terms. */
  begin({ observeOnly, writeHold }: { readonly observeOnly: boolean; readonly writeHold: boolean }): void {
    this.#stops = [...(observeOnly ? (['observe-only'] as const) : []), ...(writeHold ? (['write-hold'] as const) : [])]
  }

  /** Gives what stopped it before, or null where nothing changes. */
  stop(stops: readonly InputStop[]): readonly InputStop[] | null {
    const before = this.#stops
    if (stops.join() === before.join()) return null
    this.#stops = stops
    return before
  }

  lock(): void {
    this.#isLocked = true
  }

  /** False: it was not locked. */
  unlock(): boolean {
    const wasLocked = this.#isLocked
    this.#isLocked = false
    return wasLocked
  }
}

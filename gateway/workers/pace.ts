// How long the disk takes, seen from this process and from the workers that write on it.

import type { PacedDisk, Taken } from '../../recorder/index.ts'

export interface SharedPace extends PacedDisk {
  /** What another process of the gateway saw. */
  note(taken: Taken): void
}

export function sharePace(own: PacedDisk): SharedPace {
  let noted: Taken = { writeMs: 0, syncMs: 0 }
  const longest = (a: Taken, b: Taken): Taken => ({
    writeMs: Math.max(a.writeMs, b.writeMs),
    syncMs: Math.max(a.syncMs, b.syncMs),
  })
  return {
    disk: own.disk,
    taken() {
      const all = longest(own.taken(), noted)
      noted = { writeMs: 0, syncMs: 0 }
      return all
    },
    note(taken) {
      noted = longest(noted, taken)
    },
  }
}

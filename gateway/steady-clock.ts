// A wall clock that nobody can turn back: it never shows less than the time at which it was believed plus what has
// passed since by the monotonic clock. So a wall clock that jumps back lengthens no window. What jumped is told once,
// for the log and the ledger; what to do about it is left to people.

import type { Instant } from '../policy/index.ts'
import type { Clock } from './clock.ts'

/** The wall clock went its own way: `byMs` more (or, negative, less) than really passed. */
export interface Jump {
  /** What this clock shows, and what the wall clock did. */
  readonly at: Instant
  readonly wall: Instant
  readonly byMs: number
}

export interface SteadyClock extends Clock {
  /** Looks at both clocks, and gives the jumps noticed since the last call, oldest first. */
  jumps(): readonly Jump[]
}

/** Less is the daily work of time synchronisation. */
const jumpMs = 2_000
/** A jump ahead is believed when it has stood so long; one that is taken back before has changed nothing for good. */
const probationNs = 60_000_000_000n
/** Nobody fills the memory by shaking the clock. */
const mostKept = 100

/**
 * Stands before the clocks of the system.
 *
 * Ahead of the monotonic clock it follows the wall clock at once, because a window that ends early harms nobody; after a
 * minute it takes that for the time. Behind, it goes on at the pace of the monotonic clock until the wall clock has
 * caught up or the gateway is started anew. Summer time moves neither: both count UTC.
 */
export function steadyClock(source: Clock): SteadyClock {
  // Owned by look: the moment believed in, on both clocks; how far the wall clock was off it when last told; since when
  // it has been ahead by more than a slew.
  let wallThen = source.now()
  let monotonicThen = source.monotonic()
  let offset = 0
  let aheadSince: bigint | null = null
  const seen: Jump[] = []

  function believe(wall: Instant, monotonic: bigint): void {
    wallThen = wall
    monotonicThen = monotonic
    offset = 0
    aheadSince = null
  }

  function look(): Instant {
    const wall = source.now()
    const monotonic = source.monotonic()
    const steady = wallThen + Number((monotonic - monotonicThen) / 1_000_000n)
    const off = wall - steady
    const shown = Math.max(wall, steady)
    if (Math.abs(off - offset) > jumpMs) {
      seen.push({ at: shown, wall, byMs: off - offset })
      if (seen.length > mostKept) seen.shift()
      offset = off
      aheadSince = off > jumpMs ? monotonic : null
    }
    // A slew ahead is followed. One back is waited for: giving in to many small ones would be giving in to a large one.
    if (off > 0 && off <= jumpMs) believe(wall, monotonic)
    else if (off > jumpMs && aheadSince !== null && monotonic - aheadSince >= probationNs) believe(wall, monotonic)
    return shown
  }

  return {
    now: look,
    monotonic: () => source.monotonic(),
    jumps: () => {
      look()
      return seen.splice(0)
    },
  }
}

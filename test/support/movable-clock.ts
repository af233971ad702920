// A clock that shows the real time plus what a test has moved it on: codes do not run out, and a window of hours ends
// in a second. Moving it fires no timer by itself; what looks at the clock every second sees it.

import { hrtime } from 'node:process'

import type { Clock } from '../../gateway/clock.ts'

export interface MovableClock extends Clock {
  /** Moves the clock on. It never goes back. */
  advance(ms: number): void
}

export function movableClock(): MovableClock {
  let offset = 0
  return {
    now: () => Date.now() + offset,
    monotonic: () => hrtime.bigint(),
    advance(ms) {
      if (ms < 0) throw new Error(`expected a clock to move on, got ${ms} ms`)
      offset += ms
    },
  }
}

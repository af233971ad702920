// A clock that shows the real time plus what a test has moved it on: codes do not run out, and a window of hours ends
// in a second. Time that a test lets pass has passed on both clocks of the machine. Moving it fires no timer by itself;
// what looks at the clock every second sees it.

import { hrtime } from 'node:process'

import type { Clock } from '../../gateway/clock.ts'

export interface MovableClock extends Clock {
  /** Lets time pass. It never goes back. */
  advance(ms: number): void
  /** Sets the wall clock, forward or back, though no time has passed: what nobody should do to a machine. */
  setWall(byMs: number): void
}

export function movableClock(): MovableClock {
  let passed = 0
  let wall = 0
  return {
    now: () => Date.now() + passed + wall,
    monotonic: () => hrtime.bigint() + BigInt(passed) * 1_000_000n,
    advance(ms) {
      if (ms < 0) throw new Error(`expected a clock to move on, got ${ms} ms`)
      passed += Math.round(ms)
    },
    setWall(byMs) {
      wall += byMs
    },
  }
}

// The core's clock in a worker: as it was told last, and on from there by the monotonic clock, which the machine has once.

import { hrtime } from 'node:process'
import type { Clock } from '../clock.ts'
import type { ClockReading } from './wire.ts'

export interface FarClock extends Clock {
  read(reading: ClockReading): void
}

export function farClock(monotonic: () => bigint = () => hrtime.bigint()): FarClock {
  let told: ClockReading = { now: Date.now(), monotonic: monotonic() }
  return {
    monotonic,
    now: () => told.now + Number((monotonic() - told.monotonic) / 1_000_000n),
    read(reading) {
      told = reading
    },
  }
}

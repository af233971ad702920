// What moves in a session at an instant, as its broker is told, and why not everything does: pure, put together only where
// it is said, for times in words cost.

import type { Flow } from '../brokers/broker.ts'
import { hardUntil, type Stand } from './due.ts'
import { clockTime, heldSentence, stopSentence } from './expiry.ts'
import type { InputGate } from './input-gate.ts'

export interface Said {
  readonly timeZone: string
  /** The commands that may be run where it may only be looked with. */
  readonly observed: readonly string[]
  /** Is it let go slowly because its asset declares that as safe? */
  readonly isForSafety: boolean
}

export function flowOf(
  { stops, isLocked: locked }: Pick<InputGate, 'stops' | 'isLocked'>,
  stand: Stand,
  { timeZone, observed, isForSafety }: Said,
): Flow {
  const until = hardUntil(stand)
  const input = stops.length === 0
  if (stand.heldUntil !== null)
    return { input, locked, held: true, why: heldSentence(clockTime(Math.min(stand.heldUntil, until), timeZone)) }
  const why = input ? null : stopSentence(stops, clockTime(until, timeZone), observed, isForSafety)
  return { input, locked, held: false, why }
}

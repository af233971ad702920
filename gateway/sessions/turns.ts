// Work that goes over thousands of sessions, done in short turns: between two of them everything else has its go.

import { setImmediate as nextTurn } from 'node:timers/promises'

/** How long one turn may keep everything else waiting, ms. */
const longestMs = 5

/** To be awaited after each step: resolves at once within a turn, and where the turn is over when the next one begins. */
export type GiveWay = () => Promise<void>

/** The first turn begins now. */
export function openTurns(): GiveWay {
  let began = performance.now()
  return async () => {
    if (performance.now() - began < longestMs) return
    await nextTurn()
    began = performance.now()
  }
}

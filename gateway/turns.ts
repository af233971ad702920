// Work that goes over thousands of sessions, or over a whole table of the store, done in short turns: between two of them
// everything else has its go. The store answers within the turn it is asked in, so a loop that only asks it never ends one.

import { setImmediate as nextTurn } from 'node:timers/promises'

/** How long one turn may keep everything else waiting, ms. */
const longestMs = 5

/** To be awaited after each step: resolves at once within a turn, and where the turn is over when the next one begins. */
export type GiveWay = () => Promise<void>

/** For what must not wait, as ending sessions. The first turn begins now. */
export const openTurns = (): GiveWay => openWith(nextTurn)

/**
 * For what may wait, as reading for somebody who asked. All that goes so has its turns one after the other: a hundred who
 * ask at once keep everything else waiting no longer than one does.
 */
export const openSharedTurns = (): GiveWay => openWith(() => (line = line.then(() => nextTurn())))

/** Where the line for shared turns ends. The one state a module of ours keeps: it is of the process, as the event loop is. */
let line: Promise<unknown> = Promise.resolve()

function openWith(next: () => Promise<unknown>): GiveWay {
  let began = performance.now()
  return async () => {
    if (performance.now() - began < longestMs) return
    await next()
    began = performance.now()
  }
}

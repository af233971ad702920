// Drawing recordings at random so that anybody can draw again: the seed is the root of a checkpoint of the ledger that nobody
// knew when they said what to draw from, and each session's place in the draw is a digest over both. Which sessions there
// are is the caller's.

import { createHash } from 'node:crypto'
import type { SessionId } from './ids.ts'

/** As many as one draw gives. */
export const mostDrawn = 100

export interface Draw {
  /** One session of the population; each is offered once. */
  offer(session: SessionId): void
  /** Those drawn, in the order of the draw. */
  drawn(): readonly SessionId[]
  /** How many were offered. */
  population(): number
}

/**
 * Where a session stands in a draw: SHA-256 (FIPS 180-4) in hex over `root`, one line feed and the session's id, as UTF-8.
 * @param root of the checkpoint, in base64 as it stands in its note (C2SP tlog-checkpoint).
 */
export function drawRank(root: string, session: SessionId): string {
  return createHash('sha256').update(`${root}\n${session}`, 'utf8').digest('hex')
}

/** Draws those with the smallest ranks. Memory grows with how many are drawn, and not with how many there are. */
export function openDraw(root: string, count: number): Draw {
  const best: { readonly rank: string; readonly session: SessionId }[] = []
  let offered = 0
  return {
    offer(session) {
      offered += 1
      const rank = drawRank(root, session)
      const last = best[count - 1]
      if (last !== undefined && rank >= last.rank) return
      const at = best.findIndex((other) => rank < other.rank)
      best.splice(at === -1 ? best.length : at, 0, { rank, session })
      best.length = Math.min(best.length, count)
    },
    drawn: () => best.map(({ session }) => session),
    population: () => offered,
  }
}

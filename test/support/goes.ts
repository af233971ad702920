// How often everything else had its go while something ran. Counted, not timed: the clock by which turns are measured
// (gateway/turns.ts) moves on by more than a turn with each look at it, so that whatever may give way does, each time, on
// a fast machine as on a slow one.

import { vi } from 'vitest'

/** More than a turn lasts. */
const lookMs = 10

export async function goesDuring<T>(work: () => Promise<T>): Promise<{ readonly goes: number; readonly value: T }> {
  let at = performance.now()
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (at += lookMs))
  let goes = 0
  let isOver = false
  const go = (): void => {
    if (isOver) return
    goes += 1
    setImmediate(go)
  }
  setImmediate(go)
  try {
    const value = await work()
    return { goes, value }
  } finally {
    isOver = true
    clock.mockRestore()
  }
}

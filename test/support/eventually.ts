// Waiting for something to become true, by looking again and again until a deadline: tests never sleep and hope.

import { setTimeout as pause } from 'node:timers/promises'

const lookEveryMs = 15

/**
 * Resolves with the first answer of `look` that is neither null nor false.
 * @throws when none came within `withinMs`, saying what was waited for and what was seen last.
 */
export async function eventually<T>(
  what: string,
  look: () => T | null | false | Promise<T | null | false>,
  withinMs = 30_000,
): Promise<T> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const seen = await look()
    if (seen !== null && seen !== false) return seen
    if (performance.now() > deadline) throw new Error(`${what}: not within ${withinMs} ms`)
    await pause(lookEveryMs)
  }
}

// Work that comes round: one run at a time, never two; a run that fails is logged and the next one comes all the same.

import type { Log } from './log.ts'

/** Starts the round; the function returned stops it and waits for a run under way. */
export function every(ms: number, what: string, log: Log, work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  const timer = setInterval(() => {
    running ??= work()
      .catch((err: unknown) => log.error({ err, what }, 'Periodic work failed'))
      .finally(() => (running = null))
  }, ms)
  return async () => {
    clearInterval(timer)
    await running
  }
}

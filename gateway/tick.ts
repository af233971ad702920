// Work that comes round: one run at a time, never two; a run that fails is logged and the next one comes all the same. What
// fails again and again is logged ever more seldom, and once more when it works again.

import type { Log } from './log.ts'

/** Starts the round; the function returned stops it and waits for a run under way. */
export function every(ms: number, what: string, log: Log, work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  /** Runs in a row that failed. */
  let failed = 0

  async function run(): Promise<void> {
    try {
      await work()
      if (failed > 1) log.info({ what, failed }, 'Periodic work goes on')
      failed = 0
    } catch (err) {
      failed++
      if (isPowerOfTwo(failed)) log.error({ err, what, failed }, 'Periodic work failed')
    }
  }

  const timer = setInterval(() => {
    running ??= run().finally(() => (running = null))
  }, ms)
  return async () => {
    clearInterval(timer)
    await running
  }
}

const isPowerOfTwo = (n: number): boolean => (n & (n - 1)) === 0

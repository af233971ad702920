// The steps of the scripted demo: each is one readable line with a tick and how long it took, and the first that fails
// ends the script with its name.

import { setTimeout as wait } from 'node:timers/promises'

/** What a step came to: its value for the next steps, and one line for the reader. */
export interface StepResult<T> {
  readonly value: T
  readonly line: string
  /** Further lines under it. */
  readonly details?: readonly string[]
}

/** A step as `--json` tells it. */
export interface StepRecord {
  readonly step: string
  readonly ok: boolean
  readonly ms: number
  readonly line: string
  readonly details?: readonly string[]
}

export class StepFailed extends Error {
  override readonly name = 'StepFailed'
  readonly step: string

  constructor(step: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.step = step
  }
}

export interface Steps {
  /** Runs a step and shows its line. @throws StepFailed when it fails, takes too long, or is interrupted. */
  run<T>(step: string, work: () => Promise<StepResult<T>>): Promise<T>
  readonly records: readonly StepRecord[]
}

/** Looks again and again until there is something to see; the step it is part of ends the waiting. */
export async function until<T>(look: () => Promise<T | null>): Promise<T> {
  for (;;) {
    const seen = await look()
    if (seen !== null) return seen
    await wait(20)
  }
}

/** No step of the demo needs a tenth of it; one that hangs must be named, not waited for. */
const longestMs = 60_000

/** Resolves never; rejects when the signal comes or the time is over. `clear` ends the waiting. */
function limit(ms: number, signal: AbortSignal): { readonly over: Promise<never>; clear(): void } {
  let clear = (): void => undefined
  const over = new Promise<never>((_resolve, reject) => {
    const interrupted = (): void => reject(new Error('interrupted'))
    const timer = setTimeout(() => reject(new Error(`not done after ${ms / 1000} s`)), ms)
    signal.addEventListener('abort', interrupted)
    clear = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', interrupted)
    }
    if (signal.aborted) interrupted()
  })
  return { over, clear: () => clear() }
}

/**
 * @param show takes each finished line.
 * @param interrupt ends the step under way.
 */
export function openSteps(show: (line: string) => void, interrupt: AbortSignal): Steps {
  const records: StepRecord[] = []
  function tell(record: StepRecord): void {
    records.push(record)
    const { ok, ms, step, line, details = [] } = record
    show(`${ok ? '✓' : '✗'} ${String(ms).padStart(5)} ms  ${step.padEnd(9)} ${line}`)
    for (const detail of details) show(`${' '.repeat(12)}${detail}`)
  }
  return {
    records,
    async run(step, work) {
      const started = performance.now()
      const ms = (): number => Math.round(performance.now() - started)
      const { over, clear } = limit(longestMs, interrupt)
      try {
        const { value, line, details } = await Promise.race([work(), over])
        tell({ step, ok: true, ms: ms(), line, ...(details ? { details } : {}) })
        return value
      } catch (error) {
        const failed = new StepFailed(step, error)
        tell({ step, ok: false, ms: ms(), line: failed.message })
        throw failed
      } finally {
        clear()
      }
    },
  }
}

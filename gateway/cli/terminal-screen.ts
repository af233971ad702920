// The person's terminal as a screen to play on: keys are read raw, so that what is typed while watching is neither shown
// nor left for the shell, and everything is put back whatever happens.

import type { Output } from './output.ts'
import type { Screen } from './player.ts'

export interface TerminalScreen extends Screen {
  /** Whether the person has had enough. */
  readonly stopped: boolean
  /** Gives the keyboard back. */
  close(): void
}

/** Space pauses and goes on; q or Ctrl-C stops, as does a signal: `onStop` is called then. */
export function openScreen(output: Output, onStop: () => void): TerminalScreen {
  const clock = new PlayClock(onStop)
  const onKey = (chunk: Buffer): void => {
    const keys = chunk.toString('latin1')
    if (keys.includes('\u0003') || keys.includes('q')) clock.stop()
    else if (keys.includes(' ')) clock.togglePause()
  }
  const onSignal = (): void => clock.stop()
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const { stdin } = process
  for (const signal of signals) process.on(signal, onSignal)
  if (stdin.isTTY) {
    stdin.setRawMode(true)
    stdin.on('data', onKey)
    // A prompt before may have left it paused, and listening alone does not wake it then.
    stdin.resume()
  }
  return {
    write: (text) => output.write(text),
    until: (playedMs) => clock.until(playedMs),
    end: (restore) => output.write(restore),
    get stopped() {
      return clock.stopped
    },
    close() {
      for (const signal of signals) process.off(signal, onSignal)
      if (!stdin.isTTY) return
      stdin.off('data', onKey)
      stdin.setRawMode(false)
      stdin.pause()
    },
  }
}

/** Time that stands still while paused. */
class PlayClock {
  readonly #onStop: () => void
  #base = performance.now()
  #pausedAt: number | null = null
  #stopped = false
  #wake: (() => void) | null = null

  constructor(onStop: () => void) {
    this.#onStop = onStop
  }

  get stopped(): boolean {
    return this.#stopped
  }

  stop(): void {
    if (this.#stopped) return
    this.#stopped = true
    this.#wake?.()
    this.#onStop()
  }

  togglePause(): void {
    if (this.#pausedAt === null) this.#pausedAt = performance.now()
    else {
      this.#base += performance.now() - this.#pausedAt
      this.#pausedAt = null
    }
    this.#wake?.()
  }

  async until(playedMs: number): Promise<boolean> {
    while (!this.#stopped) {
      const left = this.#base + playedMs - performance.now()
      if (this.#pausedAt === null && left <= 0) return true
      await this.#sleep(this.#pausedAt === null ? left : null)
    }
    return false
  }

  /** Until woken, at most so many ms; null is without end. */
  #sleep(ms: number | null): Promise<void> {
    return new Promise((resolve) => {
      // A paused player holds the process open only by the keyboard it listens to.
      const timer = ms === null ? null : setTimeout(() => this.#wake?.(), ms)
      this.#wake = () => {
        if (timer !== null) clearTimeout(timer)
        this.#wake = null
        resolve()
      }
    })
  }
}

// Ctrl-C and its kin: the first asks to stop, a second one ends the process at once.

const numbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const
/** npm passes Ctrl-C on to what it runs, which the terminal has told already: so soon, it is the same one. */
const sameMs = 400

export interface StopSignal {
  /** Aborted by the first signal. */
  readonly asked: AbortSignal
  /** Listens no longer. */
  close(): void
}

/** @param onAsked called with the first signal. */
export function listenForStop(onAsked: () => void = () => undefined): StopSignal {
  const controller = new AbortController()
  let first = 0
  function hear(name: NodeJS.Signals): void {
    if (!controller.signal.aborted) {
      first = performance.now()
      controller.abort()
      onAsked()
    } else if (performance.now() - first > sameMs) {
      process.exit(128 + numbers[name as keyof typeof numbers])
    }
  }
  const names = Object.keys(numbers) as (keyof typeof numbers)[]
  for (const name of names) process.on(name, hear)
  return {
    asked: controller.signal,
    close() {
      for (const name of names) process.off(name, hear)
    },
  }
}

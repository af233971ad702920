// What a start opened, in the order it was opened: a failed start and a stop close it from the last to the first.

export interface Undo {
  push(step: () => Promise<unknown>): void
  /**
   * Takes back all that was pushed since, the last first. One step that fails does not keep the others open.
   * @throws what the one failed step threw, or an AggregateError of several.
   */
  all(): Promise<void>
}

export function openUndo(): Undo {
  const steps: (() => Promise<unknown>)[] = []
  return {
    push: (step) => void steps.push(step),
    async all() {
      const failed: unknown[] = []
      for (const step of steps.splice(0).toReversed()) await step().catch((error: unknown) => failed.push(error))
      if (failed.length === 1) throw failed[0]
      if (failed.length > 0) throw new AggregateError(failed, 'the gateway stopped badly')
    },
  }
}

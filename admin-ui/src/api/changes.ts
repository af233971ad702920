// Changes made from the page: one hook that sends, reads again what the change touched, and says that it was done.

import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'

interface Change<Input, Output> {
  readonly run: (input: Input) => Promise<Output>
  /** The first words of the query keys that are no longer true. */
  readonly touches: readonly string[]
  readonly says?: string | ((output: Output) => string)
  readonly onDone?: (output: Output) => void
}

/** A change with its consequences. Failures stay in the mutation, for the place that asked to show them. */
export function useChange<Output, Input = void>(change: Change<Input, Output>) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: change.run,
    onSuccess: (output) => {
      if (change.says !== undefined) {
        const message = typeof change.says === 'string' ? change.says : change.says(output)
        notifications.show({ message, autoClose: 4000, closeButtonProps: { 'aria-label': 'Dismiss' } })
      }
      change.onDone?.(output)
    },
    // After a failure too: a state that changed meanwhile is the usual one.
    onSettled: () => Promise.all(change.touches.map((key) => cache.invalidateQueries({ queryKey: [key] }))),
  })
}

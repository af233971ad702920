// Clients that wait for a person's word on their file. A word that nobody waits for is not lost: it stands in the store,
// and holds when the same content comes again.

import type { FileTransferId } from '../../policy/index.ts'

export interface PersonsWord {
  readonly kind: 'released' | 'refused'
  readonly reason: string
}

export interface WaitingRoom {
  /** Before it stands anywhere that the file waits: a word that comes from now on is there for `wait`. */
  expect(id: FileTransferId): void
  /** Nobody is going to wait for it. */
  forget(id: FileTransferId): void
  /** Null where no word came in time, or the wait was given up. Ends what `expect` began. */
  wait(id: FileTransferId, ms: number, signal: AbortSignal): Promise<PersonsWord | null>
  tell(id: FileTransferId, word: PersonsWord): void
  isWaiting(id: FileTransferId): boolean
}

export function openWaitingRoom(): WaitingRoom {
  const words = new Map<FileTransferId, PromiseWithResolvers<PersonsWord | null>>()
  const expected = (id: FileTransferId): PromiseWithResolvers<PersonsWord | null> => {
    const one = words.get(id) ?? Promise.withResolvers<PersonsWord | null>()
    words.set(id, one)
    return one
  }
  return {
    expect: (id) => void expected(id),
    forget: (id) => void words.delete(id),
    async wait(id, ms, signal) {
      const { promise, resolve } = expected(id)
      const giveUp = (): void => resolve(null)
      const timer = setTimeout(giveUp, ms)
      signal.addEventListener('abort', giveUp)
      if (signal.aborted) giveUp()
      try {
        return await promise
      } finally {
        clearTimeout(timer)
        signal.removeEventListener('abort', giveUp)
        words.delete(id)
      }
    },
    tell: (id, word) => words.get(id)?.resolve(word),
    isWaiting: (id) => words.has(id),
  }
}

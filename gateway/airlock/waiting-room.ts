// Clients that wait for a person's word on their file. A word that nobody waits for is not lost: it stands in the store,
// and holds when the same content comes again.

import type { FileTransferId } from '../../policy/index.ts'

export interface PersonsWord {
  readonly kind: 'released' | 'refused'
  readonly reason: string
}

export interface WaitingRoom {
  /** Null where no word came in time, or the wait was given up. */
  wait(id: FileTransferId, ms: number, signal: AbortSignal): Promise<PersonsWord | null>
  tell(id: FileTransferId, word: PersonsWord): void
  isWaiting(id: FileTransferId): boolean
}

export function openWaitingRoom(): WaitingRoom {
  const waiting = new Map<FileTransferId, (word: PersonsWord | null) => void>()
  return {
    async wait(id, ms, signal) {
      if (signal.aborted) return null
      const { promise, resolve } = Promise.withResolvers<PersonsWord | null>()
      const giveUp = (): void => resolve(null)
      waiting.set(id, resolve)
      const timer = setTimeout(giveUp, ms)
      signal.addEventListener('abort', giveUp)
      try {
        return await promise
      } finally {
        clearTimeout(timer)
        signal.removeEventListener('abort', giveUp)
        waiting.delete(id)
      }
    },
    tell: (id, word) => waiting.get(id)?.(word),
    isWaiting: (id) => waiting.has(id),
  }
}

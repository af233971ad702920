// Clients of this process that wait for a person's word on their file. A word that nobody waits for is not lost: it stands
// in the store, and holds when the same content comes again.

import type { FileTransferId } from '../../policy/index.ts'

export interface PersonsWord {
  readonly kind: 'released' | 'refused'
  readonly reason: string
}

/** Of one client. Others may wait for the word on the same file. */
export interface Expectation {
  /** Null where no word came in time, or the wait was given up. Ends the expectation. */
  wait(ms: number, signal: AbortSignal): Promise<PersonsWord | null>
  /** Nobody is going to wait. */
  end(): void
}

export interface WaitingRoom {
  /** Before it stands anywhere that the file waits: a word that comes from now on is there for `wait`. */
  expect(id: FileTransferId): Expectation
  tell(id: FileTransferId, word: PersonsWord): void
  isWaiting(id: FileTransferId): boolean
}

interface Awaited {
  readonly word: PromiseWithResolvers<PersonsWord>
  clients: number
}

export function openWaitingRoom(): WaitingRoom {
  const awaited = new Map<FileTransferId, Awaited>()

  function leave(id: FileTransferId, one: Awaited): void {
    one.clients--
    if (one.clients === 0) awaited.delete(id)
  }

  return {
    expect(id) {
      const one: Awaited = awaited.get(id) ?? { word: Promise.withResolvers(), clients: 0 }
      awaited.set(id, one)
      one.clients++
      let isOver = false
      function end(): void {
        if (!isOver) leave(id, one)
        isOver = true
      }
      return {
        end,
        async wait(ms, signal) {
          const { promise: gaveUp, resolve } = Promise.withResolvers<null>()
          const giveUp = (): void => resolve(null)
          const timer = setTimeout(giveUp, ms)
          signal.addEventListener('abort', giveUp)
          if (signal.aborted) giveUp()
          try {
            return await Promise.race([one.word.promise, gaveUp])
          } finally {
            clearTimeout(timer)
            signal.removeEventListener('abort', giveUp)
            end()
          }
        },
      }
    },
    tell: (id, word) => awaited.get(id)?.word.resolve(word),
    isWaiting: (id) => awaited.has(id),
  }
}

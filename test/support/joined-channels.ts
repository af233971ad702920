// Two ends of the channel between the core and a worker, joined in this process: what is sent arrives later, in order, and
// as a copy, as it does between processes.

import type { Socket } from 'node:net'

import type { Channel } from '../../gateway/workers/link.ts'

export interface JoinedEnd extends Channel {
  /** What this end has sent. */
  readonly sent: readonly unknown[]
  /** A message as one comes from the far end, whatever it is. */
  receive(message: unknown, handle?: unknown): void
}

export function joinChannels(): readonly [JoinedEnd, JoinedEnd] {
  function end(far: () => JoinedEnd): JoinedEnd {
    const sent: unknown[] = []
    let hear: ((message: unknown, handle: unknown) => void) | null = null
    return {
      sent,
      send(message: unknown, handle?: Socket) {
        const copy: unknown = structuredClone(message)
        sent.push(copy)
        setImmediate(() => far().receive(copy, handle))
      },
      onMessage(listener) {
        hear = listener
      },
      receive: (message, handle) => hear?.(message, handle),
    }
  }
  const one: JoinedEnd = end(() => other)
  const other: JoinedEnd = end(() => one)
  return [one, other]
}

/** Everything sent so far has arrived, and what was answered to it at once. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
}

// Writes so many random bytes in pieces of one size, with a sync each second beside it and one at the end, as a session
// does, and says how long that took.

import { randomFillSync } from 'node:crypto'

export interface Sink {
  write(piece: Buffer): void
  sync(): Promise<void>
}

/** Seconds: until the last byte was handed to the kernel, and until it was on stable storage. */
export interface Timed {
  readonly written: number
  readonly durable: number
}

const syncEveryMs = 1_000
/** The event loop turns once in so many bytes, as it does in a session that reads from a socket. */
const bytesPerTurn = 1 << 20

/** @param each told how many bytes were written, once a turn. */
export async function timed(bytes: number, size: number, sink: Sink, each?: (done: number) => void): Promise<Timed> {
  const source = randomFillSync(Buffer.alloc(Math.max(bytesPerTurn, size)))
  let failure: Error | null = null
  const syncing = setInterval(() => void sink.sync().catch((error: Error) => (failure = error)), syncEveryMs)
  const began = performance.now()
  const since = (): number => (performance.now() - began) / 1_000
  try {
    for (let done = 0, turn = 0; done < bytes; done += size) {
      const at = done % (source.length - size + 1)
      sink.write(source.subarray(at, at + Math.min(size, bytes - done)))
      turn += size
      if (turn < bytesPerTurn) continue
      turn = 0
      each?.(done)
      await new Promise(setImmediate)
    }
    const written = since()
    await sink.sync()
    if (failure !== null) throw new Error('a sync failed', { cause: failure })
    return { written, durable: since() }
  } finally {
    clearInterval(syncing)
  }
}

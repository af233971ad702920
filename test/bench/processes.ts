// The processes a bench starts: kept, so that every one is ended by its id whatever happens.

import type { ChildProcess } from 'node:child_process'

const running = new Set<ChildProcess>()

/** Keeps a child until it exits. */
export function keep<T extends ChildProcess>(child: T): T {
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

/** Ends everything that still runs; for the end of a bench, good or bad. */
export function endAll(): void {
  for (const child of running) child.kill('SIGKILL')
  running.clear()
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** Milliseconds since the Unix epoch, with their fraction. */
  readonly at: number
}

/** Wall time in milliseconds with its fraction; the same clock that `date` shows. */
export const wallNow = (): number => performance.timeOrigin + performance.now()

/** Waits for a child's exit. @throws when it could not be started. */
export function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve({ code, signal, at: wallNow() }))
  })
}

/** Everything a child says on a stream, once the stream ends. */
export async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  if (stream === null) return ''
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(Buffer.from(part))
  return Buffer.concat(parts).toString('utf8')
}

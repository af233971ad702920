// Both ends of a channel whose protocol the gateway speaks itself with each of them. What comes is recorded before anybody
// looks at it; what is sent waits for room, and for the session to let it pass; the end is orderly, as a relay's is.
// What is said to whom is the caller's.

import type { ClientChannel, ServerChannel } from 'ssh2'
import { plainText } from '../../../guards/scp/messages.ts'
import { openFlow, type ChannelRecord, type Flow } from '../../broker.ts'
import { ChannelOutput } from '../channel-output.ts'
import { Gathering } from '../gathering.ts'
import type { ExitWatch, Relay, RelayEnd } from '../relay.ts'
import { sendExit } from '../signals.ts'
import { Unsent } from '../unsent.ts'
import { ByteQueue } from './byte-queue.ts'
import { closeTold } from '../told-close.ts'

/** Why nothing goes on: one side has left, or what it said is no protocol. `text` is one clause. */
export class Broken extends Error {}

/** One side, as who speaks the protocol sees it. Every call throws Broken when nothing can come or go any more. */
export interface Side {
  /** At least one byte and at most so many. Null at its end. */
  some(most: number): Promise<Uint8Array | null>
  /** Up to the next LF, without it. Null where it ended before anything came. */
  line(most: number): Promise<Uint8Array | null>
  /** Resolves when there is room for more. */
  send(bytes: Uint8Array): Promise<void>
}

export interface Ends {
  readonly client: Side
  readonly target: Side
  /** To be handed to the connection. */
  readonly relay: Relay
  /** Aborted when nobody waits for anything any more. */
  readonly signal: AbortSignal
  /** A line to the user, on standard error. */
  say(text: string): void
  /**
   * Nothing more is said: waits for the target's program to end. The exit code is the target's, or this one.
   * @param isBroken the protocol broke: a program of the target that has not ended is left.
   */
  finish(atLeast: number, isBroken?: boolean): Promise<void>
}

export interface EndsParts {
  readonly client: ServerChannel
  readonly target: ClientChannel
  readonly exit: ExitWatch
  readonly record: ChannelRecord
  /** Does what the client sends change something on the target? Then it stops when input does. */
  readonly changes: boolean
  readonly onRecorderFailure: (error: unknown) => void
}

const high = 512 * 1024
const room = 256 * 1024

export function openEnds({ client, target, exit, record, changes, onRecorderFailure }: EndsParts): Ends {
  const output = new ChannelOutput(client, () => wake())
  const unsent = new Unsent(target)
  const [fromClient, fromTarget] = [new ByteQueue(), new ByteQueue()]
  const over = new AbortController()
  let passing: Flow = openFlow
  let broken: string | null = null
  let finished = false
  let targetFull = false
  let targetClosed = false
  let errorsEnded = false
  /** Nothing more is read of the protocol: what still comes goes nowhere. */
  let isDone = false
  const waiters: (() => void)[] = []
  let resolveEnded: (end: RelayEnd) => void = () => undefined
  const ended = new Promise<RelayEnd>((resolve) => (resolveEnded = resolve))

  function wake(): void {
    steer()
    for (const look of waiters.splice(0)) look()
  }

  function breakOff(text: string): void {
    broken ??= text
    over.abort()
    wake()
  }

  /** Resolves when it holds. */
  function until(holds: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (broken !== null) reject(new Broken(broken))
        else if (holds()) resolve()
        else waiters.push(look)
      }
      look()
    })
  }

  function recorded(write: () => void): void {
    if (finished) return
    try {
      write()
    } catch (error) {
      target.destroy()
      breakOff('the recording failed')
      onRecorderFailure(error)
    }
  }

  const takesInput = (): boolean => !passing.held && (passing.input || !changes)

  function steer(): void {
    if (finished) return
    const leaving = broken !== null || isDone
    if (leaving || (takesInput() && fromClient.length < high)) client.resume()
    else client.pause()
    const reads = broken !== null || (!passing.held && !output.isFull && (isDone || fromTarget.length < high))
    for (const stream of [target, target.stderr])
      if (reads) stream.resume()
      else stream.pause()
  }

  const gatheredIn = new Gathering<'in'>((stream, pieces) => {
    if (broken !== null) return
    recorded(() =>
      record.data(stream, pieces, () => {
        if (!isDone) fromClient.push(pieces)
        wake()
      }),
    )
  })
  const gatheredOut = new Gathering<'out' | 'err'>((stream, pieces) => {
    if (broken !== null) return
    recorded(() =>
      record.data(stream, pieces, () => {
        if (stream === 'out' && !isDone) fromTarget.push(pieces)
        else if (stream === 'err') for (const piece of pieces) output.write('err', piece)
        wake()
      }),
    )
  })
  function flush(): void {
    gatheredIn.flush()
    gatheredOut.flush()
  }
  client.on('data', (bytes: Buffer) => gatheredIn.add('in', bytes))
  client.once('end', () => {
    gatheredIn.flush()
    recorded(() => fromClient.end())
    wake()
  })
  target.on('data', (bytes: Buffer) => gatheredOut.add('out', bytes))
  target.stderr.on('data', (bytes: Buffer) => gatheredOut.add('err', bytes))
  target.once('end', () => {
    gatheredOut.flush()
    fromTarget.end()
    wake()
  })
  target.stderr.once('end', () => {
    gatheredOut.flush()
    errorsEnded = true
    wake()
  })
  target.once('close', () => {
    gatheredOut.flush()
    fromTarget.end()
    targetClosed = true
    wake()
  })
  target.on('drain', () => {
    targetFull = false
    wake()
  })
  client.once('close', () => {
    flush()
    target.destroy()
    breakOff('the client left')
    close(targetClosed ? 'target' : 'client')
  })

  function close(by: RelayEnd['by']): void {
    if (finished) return
    recorded(() => record.close())
    finished = true
    over.abort()
    output.abandon()
    fromClient.clear()
    fromTarget.clear()
    resolveEnded({ by })
  }

  function say(text: string): void {
    if (finished) return
    recorded(() => record.notice(text))
    // Names in it may be the target's, and a terminal acts upon what it is shown.
    output.write('err', Buffer.from(`[sallyport] ${plainText(Buffer.from(text))}\r\n`))
  }

  /** What waits for the disk comes before the end, though the end was seen first. */
  const hasEnded = (queue: ByteQueue): boolean => queue.hasEnded && !passing.held

  function sideOf(queue: ByteQueue, send: Side['send']): Side {
    return {
      send,
      async some(most) {
        await until(() => queue.length > 0 || hasEnded(queue))
        const bytes = queue.take(most)
        if (queue.length < room) steer()
        return bytes.length === 0 ? null : bytes
      },
      async line(most) {
        let line: ReturnType<ByteQueue['takeLine']> = null
        await until(() => (line = queue.takeLine(most)) !== null || hasEnded(queue))
        steer()
        if (line === 'too-long') throw new Broken('a line of its protocol is too long')
        if (line === null && queue.length > 0) throw new Broken('it stopped in the middle of a line')
        return line
      },
    }
  }

  async function leaveOrderly(atLeast: number, isBroken: boolean): Promise<void> {
    isDone = true
    target.end()
    if (isBroken && !fromTarget.hasEnded) target.close()
    wake()
    await until(() => targetClosed && errorsEnded && !passing.held)
    await output.drained()
    const status = exit()
    if (status !== null) {
      let isWritten = false
      recorded(() =>
        record.exit(status, () => {
          isWritten = true
          wake()
        }),
      )
      await until(() => isWritten)
    }
    if (status !== null && 'signal' in status) sendExit(client, status)
    else sendExit(client, { code: Math.max(status?.code ?? 1, atLeast) })
    client.end()
    client.resume()
    await ended
  }

  async function tellAndClose(text: string, exitCode: number, patienceMs: number): Promise<void> {
    if (finished) return
    flush()
    say(text)
    breakOff(text)
    target.destroy()
    await closeTold(client, output, exitCode, patienceMs, ended)
    await ended
  }

  return {
    client: sideOf(fromClient, async (bytes) => {
      await until(() => !output.isFull && !passing.held)
      output.write('out', bytes)
    }),
    target: sideOf(fromTarget, async (bytes) => {
      await until(() => (takesInput() && !targetFull) || targetClosed)
      if (targetClosed) throw new Broken('the target ended its program')
      if (!target.write(bytes)) targetFull = true
    }),
    signal: over.signal,
    say,
    async finish(atLeast, isBroken = false) {
      try {
        await leaveOrderly(atLeast, isBroken)
      } catch (error) {
        // Who broke it off has closed the channel, or is at it.
        if (!(error instanceof Broken)) throw error
        await ended
      }
    },
    relay: {
      ended,
      flush,
      takesInput,
      endInput: () => undefined,
      resize: () => undefined,
      notice: () => undefined,
      flow(next) {
        if (finished || broken !== null) return
        flush()
        const text = next.why ?? (passing.why === null ? null : 'the session goes on')
        if (text !== null && text !== passing.why) recorded(() => record.notice(text))
        passing = next
        if (takesInput()) unsent.release()
        else unsent.stop(false)
        wake()
      },
      cut: tellAndClose,
      async targetGone(text, exitCode) {
        gatheredOut.flush()
        fromTarget.end()
        // What it had said, its end included, is still delivered.
        if (exit() === null) await tellAndClose(text, exitCode, 5_000)
        else await ended
      },
      clientGone() {
        flush()
        target.destroy()
        breakOff('the client left')
        close('client')
      },
    },
  }
}

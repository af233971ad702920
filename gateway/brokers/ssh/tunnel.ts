// Moves the bytes of one tunnel between a client's channel and what it leads to. What comes in is recorded, then
// forwarded; back-pressure runs from each side to the other; each direction ends by itself, as in TCP. Nobody reads what
// passes, and there is no place in it for words: why a tunnel ends is told elsewhere.

import type { Duplex } from 'node:stream'
import type { ServerChannel } from 'ssh2'
import type { ChannelRecord, Flow } from '../broker.ts'
import { Lane } from './lane.ts'

export interface Tunnel {
  /** Resolves when nothing of it moves any more and its record is closed. */
  readonly ended: Promise<void>
  /** What may pass from now on. What is stopped is not read, so that nothing is missing in the middle. */
  flow(flow: Flow): void
  /** Ends it at once, on both sides. `why` stands in its record, where nothing else tells. */
  cut(why?: string): void
}

/** How long a target may still take what a client sent before it closed its channel, and close its own side. */
const partingMs = 30_000

interface Sender {
  readonly outgoing: { readonly state: 'open' | 'eof' | 'closing' | 'closed' }
  eof(): void
}

/**
 * Begins to move. Both sides are connected, and `record` is bound.
 * @param onRecorderFailure what the recorder threw; the session is ending by then, so the bytes are dropped.
 */
export function startTunnel(
  client: ServerChannel,
  target: Duplex,
  record: ChannelRecord,
  flow: Flow,
  onRecorderFailure: (error: unknown) => void,
): Tunnel {
  const ended = Promise.withResolvers<void>()
  let isOver = false
  let clientClosed = false
  let targetClosed = false
  let parting: NodeJS.Timeout | undefined

  function recorded(write: () => void): boolean {
    if (isOver) return false
    try {
      write()
      return true
    } catch (error) {
      isOver = true
      drop()
      onRecorderFailure(error)
      ended.resolve()
      return false
    }
  }

  function drop(): void {
    clearTimeout(parting)
    inward.stop()
    outward.stop()
    target.destroy()
    client.destroy()
  }

  /** Both sides are closed, or given up: its record says no more. */
  function finish(): void {
    if (isOver) return
    inward.flush()
    outward.flush()
    recorded(() => record.close())
    if (isOver) return
    isOver = true
    drop()
    ended.resolve()
  }

  const inward = new Lane(
    client,
    target,
    (pieces, written) => recorded(() => record.data('in', pieces, written)),
    () => {
      target.end()
      settle()
    },
  )
  const outward = new Lane(
    target,
    client,
    (pieces, written) => recorded(() => record.data('out', pieces, written)),
    () => {
      // Not `end`, with which ssh2 closes a server's channel in both directions (1.17, lib/Channel.js, onFinish).
      const { outgoing } = client as unknown as Sender
      if (outgoing.state === 'open') (client as unknown as Sender).eof()
      settle()
    },
  )

  /** Whoever has said everything and heard everything closes. */
  function settle(): void {
    if (isOver) return
    if (outward.isDone && (inward.isDone || targetClosed)) client.destroy()
    if (clientClosed && targetClosed) finish()
  }

  // A target that closes without an end, by a reset, has said all it will.
  target.once('close', () => {
    targetClosed = true
    inward.stop()
    outward.sourceEnded()
    settle()
  })
  // Node tells of a failure before the close; what was lost is said by the close.
  target.on('error', () => target.destroy())
  client.once('close', () => {
    clientClosed = true
    outward.stop()
    inward.sourceEnded()
    parting = setTimeout(finish, partingMs).unref()
    settle()
  })
  inward.flow(flow)
  outward.flow({ ...flow, input: true })

  return {
    ended: ended.promise,
    flow(next) {
      inward.flow(next)
      outward.flow({ ...next, input: true })
    },
    cut(why) {
      if (why !== undefined) recorded(() => record.event({ cut: why }))
      finish()
    },
  }
}

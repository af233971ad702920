// Moves the bytes of one tunnel between a client's channel and what it leads to. What comes in is recorded, then
// forwarded; back-pressure runs from each side to the other; each direction ends by itself, as in TCP. Nobody reads what
// passes, and there is no place in it for words: why a tunnel ends is told elsewhere.

import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ServerChannel } from 'ssh2'
import type { ChannelRecord, Flow } from '../broker.ts'
import { Lane } from './lane.ts'

export interface Tunnel {
  /** Resolves when nothing of it moves any more and its record is closed. */
  readonly ended: Promise<void>
  /**
   * What may pass from now on. What is stopped is not read, so that nothing is missing in the middle; but what waits of a
   * client that leaves meanwhile is never sent, and the tunnel ends.
   */
  flow(flow: Flow): void
  /** Ends it at once, on both sides. `why` stands in its record, where nothing else tells. */
  cut(why?: string): void
}

/** How long a target may take nothing of what a client sent before it closed its channel, or leave its own side open. */
const partingMs = 30_000

/** Stand in the record of a tunnel that has ended so. */
export const leftText = 'the client left while input was stopped'
export const untakenText = 'the target took no more of what the client had sent before it left'

interface Inside {
  readonly incoming: { readonly state: 'open' | 'eof' | 'closed' }
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
  const inside = client as unknown as Inside
  let isOver = false
  // Owned by flow: may something reach the target, and was the client still sending when nothing might any more?
  let isStopped = false
  let wasBarred = false
  let wasSending = true
  let hasLeft = false
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
    () => parting?.refresh(),
  )
  const outward = new Lane(
    target,
    client,
    (pieces, written) => recorded(() => record.data('out', pieces, written)),
    () => {
      // Not `end`, with which ssh2 closes a server's channel in both directions (1.17, lib/Channel.js, onFinish).
      if (inside.outgoing.state === 'open') inside.eof()
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
  // A channel that nobody reads, because input is stopped or the target is full, does not tell that its client has closed
  // it. Its standard error, on which a tunnel writes nothing, ssh2 ends at once (1.17, lib/utils.js, onCHANNEL_CLOSE).
  client.stderr.once('finish', leave)
  client.once('close', () => {
    clientClosed = true
    leave()
    inward.sourceEnded()
    settle()
  })

  /** The client hears nothing more. What it had sent may still be on its way, but not past a stop. */
  function leave(): void {
    if (isOver) return
    hasLeft = true
    outward.stop()
    parting ??= setTimeout(() => endWithout(inward.isDone ? null : untakenText), partingMs).unref()
    if (isStopped) endOfStopped()
  }

  /** What was held back is never sent: its sender has given up, and a write that takes effect long after is what nobody means. */
  function endOfStopped(): void {
    endWithout(inward.holdsBack ? leftText : null)
  }

  /** @param why something is missing at the target, which must not take an orderly end for all there was. */
  function endWithout(why: string | null): void {
    if (why === null) return finish()
    if (target instanceof Socket) target.resetAndDestroy()
    cut(why)
  }

  function cut(why?: string): void {
    if (why !== undefined) recorded(() => record.event({ cut: why }))
    finish()
  }

  function pass(next: Flow): void {
    if (isOver) return
    const stops = !next.input || next.held
    const goesOn = isStopped && !stops
    if (stops && !isStopped) {
      wasSending = inside.incoming.state === 'open'
      wasBarred = false
    }
    wasBarred ||= !next.input
    isStopped = stops
    // OpenSSH tells no more than the end of file of a tool that has closed its socket, which may also have said all and wait
    // for the answer: nobody can tell. Where nothing was held back the end harms nobody, and is passed on; so is it where only
    // the disk had it wait, which took no right to write away.
    const hasEnded = goesOn && wasBarred && wasSending && inside.incoming.state !== 'open' && inward.holdsBack
    if (hasEnded || (stops && hasLeft)) return endOfStopped()
    inward.flow(next)
    outward.flow({ ...next, input: true })
  }

  pass(flow)

  return { ended: ended.promise, flow: pass, cut }
}

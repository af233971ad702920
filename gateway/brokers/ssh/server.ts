// The SSH listener. It owns the sockets until each is handed on, so that strangers are counted and a slow login is cut;
// who speaks the protocol on them is not its business: this process, or a worker.

import { createServer, type AddressInfo, type Socket } from 'node:net'
import type { StrangerFault } from '../../../policy/index.ts'
import type { Listener } from '../../listener.ts'
import type { Log } from '../../log.ts'
import { openLimits, type LimitRules } from './limits.ts'
import { findOrigin } from './origin.ts'
import { isBalancer } from './proxy-header.ts'
import type { TakeConnection, TakenConnection } from './ssh-service.ts'

export interface SshListenerOptions {
  readonly host: string
  readonly port: number
  readonly limits: LimitRules
  /** Networks (CIDR) of balancers that say where a connection comes from, by the PROXY protocol; others never do. */
  readonly proxyFrom: readonly string[]
  /** Until it resolves, connections are taken and wait: nothing is said to them yet. */
  readonly ready: Promise<void>
  readonly log: Log
  /** Told of each connection that was refused or cut before its login. */
  readonly turnedAway?: (source: string, because: StrangerFault) => void
}

export interface Carriers {
  readonly take: TakeConnection
  /** Do sockets leave this process? Then nothing may be read of them here that is not handed on with them. */
  readonly apart: boolean
}

const tooSlow = 'it has not logged in within the time there is for it'

/**
 * Opens the listener.
 * @throws when the address cannot be bound.
 */
export async function listenSsh(options: SshListenerOptions, carriers: Carriers): Promise<Listener> {
  const { log, ready, proxyFrom } = options
  const limits = openLimits(options.limits)
  const { loginGraceMs } = options.limits
  /** Every connection, and how to close it. */
  const open = new Map<Socket, () => void>()
  /** Set once it stops: called when nobody is left. */
  let onEmpty: (() => void) | null = null
  /** Of balancers that have not said yet where they come from. */
  const unnamed = new Set<Socket>()

  function refuse(socket: Socket, source: string, limit: string): void {
    log.warn({ source, limit }, 'SSH connection refused')
    options.turnedAway?.(source, 'limit')
    socket.destroy()
  }

  function drop(socket: Socket, source: string, because: StrangerFault, why: string): void {
    log.warn({ source, why }, 'SSH connection ended')
    options.turnedAway?.(source, because)
    socket.destroy()
  }

  /** From here on it has a place, and a time to log in. */
  function serve(socket: Socket, source: string): void {
    const place = limits.enter(source)
    if (place.kind === 'full') return refuse(socket, source, place.limit)
    const { admitted, leave } = place
    let taken: TakenConnection | null = null
    const grace = setTimeout(
      () => (taken ? taken.drop(tooSlow) : drop(socket, source, 'too-slow', tooSlow)),
      loginGraceMs,
    )
    function left(): void {
      clearTimeout(grace)
      leave()
      open.delete(socket)
      if (open.size === 0) onEmpty?.()
    }
    open.set(socket, () => (taken ? taken.close() : socket.destroy()))
    const goneEarly = (): void => left()
    socket.once('close', goneEarly)
    void ready.then(() => {
      if (socket.destroyed) return
      // Who takes it says when it is closed: a socket that is handed to another process closes here at once.
      socket.off('close', goneEarly)
      taken = carriers.take(socket, {
        source,
        ahead: carriers.apart ? takeAhead(socket) : null,
        entered() {
          clearTimeout(grace)
          admitted()
        },
        turnedAway: (why) => options.turnedAway?.(source, why === tooSlow ? 'too-slow' : 'flood'),
        left,
      })
    })
  }

  const server = { noDelay: true, keepAlive: true, pauseOnConnect: carriers.apart }
  const listener = createServer(server, (socket) => {
    const peer = socket.remoteAddress ?? 'unknown'
    socket.on('error', (err) => log.debug({ err, source: peer }, 'SSH socket failed'))
    if (!isBalancer(peer, proxyFrom)) return serve(socket, peer)
    if (unnamed.size >= options.limits.unauthenticated)
      return refuse(socket, peer, 'connections without a PROXY header')
    unnamed.add(socket)
    // A balancer has as long to say it as its client has to log in, and no longer.
    const grace = setTimeout(() => drop(socket, peer, 'too-slow', tooSlow), loginGraceMs)
    void findOrigin(socket).then((found) => {
      clearTimeout(grace)
      unnamed.delete(socket)
      if (found.kind === 'found') serve(socket, found.source)
      else if (found.kind === 'refused') drop(socket, peer, 'no-origin', found.why)
    })
  })

  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject)
    listener.listen(options.port, options.host, () => {
      listener.off('error', reject)
      resolve()
    })
  })
  return {
    port: (listener.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        // Whether it is closed is not asked of Node (24.21): it waits for ever for sockets it handed to a child that died.
        listener.close()
        onEmpty = resolve
        for (const close of open.values()) close()
        for (const socket of unnamed) socket.destroy()
        if (open.size === 0) resolve()
      }),
  }
}

/** What was read of a socket, of which nothing more is read here. */
function takeAhead(socket: Socket): Uint8Array | null {
  // Asked for more than there is, a stream begins to read.
  const ahead = socket.readableLength === 0 ? null : (socket.read() as Buffer | null)
  // Node stops reading a paused socket only once its buffer is full.
  const { _handle: handle } = socket as unknown as { readonly _handle: { reading: boolean; readStop(): void } | null }
  if (handle !== null && handle.reading) {
    handle.reading = false
    handle.readStop()
  }
  return ahead
}

// Speaks SSH with clients whose connections are handed to it, by the listener of this process or, in a worker, by the core:
// the protocol on them is ssh2's, what it carries is connection.ts's.

import './packet-limit.ts'
import type { Socket } from 'node:net'
import ssh2 from 'ssh2'
import { clientAlgorithms } from './algorithms.ts'
import { prepareForClient } from './client-side.ts'
import { serveConnection, type ConnectionDeps } from './connection.ts'
import { gatherIdentification } from './identification.ts'
import { openJumps } from './jump.ts'
import { limitMessages } from './message-limits.ts'
import { writeInBatches } from './packet-socket.ts'

/** One connection of a client, as it is handed on. */
export interface Arrival {
  /** Where it comes from, which is not the socket's peer where a balancer stands in between. */
  readonly source: string
  /** What was read of it already. */
  readonly ahead: Uint8Array | null
  /** Its login is complete: it is a stranger no more. */
  entered(): void
  /** It is cut before its login is complete. */
  turnedAway(why: string): void
  /** Its socket is closed. Called once. */
  left(): void
}

export interface TakenConnection {
  /** It is to be no more, for this reason. */
  drop(why: string): void
  /** Nobody is to be: the gateway stops. */
  close(): void
}

export type TakeConnection = (socket: Socket, arrival: Arrival) => TakenConnection

export type HostKeys = NonNullable<ssh2.ServerConfig['hostKeys']>

export interface SshServiceOptions {
  /** The gateway's host keys, as ssh2 takes them. */
  readonly hostKeys: HostKeys
  /** Shown before login, when not empty. */
  readonly banner: string
  readonly loginGraceMs: number
  /** How often a client that says nothing is asked whether it is there, and how often it may fail to answer. */
  readonly keepalive?: { readonly everyMs: number; readonly most: number }
}

export function openSshService(
  { hostKeys, banner, loginGraceMs, keepalive = { everyMs: 15_000, most: 3 } }: SshServiceOptions,
  deps: ConnectionDeps,
): TakeConnection {
  const notice = banner === '' ? {} : { banner: `${banner.trimEnd()}\n` }

  return (socket, arrival) => {
    const { source, ahead, entered, left } = arrival
    const config: ssh2.ServerConfig = {
      hostKeys,
      ident: 'Sallyport',
      algorithms: clientAlgorithms,
      keepaliveInterval: keepalive.everyMs,
      keepaliveCountMax: keepalive.most,
      highWaterMark: 64 * 1024,
    }
    // Who jumps has read the notice.
    const openJump = openJumps(config, loginGraceMs, deps.log)
    let isStranger = true
    function drop(why: string): void {
      deps.log.warn({ source, why }, 'SSH connection ended')
      if (isStranger) arrival.turnedAway(why)
      socket.destroy()
    }
    socket.on('error', (err) => deps.log.debug({ err, source }, 'SSH socket failed'))
    socket.once('close', left)
    const carried = writeInBatches(socket)
    // One server a socket: its only connection is known to be the one on it.
    const ssh = new ssh2.Server({ ...config, ...notice })
    ssh.on('error', (err: Error) => deps.log.debug({ err, source }, 'SSH connection failed'))
    ssh.on('connection', (connection) => {
      prepareForClient(connection)
      // Last, so that it sees every message first.
      limitMessages(
        connection,
        carried,
        () => isStranger,
        (why) => (isStranger ? drop(why) : serving.overran(why)),
      )
      const onLogin = (): void => {
        isStranger = false
        entered()
      }
      const serving = serveConnection(connection, socket, source, onLogin, { ...deps, openJump })
    })
    gatherIdentification(socket, drop)
    if (ahead !== null) socket.unshift(ahead)
    ssh.injectSocket(socket)
    return { drop, close: () => socket.destroy() }
  }
}

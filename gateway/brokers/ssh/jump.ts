// An SSH connection inside a stream of another, as ProxyJump makes it: taken in here with the gateway's own host keys, so
// that what passes to the target is read and recorded like everything else, and never carried through encrypted.

import './packet-limit.ts'
import type { Socket } from 'node:net'
import type { Connection, ServerChannel } from 'ssh2'
import ssh2 from 'ssh2'
import type { Log } from '../../log.ts'
import type { Visitor } from '../broker.ts'
import { prepareForClient } from './client-side.ts'
import type { ServedConnection } from './connection.ts'
import { gatherIdentification } from './identification.ts'
import type { JumpAddressee } from './jump-login.ts'
import { limitMessages, type Carried } from './message-limits.ts'

/** Who came in around it, and where it leads. */
export interface InsideJump {
  readonly visitor: Visitor
  readonly addressee: JumpAddressee
}

/** Takes in a connection on a stream; `serve` gets it with what to call once its login is complete. */
export type OpenJump = (
  stream: ServerChannel,
  serve: (connection: Connection, onLogin: () => void) => Pick<ServedConnection, 'overran'>,
) => void

/** What crosses a stream, which counts nothing itself. */
function countOn(stream: ServerChannel): Carried {
  let [bytesRead, bytesWritten] = [0, 0]
  stream.on('data', (part: Buffer) => (bytesRead += part.length))
  const write = stream.write.bind(stream) as (chunk: Uint8Array, ...more: unknown[]) => boolean
  stream.write = ((chunk: Uint8Array, ...more: unknown[]) => {
    bytesWritten += chunk.length
    return write(chunk, ...more)
  }) as typeof stream.write
  return {
    get bytesRead() {
      return bytesRead
    },
    get bytesWritten() {
      return bytesWritten
    },
    get writableLength() {
      return stream.writableLength
    },
  }
}

/** @param graceMs how long the client may take to say who it is. */
export function openJumps(config: ssh2.ServerConfig, graceMs: number, log: Log): OpenJump {
  return (stream, serve) => {
    let isStranger = true
    function drop(why: string): void {
      log.warn({ why }, 'SSH connection inside a stream ended')
      stream.destroy()
    }
    const grace = setTimeout(() => stream.destroy(), graceMs)
    stream.once('close', () => clearTimeout(grace))
    // A socket of a listener closes with its peer; a channel would stay half open for ever.
    stream.once('end', () => stream.end())
    // One server a stream: its only connection is known to be the one on it.
    const server = new ssh2.Server(config)
    server.on('error', (err: Error) => log.debug({ err }, 'SSH connection inside a stream failed'))
    server.on('connection', (connection) => {
      prepareForClient(connection)
      // As on a socket: who has logged in around it may be hostile all the same.
      limitMessages(
        connection,
        carried,
        () => isStranger,
        (why) => (isStranger ? drop(why) : served.overran(why)),
      )
      const served = serve(connection, () => {
        isStranger = false
        clearTimeout(grace)
      })
    })
    const carried = countOn(stream)
    // ssh2 asks of it what every stream has.
    const socket = stream as unknown as Socket
    gatherIdentification(socket, drop)
    server.injectSocket(socket)
  }
}

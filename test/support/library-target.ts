// An SSH target made of ssh2, for what sshd does not do: send more than it may, close in the middle.

import type { AddressInfo } from 'node:net'

import ssh2, { type Connection, type ServerChannel } from 'ssh2'

import { generateOpensshKey } from '../../certs-dev/openssh-key.ts'
import { standBefore } from '../../gateway/brokers/ssh/message-handlers.ts'

export interface LibraryTarget {
  readonly port: number
  /** Type and key, as a bundle pins it. */
  readonly hostKey: string
  stop(): Promise<void>
}

/**
 * What such a target hears on a channel beside its data: `pty`, `shell`, `exec x`, `size 80x24`, `signal INT`,
 * `break 500`.
 */
export type Hear = (what: string) => void

/**
 * Lets everybody in and gives each command to `run`; that of a shell is empty, that of a subsystem `subsystem x`.
 * @param prepare gets each connection before its first message.
 */
export async function startLibraryTarget(
  run: (channel: ServerChannel, command: string, connection: Connection) => void,
  hear: Hear = () => undefined,
  prepare: (connection: Connection) => void = () => undefined,
): Promise<LibraryTarget> {
  const key = generateOpensshKey('library-target')
  const connections = new Set<Connection>()
  const server = new ssh2.Server({ hostKeys: [key.private] }, (connection) => {
    connections.add(connection)
    prepare(connection)
    connection.on('close', () => connections.delete(connection))
    connection.on('error', () => connection.end())
    connection.on('authentication', (ctx) => ctx.accept())
    standBefore(connection, 'CHANNEL_REQUEST', (original) => (...args) => {
      const [, , type, , data] = args
      if (type === 'break' && Buffer.isBuffer(data)) hear(`break ${data.readUInt32BE()}`)
      original(...args)
    })
    connection.on('session', (accept) => {
      const session = accept()
      session.on('exec', (acceptExec, _reject, { command }) => {
        hear(`exec ${command}`)
        run(acceptExec(), command, connection)
      })
      // As long as nobody listens for `sftp` ssh2 gives the bare channel of that one, too.
      session.on('subsystem', (acceptSubsystem, _reject, { name }) => {
        run(acceptSubsystem(), `subsystem ${name}`, connection)
      })
      session.on('shell', (acceptShell) => {
        hear('shell')
        run(acceptShell(), '', connection)
      })
      session.on('pty', (acceptPty) => {
        hear('pty')
        acceptPty()
      })
      session.on('window-change', (_accept, _reject, { cols, rows }) => hear(`size ${cols}x${rows}`))
      session.on('signal', (_accept, _reject, { name }) => hear(`signal ${name}`))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    hostKey: key.public.split(' ').slice(0, 2).join(' '),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const connection of connections) connection.end()
      }),
  }
}

interface Inside {
  readonly _protocol: {
    channelData(recipient: number, data: Buffer): void
    channelExtData(recipient: number, data: Buffer, type: number): void
  }
}
interface ChannelInside {
  readonly outgoing: { readonly id: number }
}

/** Sends data on a channel without looking at the window the peer has given. */
export function sendRegardless(connection: object, channel: object, data: Buffer, stream: 'out' | 'err' = 'out'): void {
  const { _protocol } = connection as Inside
  const { id } = (channel as ChannelInside).outgoing
  if (stream === 'out') _protocol.channelData(id, data)
  else _protocol.channelExtData(id, data, 1)
}

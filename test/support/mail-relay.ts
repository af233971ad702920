// A real mail relay on a free port of this machine (smtp-server), with a certificate of a CA of its own. It keeps what it
// takes, and can refuse, hang or die where a test says so.

import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { createCa, issueServer } from '../../certs-dev/pki.ts'
import { takeApart, type MailParts } from './mail-parts.ts'

export interface ReceivedMail extends MailParts {
  readonly from: string
  readonly to: readonly string[]
  readonly secure: boolean
  readonly raw: string
}

export interface MailRelay {
  readonly port: number
  /** PEM of the CA its certificate comes from. */
  readonly ca: string
  readonly received: readonly ReceivedMail[]
  /** Connections taken so far. */
  readonly connections: number
  stop(): Promise<void>
}

export interface RelayWish {
  readonly port?: number
  /** What its certificate is for. */
  readonly hostnames?: readonly string[]
  /** TLS from the first byte; otherwise STARTTLS is offered. */
  readonly secure?: boolean
  readonly options?: SMTPServerOptions
  /** The only login it takes; nobody needs one when not given. */
  readonly login?: { readonly user: string; readonly password: string }
  /** What it does with the text of the n-th message, counted from 0, instead of taking it. */
  readonly onData?: (count: number, server: SMTPServer) => 'take' | 'refuse' | 'die'
}

export async function startRelay(wish: RelayWish = {}): Promise<MailRelay> {
  const now = Date.now()
  const ca = await createCa('Test CA', now)
  const own = await issueServer(ca, { hostnames: [...(wish.hostnames ?? ['localhost'])], ips: [] }, now)
  const received: ReceivedMail[] = []
  let count = 0
  let connections = 0
  const { login } = wish
  const server: SMTPServer = new SMTPServer({
    secure: wish.secure === true,
    cert: own.certificate,
    key: own.key,
    authOptional: login === undefined,
    disabledCommands: login === undefined ? ['AUTH'] : [],
    logger: false,
    onConnect: (_session, done) => {
      connections += 1
      done()
    },
    onAuth: ({ username, password }, _session, done) => {
      if (username === login?.user && password === login?.password) done(null, { user: username })
      else done(new Error('no such login'))
    },
    onData: (stream, session, done) => {
      const parts: Buffer[] = []
      const what = wish.onData?.(count++, server) ?? 'take'
      if (what === 'die') {
        for (const connection of server.connections) (connection as { _socket: { destroy(): void } })._socket.destroy()
        return
      }
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        if (what === 'refuse') {
          done(Object.assign(new Error('not this message'), { responseCode: 554 }))
          return
        }
        const raw = Buffer.concat(parts).toString('latin1')
        const { mailFrom, rcptTo } = session.envelope
        received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          secure: session.secure,
          raw,
          ...takeApart(raw),
        })
        done()
      })
    },
    ...wish.options,
  })
  // What its clients do wrong, or to it, is what the tests are about.
  server.on('error', () => undefined)
  server.listen(wish.port ?? 0, '127.0.0.1')
  await once(server.server, 'listening')
  return {
    port: (server.server.address() as AddressInfo).port,
    ca: ca.certificate,
    received,
    get connections() {
      return connections
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
      }),
  }
}

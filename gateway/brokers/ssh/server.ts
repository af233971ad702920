// The SSH listener. It owns the sockets, so that strangers are counted, a slow login is cut, and the end of a session
// closes its socket whatever the client does; the protocol on them is ssh2's.

import { createServer, type AddressInfo, type Socket } from 'node:net'
import ssh2 from 'ssh2'
import type { Listener } from '../../listener.ts'
import type { Secret } from '../../secret.ts'
import { algorithms } from './algorithms.ts'
import { serveConnection, type ConnectionDeps } from './connection.ts'
import { fingerprintOfPrivate } from './host-key.ts'
import { openLimits, type LimitRules } from './limits.ts'
import { writeInBatches } from './packet-socket.ts'

export interface SshListenerOptions {
  readonly host: string
  readonly port: number
  /** Private host keys in OpenSSH or PEM form. */
  readonly hostKeys: readonly Secret<string>[]
  /** Shown before login, when not empty: the notice that sessions are recorded. */
  readonly banner: string
  readonly limits: LimitRules
  /** Until it resolves, connections are taken and wait: nothing is said to them yet. */
  readonly ready: Promise<void>
}

export interface SshListener extends Listener {
  /** Of the first host key, as `ssh-keygen -l` prints it: what people compare on their first visit. */
  readonly fingerprint: string
}

/**
 * Opens the listener.
 * @throws when the address cannot be bound or a host key cannot be read.
 */
export async function listenSsh(options: SshListenerOptions, deps: ConnectionDeps): Promise<SshListener> {
  const [fingerprint] = options.hostKeys.map(fingerprintOfPrivate)
  if (typeof fingerprint !== 'string') throw new Error('ssh.hostKeys: expected private keys without passphrase')
  const limits = openLimits(options.limits)
  const sockets = new Map<string, { readonly socket: Socket; readonly admitted: () => void }>()
  const nameOf = (address: string | undefined, port: number | undefined): string => `${address} ${port}`

  const ssh = new ssh2.Server({
    hostKeys: options.hostKeys.map((key) => key.expose()),
    ident: 'Sallyport',
    ...(options.banner === '' ? {} : { banner: `${options.banner.trimEnd()}\n` }),
    algorithms,
    keepaliveInterval: 15_000,
    keepaliveCountMax: 3,
    highWaterMark: 64 * 1024,
  })
  ssh.on('connection', (connection, info) => {
    const known = sockets.get(nameOf(info.ip, info.port))
    if (known) serveConnection(connection, known.socket, known.admitted, deps)
    else connection.end()
  })

  const listener = createServer({ noDelay: true, keepAlive: true }, (socket) => {
    const source = socket.remoteAddress ?? 'unknown'
    const place = limits.enter(source)
    if (place.kind === 'full') {
      deps.log.warn({ source, limit: place.limit }, 'SSH connection refused')
      socket.destroy()
      return
    }
    const name = nameOf(socket.remoteAddress, socket.remotePort)
    const grace = setTimeout(() => socket.destroy(), options.limits.loginGraceMs)
    sockets.set(name, {
      socket,
      admitted: () => {
        clearTimeout(grace)
        place.leave()
      },
    })
    socket.on('error', (err) => deps.log.debug({ err, source }, 'SSH socket failed'))
    socket.once('close', () => {
      clearTimeout(grace)
      place.leave()
      sockets.delete(name)
    })
    writeInBatches(socket)
    void options.ready.then(() => socket.destroyed || ssh.injectSocket(socket))
  })

  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject)
    listener.listen(options.port, options.host, () => {
      listener.off('error', reject)
      resolve()
    })
  })
  return {
    fingerprint,
    port: (listener.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        listener.close(() => resolve())
        for (const { socket } of sockets.values()) socket.destroy()
      }),
  }
}

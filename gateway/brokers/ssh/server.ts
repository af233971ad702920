// The SSH listener. It owns the sockets, so that strangers are counted, a slow login is cut, and the end of a session
// closes its socket whatever the client does; the protocol on them is ssh2's.

import './packet-limit.ts'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import ssh2 from 'ssh2'
import type { Listener } from '../../listener.ts'
import type { Secret } from '../../secret.ts'
import { clientAlgorithms } from './algorithms.ts'
import { prepareForClient } from './client-side.ts'
import { serveConnection, type ConnectionDeps } from './connection.ts'
import { fingerprintOfPrivate } from './host-key.ts'
import { gatherIdentification } from './identification.ts'
import { openJumps } from './jump.ts'
import { openLimits, type LimitRules } from './limits.ts'
import { limitMessages, type Carried } from './message-limits.ts'
import { findOrigin } from './origin.ts'
import { writeInBatches } from './packet-socket.ts'
import { isBalancer } from './proxy-header.ts'

export interface SshListenerOptions {
  readonly host: string
  readonly port: number
  /** Private host keys in OpenSSH or PEM form. */
  readonly hostKeys: readonly Secret<string>[]
  /** Shown before login, when not empty: the notice that sessions are recorded. */
  readonly banner: string
  readonly limits: LimitRules
  /** Networks (CIDR) of balancers that say where a connection comes from, by the PROXY protocol; others never do. */
  readonly proxyFrom: readonly string[]
  /** Until it resolves, connections are taken and wait: nothing is said to them yet. */
  readonly ready: Promise<void>
}

export interface SshListener extends Listener {
  /** Of the first host key, as `ssh-keygen -l` prints it: what people compare on their first visit. */
  readonly fingerprint: string
}

const tooSlow = 'it has not logged in within the time there is for it'

interface Served {
  readonly socket: Socket
  readonly source: string
  readonly carried: Carried
  isStranger: boolean
  /** It has logged in: the limits for strangers no longer apply. */
  admitted(): void
}

/**
 * Opens the listener.
 * @throws when the address cannot be bound or a host key cannot be read.
 */
export async function listenSsh(options: SshListenerOptions, deps: ConnectionDeps): Promise<SshListener> {
  const [fingerprint] = options.hostKeys.map(fingerprintOfPrivate)
  if (typeof fingerprint !== 'string') throw new Error('ssh.hostKeys: expected private keys without passphrase')
  const limits = openLimits(options.limits)
  const sockets = new Map<string, Served>()
  /** Of balancers that have not said yet where they come from. */
  const unnamed = new Set<Socket>()
  const nameOf = (address: string | undefined, port: number | undefined): string => `${address} ${port}`

  const config: ssh2.ServerConfig = {
    hostKeys: options.hostKeys.map((key) => key.expose()),
    ident: 'Sallyport',
    algorithms: clientAlgorithms,
    keepaliveInterval: 15_000,
    keepaliveCountMax: 3,
    highWaterMark: 64 * 1024,
  }
  const banner = options.banner === '' ? {} : { banner: `${options.banner.trimEnd()}\n` }
  const ssh = new ssh2.Server({ ...config, ...banner })
  // Who jumps has read the notice.
  const openJump = openJumps(config, options.limits.loginGraceMs, deps.log)
  ssh.on('connection', (connection, info) => {
    const known = sockets.get(nameOf(info.ip, info.port))
    if (!known) {
      connection.end()
      return
    }
    const { socket, source, carried, admitted } = known
    prepareForClient(connection)
    // Last, so that it sees every message first.
    limitMessages(
      connection,
      carried,
      () => known.isStranger,
      (why) => (known.isStranger ? drop(socket, source, why) : serving.overran(why)),
    )
    const serving = serveConnection(connection, socket, source, admitted, { ...deps, openJump })
  })

  function drop(socket: Socket, source: string, why: string): void {
    deps.log.warn({ source, why }, 'SSH connection ended')
    socket.destroy()
  }

  /** From here on it has a place, and a time to log in. */
  function serve(socket: Socket, source: string): void {
    const place = limits.enter(source)
    if (place.kind === 'full') {
      deps.log.warn({ source, limit: place.limit }, 'SSH connection refused')
      socket.destroy()
      return
    }
    const name = nameOf(socket.remoteAddress, socket.remotePort)
    const grace = setTimeout(() => drop(socket, source, tooSlow), options.limits.loginGraceMs)
    const served: Served = {
      socket,
      source,
      carried: writeInBatches(socket),
      isStranger: true,
      admitted: () => {
        served.isStranger = false
        clearTimeout(grace)
        place.admitted()
      },
    }
    sockets.set(name, served)
    socket.once('close', () => {
      clearTimeout(grace)
      place.leave()
      sockets.delete(name)
    })
    gatherIdentification(socket, (why) => drop(socket, source, why))
    void options.ready.then(() => socket.destroyed || ssh.injectSocket(socket))
  }

  const listener = createServer({ noDelay: true, keepAlive: true }, (socket) => {
    const peer = socket.remoteAddress ?? 'unknown'
    socket.on('error', (err) => deps.log.debug({ err, source: peer }, 'SSH socket failed'))
    if (!isBalancer(peer, options.proxyFrom)) return serve(socket, peer)
    if (unnamed.size >= options.limits.unauthenticated) {
      deps.log.warn({ source: peer, limit: 'connections without a PROXY header' }, 'SSH connection refused')
      socket.destroy()
      return
    }
    unnamed.add(socket)
    // A balancer has as long to say it as its client has to log in, and no longer.
    const grace = setTimeout(() => drop(socket, peer, tooSlow), options.limits.loginGraceMs)
    void findOrigin(socket).then((found) => {
      clearTimeout(grace)
      unnamed.delete(socket)
      if (found.kind === 'found') serve(socket, found.source)
      else if (found.kind === 'refused') drop(socket, peer, found.why)
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
    fingerprint,
    port: (listener.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        listener.close(() => resolve())
        for (const { socket } of sockets.values()) socket.destroy()
        for (const socket of unnamed) socket.destroy()
      }),
  }
}

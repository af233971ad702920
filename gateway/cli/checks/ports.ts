// Doctor on ports: free, or held by a gateway that runs already.

import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Config } from '../../config.ts'
import { codeOf, messageOf } from '../failure.ts'
import { plain } from '../plain.ts'
import { fail, ok, type Check } from './check.ts'

interface Place {
  readonly host: string
  readonly port: number
}

const patience = 3_000

export async function checkPorts(config: Config): Promise<Check[]> {
  return [
    await checkPort('ssh port', config.ssh, speaksAsUs),
    await checkPort('https port', config.https, (place) => showsCertificate(place, config.https.certificate)),
  ]
}

async function checkPort(
  what: string,
  { host, port }: Place,
  isOurs: (place: Place) => Promise<boolean>,
): Promise<Check> {
  const name = `${plain(host)} port ${port}`
  if (port === 0) return ok(what, `${plain(host)}: a free one is taken`)
  const code = await tryBinding({ host, port })
  if (code === '') return ok(what, `${name}: free`)
  if (code === 'EADDRINUSE') {
    // A listener on every address answers on loopback, in its own family.
    const near = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
    if (await isOurs({ host: near, port })) return ok(what, `${name}: held by a running gateway`)
    return fail(
      what,
      `${name}: held by another program`,
      `stop it, or set another port; \`ss -ltnp sport = :${port}\` names it`,
    )
  }
  if (code === 'EACCES')
    return fail(what, `${name}: not allowed`, 'ports below 1024 need CAP_NET_BIND_SERVICE: take a higher one')
  if (code === 'EADDRNOTAVAIL')
    return fail(what, `${name}: this machine has no such address`, 'set the host to one of its own, or 0.0.0.0')
  return fail(what, `${name}: ${plain(code)}`, 'look at the address')
}

/** An empty text where it can be bound; else the system's code. */
async function tryBinding({ host, port }: Place): Promise<string> {
  const server = createServer()
  try {
    server.listen({ host, port, exclusive: true })
    await once(server, 'listening')
    return ''
  } catch (error) {
    return codeOf(error) || messageOf(error)
  } finally {
    server.close()
  }
}

/** Our SSH listener names itself in the first line (RFC 4253 section 4.2). */
async function speaksAsUs({ host, port }: Place): Promise<boolean> {
  const socket = connect({ host, port })
  socket.setTimeout(patience, () => socket.destroy(new Error('no answer')))
  try {
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    return chunk.toString('latin1').startsWith('SSH-2.0-Sallyport')
  } catch (error) {
    // Who does not answer as an SSH server is not ours; why does not matter.
    return error instanceof Error && false
  } finally {
    socket.destroy()
  }
}

/** Whether the port shows the configured certificate: pinned, so nothing else passes for it. */
async function showsCertificate({ host, port }: Place, file: string): Promise<boolean> {
  try {
    const own = new X509Certificate(await readFile(file))
    const socket = connectTls({
      host,
      port,
      ca: own.toString(),
      allowPartialTrustChain: true,
      // Its name need not be the address we reach it by here: it is the very certificate or it is not.
      checkServerIdentity: (_host, { fingerprint256 }) =>
        fingerprint256 === own.fingerprint256 ? undefined : new Error('another certificate'),
    })
    socket.setTimeout(patience, () => socket.destroy(new Error('no answer')))
    try {
      await once(socket, 'secureConnect')
      return socket.authorized
    } finally {
      socket.destroy()
    }
  } catch (error) {
    return error instanceof Error && false
  }
}

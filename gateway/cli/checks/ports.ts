// Doctor on ports: free, or held by a gateway that runs already.

import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Config } from '../../config.ts'
import { bindProblem, type Place } from '../../listener.ts'
import { systemCode } from '../../start-problem.ts'
import { plain } from '../plain.ts'
import { failOn, ok, type Check } from './check.ts'

const patience = 3_000

export async function checkPorts(config: Config): Promise<Check[]> {
  return [
    await checkPort('ssh', config.ssh, speaksAsUs),
    await checkPort('https', config.https, (place) => showsCertificate(place, config.https.certificate)),
  ]
}

async function checkPort(
  section: 'ssh' | 'https',
  { host, port }: Place,
  isOurs: (place: Place) => Promise<boolean>,
): Promise<Check> {
  const what = `${section} port`
  const name = `${plain(host)} port ${port}`
  if (port === 0) return ok(what, `${plain(host)}: a free one is taken`)
  const error = await tryBinding({ host, port })
  if (error === null) return ok(what, `${name}: free`)
  // A listener on every address answers on loopback, in its own family.
  const near = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  if (systemCode(error) === 'EADDRINUSE' && (await isOurs({ host: near, port })))
    return ok(what, `${name}: held by a running gateway`)
  return failOn(bindProblem(section, { host, port }, error))
}

/** Null where it can be bound; else what the system says. */
async function tryBinding({ host, port }: Place): Promise<unknown> {
  const server = createServer()
  try {
    server.listen({ host, port, exclusive: true })
    await once(server, 'listening')
    return null
  } catch (error) {
    return error
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

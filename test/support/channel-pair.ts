// Both ends of one real SSH channel on loopback, for tests of what is written to it.

// First of all, as in every file that brings ssh2 in.
import '../../gateway/brokers/ssh/packet-limit.ts'

import type { AddressInfo } from 'node:net'
import ssh2, { type ClientChannel, type ServerChannel } from 'ssh2'
import { generateOpensshKey } from '../../certs-dev/openssh-key.ts'

/** @param undo gets what ends both. */
export async function channelPair(undo: (() => void)[]): Promise<{ near: ServerChannel; far: ClientChannel }> {
  const server = new ssh2.Server({ hostKeys: [generateOpensshKey('t').private] })
  const near = new Promise<ServerChannel>((resolve) => {
    server.on('connection', (client) => {
      client.on('error', () => client.end())
      client.on('authentication', (ctx) => ctx.accept())
      client.on('session', (accept) => accept().on('exec', (acceptExec) => resolve(acceptExec())))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const client = new ssh2.Client()
  undo.push(
    () => client.destroy(),
    () => server.close(),
  )
  const far = new Promise<ClientChannel>((resolve, reject) => {
    client.on('error', reject)
    client.on('ready', () => client.exec('x', (error, channel) => (error ? reject(error) : resolve(channel))))
  })
  client.connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, username: 'u', password: 'p' })
  return { near: await near, far: await far }
}

// An SSH server without private host keys: it asks for each signature over the pipe at fd 3, and prints its port.

import { Server } from 'node:net'
import '../../../gateway/brokers/ssh/packet-limit.ts'
import ssh2 from 'ssh2'
import { remoteHostKeys } from '../../../gateway/brokers/ssh/remote-host-keys.ts'
import { openKeyPipe } from '../../../gateway/workers/key-pipe.ts'

const pipe = openKeyPipe(3)
const publicKeys = process.argv.slice(2).map((blob) => Buffer.from(blob, 'base64'))
let connections = 0

const listener = new Server((socket) => {
  const connection = ++connections
  const sign = (key: number, data: Uint8Array, hash: string | null): Buffer => pipe.sign(connection, key, data, hash)
  const server = new ssh2.Server({ hostKeys: remoteHostKeys(publicKeys, sign) })
  server.on('connection', (client) => {
    client.on('authentication', (ctx) => ctx.accept())
    client.on('error', () => client.end())
    client.on('session', (accept) => {
      accept().on('exec', (acceptExec, _reject, { command }) => {
        const channel = acceptExec()
        channel.write(`ran ${command}`)
        channel.exit(0)
        channel.end()
      })
    })
  })
  server.on('error', () => socket.destroy())
  server.injectSocket(socket)
})
listener.listen(0, '127.0.0.1', () => {
  const address = listener.address()
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`)
})

// A worker that runs somebody else's code: what it can do to the one that started it with the channel it has.

import { writeSync } from 'node:fs'
import { createServer, connect } from 'node:net'

const channel = 3
const header = (length: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(length)
  return bytes
}

const tricks: Readonly<Record<string, () => void>> = {
  'bytes that are no message': () => void writeSync(channel, Buffer.concat([header(4), Buffer.from([1, 2, 3, 4])])),
  'a message without end'() {
    writeSync(channel, header(0xffff_fff0))
    const piece = Buffer.alloc(64 << 10)
    for (;;) {
      try {
        writeSync(channel, piece)
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) process.exit(0)
      }
    }
  },
  "a word of Node's own out of turn": () => void process.send?.({ cmd: 'NODE_HANDLE_ACK' }),
  'a handle nobody asked for'() {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      if (address === null || typeof address === 'string') return
      const socket = connect(address.port, '127.0.0.1', () => void process.send?.([3, 'pong', null], socket))
    })
  },
  'a name that is no text': () => void process.send?.([3, { toString: 1, valueOf: 1 }, null]),
  'a failure that is no text': () => void process.send?.([2, 1, { toString: 1, valueOf: 1 }]),
}

process.on('message', (trick) => {
  if (typeof trick === 'string') tricks[trick]?.()
})
// It stays until it is ended.
setInterval(() => undefined, 60_000)

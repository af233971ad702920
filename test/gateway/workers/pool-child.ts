// A program in a worker's place that does what its argument says: `good`, and then what it is that it does wrong.

import { existsSync } from 'node:fs'
import type { Socket } from 'node:net'

const [, , behaviour = 'good', go = ''] = process.argv
const sockets = new Map<number, Socket>()
const send = (message: unknown): void => void process.send?.(message)

if (behaviour === 'exits') process.exit(3)
process.on('disconnect', () => process.exit(1))
process.on('message', ([kind, ...rest]: readonly unknown[], handle: unknown) => {
  if (kind === 0) {
    const [number] = rest as [number]
    if (behaviour === 'refuses') return send([2, number, 'it will not do'])
    if (behaviour !== 'slow') return send([1, number, null])
    const look = setInterval(() => {
      if (!existsSync(go)) return
      clearInterval(look)
      send([1, number, null])
    }, 20)
    return
  }
  const [name, word] = rest as [string, { readonly connection: number; readonly ahead: Uint8Array | null }]
  switch (name) {
    case 'connection': {
      const socket = handle as Socket
      sockets.set(word.connection, socket)
      socket.on('error', () => socket.destroy())
      socket.once('close', () => send([3, 'left', { connection: word.connection }]))
      socket.write(`${process.pid} ${Buffer.from(word.ahead ?? []).toString()}\n`)
      socket.resume()
      return
    }
    case 'drop':
      sockets.get(word.connection)?.end(`dropped ${String(Reflect.get(word, 'why'))}\n`)
      return
    case 'ping':
      if (behaviour === 'mute') return
      send([3, 'pong', null])
      send([3, 'pace', { writeMs: 1, syncMs: 1 }])
      if (behaviour === 'lies') send([3, 'left', { connection: 'all of them' }])
      return
    case 'stop':
      if (behaviour !== 'stubborn') process.exit(0)
  }
})

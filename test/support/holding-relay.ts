// A TCP relay in front of a target, which can be told to hold what the target says and to pass it on later in one piece:
// what a busy gateway reads now and then, whenever a test wants it.

import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface HoldingRelay {
  readonly port: number
  /** Passes on the next piece that comes (the answer to a channel's opening) and holds what follows it. */
  holdAfterNext(): void
  /** Bytes held back now. */
  held(): number
  release(): void
  stop(): Promise<void>
}

export async function startHoldingRelay(to: number): Promise<HoldingRelay> {
  const sockets = new Set<Socket>()
  const waiting = new Map<Socket, Buffer[]>()
  /** Pieces still passed on; null passes all. */
  let passing: number | null = null
  const server = createServer((client) => {
    const target = connect(to, '127.0.0.1')
    waiting.set(client, [])
    target.on('data', (part) => {
      if (passing === 0) return void waiting.get(client)?.push(part)
      if (passing !== null) passing--
      client.write(part)
    })
    target.on('end', () => client.end())
    client.pipe(target)
    for (const socket of [client, target]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        waiting.delete(socket)
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    holdAfterNext() {
      passing = 1
    },
    held: () => [...waiting.values()].flat().reduce((sum, part) => sum + part.length, 0),
    release() {
      passing = null
      for (const [client, parts] of waiting) client.write(Buffer.concat(parts.splice(0)))
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

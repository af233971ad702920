// A TCP relay that holds back what the server says until it has been silent for a moment, and then passes it on in one
// piece: what a busy gateway reads now and then, every time.

import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface BunchingRelay {
  readonly port: number
  stop(): Promise<void>
}

/** Long enough for a target to start a short command and end it. */
const silenceMs = 60

export async function startBunchingRelay(to: number): Promise<BunchingRelay> {
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const target = connect(to, '127.0.0.1')
    let held: Buffer[] = []
    let timer: NodeJS.Timeout | undefined
    const pass = (): void => {
      client.write(Buffer.concat(held))
      held = []
    }
    target.on('data', (part) => {
      held.push(part)
      clearTimeout(timer)
      timer = setTimeout(pass, silenceMs)
    })
    target.on('end', () => {
      clearTimeout(timer)
      pass()
      client.end()
    })
    client.pipe(target)
    for (const socket of [client, target]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        clearTimeout(timer)
        sockets.delete(socket)
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

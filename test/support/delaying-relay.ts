// A TCP relay that keeps everything on its way for a while, in both directions, as a long line does; and says how much has
// passed and how much was on its way at once.

import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** `there`: from who dials to where it leads. */
export interface BothWays {
  readonly there: number
  readonly back: number
}

export interface DelayingRelay {
  readonly port: number
  /** From now on, in ms, each way; 0 at first. */
  delay(ms: number): void
  /** Bytes that have arrived so far. */
  passed(): BothWays
  /** The most bytes that were on their way at once since this was asked last. */
  most(): BothWays
  stop(): Promise<void>
}

/** What a line holds at most; its reader waits then, as TCP does. */
const room = 16 << 20

/** @param to a port of this machine. */
export async function startDelayingRelay(to: () => number): Promise<DelayingRelay> {
  const sockets = new Set<Socket>()
  let delayMs = 0
  const passed = { there: 0, back: 0 }
  const under = { there: 0, back: 0 }
  let most = { ...under }

  function carry(from: Socket, onto: Socket, way: keyof BothWays): void {
    let waiting = 0
    const goOn = (): void => {
      if (waiting < room) from.resume()
    }
    from.on('data', (part: Buffer) => {
      waiting += part.length
      under[way] += part.length
      most[way] = Math.max(most[way], under[way])
      if (waiting >= room) from.pause()
      setTimeout(() => {
        waiting -= part.length
        under[way] -= part.length
        if (onto.destroyed) return
        passed[way] += part.length
        if (onto.write(part)) return goOn()
        from.pause()
        onto.once('drain', goOn)
      }, delayMs)
    })
    from.on('end', () => void setTimeout(() => onto.end(), delayMs))
    from.on('error', () => from.destroy())
    from.on('close', () => {
      sockets.delete(from)
      setTimeout(() => onto.destroySoon(), delayMs)
    })
    sockets.add(from)
  }

  const server = createServer({ allowHalfOpen: true }, (client) => {
    const target = connect({ port: to(), host: '127.0.0.1', allowHalfOpen: true })
    carry(client, target, 'there')
    carry(target, client, 'back')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    delay(ms) {
      delayMs = ms
    },
    passed: () => ({ ...passed }),
    most() {
      const was = most
      most = { ...under }
      return was
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

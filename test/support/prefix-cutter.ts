// Somebody between two ends of SSH who does what Terrapin does (CVE-2023-48795): slips a message in before the keys are
// agreed on, where nothing is signed yet but the first offers, and cuts out as many of the first ones after them.

import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

import { wireString } from '../../gateway/identity/certificates/wire.ts'
import { packet } from './bare-ssh.ts'

export interface PrefixCutter {
  readonly port: number
  /** Messages slipped in, and bytes cut out, on all connections. */
  readonly done: { slippedIn: number; cut: number }
  stop(): Promise<void>
}

export interface CutterWish {
  /** Whose words are changed. */
  readonly of: 'client' | 'server'
  /** Bytes of the first message under the new keys, which is cut out. */
  readonly cut: number
}

const newKeys = 21
/** Of IGNORE, which asks for nothing. */
const slipped = packet(Buffer.concat([Buffer.from([2]), wireString('')]))

/** The length of a packet under chacha20-poly1305@openssh.com: padded to eight without its length, and a tag. */
export function chachaLength(payload: number): number {
  const padding = 8 - ((1 + payload) % 8)
  return 4 + 1 + payload + (padding < 4 ? padding + 8 : padding) + 16
}

export async function startPrefixCutter(to: number, { of, cut }: CutterWish): Promise<PrefixCutter> {
  const sockets = new Set<Socket>()
  const done = { slippedIn: 0, cut: 0 }

  /** Passes on what one end says, changed. */
  function changing(into: Socket): (part: Buffer) => void {
    let phase: 'version' | 'plain' | 'sealed' = 'version'
    let got: Buffer = Buffer.alloc(0)
    let toCut = cut
    return (part) => {
      got = Buffer.concat([got, part])
      if (phase === 'version') {
        const end = got.indexOf(10) + 1
        if (end === 0) return
        into.write(Buffer.concat([got.subarray(0, end), slipped]))
        done.slippedIn++
        got = got.subarray(end)
        phase = 'plain'
      }
      while (phase === 'plain' && got.length >= 4 && got.length >= 4 + got.readUInt32BE(0)) {
        const length = 4 + got.readUInt32BE(0)
        if (got[5] === newKeys) phase = 'sealed'
        into.write(got.subarray(0, length))
        got = got.subarray(length)
      }
      if (phase !== 'sealed') return
      const gone = Math.min(toCut, got.length)
      toCut -= gone
      done.cut += gone
      if (got.length > gone) into.write(got.subarray(gone))
      got = Buffer.alloc(0)
    }
  }

  const server = createServer((client) => {
    const target = connect(to, '127.0.0.1')
    const [changed, into, other] = of === 'client' ? [client, target, target] : [target, client, client]
    changed.on('data', changing(into))
    other.pipe(changed)
    for (const socket of [client, target]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.once('close', () => {
        sockets.delete(socket)
        client.destroy()
        target.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    done,
    stop() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

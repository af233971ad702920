// Where a connection comes from that a listed balancer hands on: the balancer says so before anything else. What comes after
// the header is left for whoever serves the connection.

import type { Socket } from 'node:net'
import { readProxyHeader } from './proxy-header.ts'

export type FoundOrigin =
  | { readonly kind: 'found'; readonly source: string }
  | { readonly kind: 'refused'; readonly why: string }
  /** It closed before it had said so. */
  | { readonly kind: 'gone' }

/** Waits for the header of a balancer, as long as the socket lives. A balancer that speaks for itself is the source. */
export function findOrigin(socket: Socket): Promise<FoundOrigin> {
  const peer = socket.remoteAddress ?? 'unknown'
  return new Promise((resolve) => {
    let got: Buffer = Buffer.alloc(0)
    function settle(found: FoundOrigin): void {
      socket.off('readable', read)
      socket.off('close', gone)
      resolve(found)
    }
    const gone = (): void => settle({ kind: 'gone' })
    function read(): void {
      for (let part: Buffer | null; (part = socket.read() as Buffer | null) !== null;) {
        got = Buffer.concat([got, part])
        const header = readProxyHeader(got)
        if (header.kind === 'more') continue
        if (header.kind === 'bad') return settle({ kind: 'refused', why: header.why })
        if (got.length > header.length) socket.unshift(got.subarray(header.length))
        return settle({ kind: 'found', source: header.source ?? peer })
      }
    }
    socket.on('readable', read)
    socket.once('close', gone)
  })
}

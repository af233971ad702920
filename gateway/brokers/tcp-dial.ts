// Dials a port of an asset. Its host is resolved once, and what is dialled is the address that came of it: a name that
// means something else a moment later leads nowhere else (DNS rebinding). Which host that is comes from the bundle.

import { lookup } from 'node:dns/promises'
import { BlockList, connect, isIP, type Socket } from 'node:net'
import type { TargetLeg } from './broker.ts'

export type TcpDialled =
  | { readonly kind: 'connected'; readonly socket: Socket; readonly leg: TargetLeg }
  | { readonly kind: 'failed'; readonly text: string }

// What no name of a plant means: this machine, its link, nobody, everybody (RFC 6890). Written as an address in the
// bundle it is what somebody has declared and another has accepted; out of a name server it is an attack on the gateway.
const nowhere = new BlockList()
for (const [address, prefix] of [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 3],
] as const)
  nowhere.addSubnet(address, prefix, 'ipv4')
for (const [address, prefix] of [
  ['::', 127],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  nowhere.addSubnet(address, prefix, 'ipv6')

/** May what a name server gave be dialled? Also an IPv4 address inside an IPv6 one is looked at (RFC 4291 2.5.5.2). */
export function isDialable(address: string): boolean {
  const version = isIP(address)
  return version !== 0 && !nowhere.check(address, version === 6 ? 'ipv6' : 'ipv4')
}

const unreachable = (port: number): string =>
  `port ${port} does not answer: ask the plant whether the asset is switched on and connected`

async function resolve(host: string): Promise<{ readonly address: string } | { readonly text: string }> {
  if (isIP(host) !== 0) return { address: host }
  try {
    const { address } = await lookup(host)
    return isDialable(address)
      ? { address }
      : { text: 'the name of the asset leads to an address that is no target: tell the plant' }
  } catch {
    // Which name server said what is nothing for the far side.
    return { text: 'the name of the asset cannot be resolved: tell the plant' }
  }
}

/** Connects. Never throws: what can go wrong is an answer, in one clause for the user. */
export async function dialTcp(host: string, port: number, timeoutMs: number, signal: AbortSignal): Promise<TcpDialled> {
  const found = await resolve(host)
  if ('text' in found) return { kind: 'failed', text: found.text }
  if (signal.aborted) return { kind: 'failed', text: 'the connection was closed while dialling' }
  const socket = connect({ host: found.address, port, noDelay: true, keepAlive: true, allowHalfOpen: true })
  return new Promise((done) => {
    const settle = (text: string | null): void => {
      clearTimeout(late)
      signal.removeEventListener('abort', abort)
      socket.off('connect', connected)
      const { localAddress, localPort, remoteAddress, remotePort } = socket
      if (text === null && localAddress && localPort && remoteAddress && remotePort) {
        const [local, remote] = [
          { address: localAddress, port: localPort },
          { address: remoteAddress, port: remotePort },
        ]
        done({ kind: 'connected', socket, leg: { local, remote } })
        return
      }
      socket.destroy()
      done({ kind: 'failed', text: text ?? unreachable(port) })
    }
    const abort = (): void => settle('the connection was closed while dialling')
    const connected = (): void => settle(null)
    const late = setTimeout(() => settle(unreachable(port)), timeoutMs)
    signal.addEventListener('abort', abort, { once: true })
    socket.once('connect', connected)
    // Stays: a socket that fails later fails with a listener.
    socket.on('error', () => settle(unreachable(port)))
  })
}

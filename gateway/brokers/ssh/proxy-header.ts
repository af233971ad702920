// The PROXY protocol, version 2 (haproxy.org, proxy-protocol.txt section 2.2): a balancer says where a connection comes
// from, in bytes before it. Whoever is believed there chooses its own address, so only listed balancers are, and those
// must say it.

import { isInNetworks } from '../../../policy/index.ts'

const signature = Buffer.from('0d0a0d0a000d0a515549540a', 'hex')
const headerBytes = 16
/** Addresses and what may follow them; more has nothing to say to us. */
const maxBytes = 1024

export type ProxyHeader =
  | { readonly kind: 'more' }
  | { readonly kind: 'bad'; readonly why: string }
  /** `source` is null where the balancer speaks for itself (LOCAL), as its health checks do. */
  | { readonly kind: 'ok'; readonly source: string | null; readonly length: number }

//  byte[12]  signature
//  byte      version (high four bits, 2) and command (0 LOCAL, 1 PROXY)
//  byte      family (1 IPv4, 2 IPv6) and protocol (1 stream)
//  uint16    length of what follows
//  byte[4|16] source, byte[4|16] destination, uint16 source port, uint16 destination port; then more that is passed over
/** Reads the header at the beginning of these bytes. */
export function readProxyHeader(bytes: Buffer): ProxyHeader {
  const bad = (why: string): ProxyHeader => ({ kind: 'bad', why })
  const begun = bytes.subarray(0, signature.length)
  if (!signature.subarray(0, begun.length).equals(begun))
    return bad('it does not begin with a PROXY header of version 2')
  if (bytes.length < headerBytes) return { kind: 'more' }
  const [command, family, rest] = [bytes.readUInt8(12), bytes.readUInt8(13), bytes.readUInt16BE(14)]
  const length = headerBytes + rest
  if (command >> 4 !== 2 || (command & 15) > 1) return bad('its PROXY header is of another version')
  if (rest > maxBytes) return bad(`its PROXY header is longer than ${maxBytes} bytes`)
  if (bytes.length < length) return { kind: 'more' }
  if ((command & 15) === 0) return { kind: 'ok', source: null, length }
  const body = bytes.subarray(headerBytes, length)
  if (family === 0x11 && rest >= 12) return { kind: 'ok', source: [...body.subarray(0, 4)].join('.'), length }
  if (family === 0x21 && rest >= 36) return { kind: 'ok', source: ipv6(body.subarray(0, 16)), length }
  return bad('its PROXY header names no address of a TCP connection')
}

/** As Node writes it, so that an address is the same whichever way it came; IPv4 in IPv6 is that IPv4. */
function ipv6(bytes: Buffer): string {
  const isMapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes.readUInt16BE(10) === 0xffff
  if (isMapped) return [...bytes.subarray(12)].join('.')
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16))
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}

/** Is this peer a listed balancer? */
export const isBalancer = (peer: string, networks: readonly string[]): boolean => isInNetworks(peer, networks)

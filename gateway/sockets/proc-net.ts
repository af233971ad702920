// One line of the kernel's socket table as a value (proc(5), /proc/net/tcp and tcp6). Pure; whose a socket is, kernel.ts
// finds out.
//
//   sl  local_address rem_address   st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode ...
//    0: 0100007F:08AE 0100007F:D431 01 00000000:00000000 00:00000000 00000000    0        0 27113 ...
//
// An address is the words of the network's form printed as the machine's own numbers: on a little-endian machine each
// four bytes stand turned round. A port is printed as it is said.

import { isIPv4 } from 'node:net'

/** An address and port. An IPv4 address mapped into IPv6 (RFC 4291 section 2.5.5.2) stands as IPv4. */
export interface SocketAddress {
  readonly address: string
  readonly port: number
}

export type SocketState = 'listening' | 'opening' | 'open' | 'closing' | 'gone'

export interface TableLine {
  readonly local: SocketAddress
  readonly remote: SocketAddress
  readonly state: SocketState
  /** Ties it to a file descriptor of the process that holds it; 0 where none does. */
  readonly inode: number
}

/** By number (Linux include/net/tcp_states.h): a socket that waits to be forgotten is nobody's. */
const states: Readonly<Record<string, SocketState>> = {
  '01': 'open',
  '02': 'opening',
  '03': 'opening',
  '04': 'closing',
  '05': 'closing',
  '06': 'gone',
  '07': 'gone',
  '08': 'open',
  '09': 'closing',
  '0A': 'listening',
  '0B': 'closing',
  '0C': 'opening',
}

/**
 * Reads one line; null for the heading, and for what is no such line.
 * @param isLittleEndian how the machine holds numbers (`os.endianness()`).
 */
export function parseTableLine(line: string, isLittleEndian: boolean): TableLine | null {
  const fields = line.trim().split(/\s+/)
  const [, localText = '', remoteText = '', stateText = ''] = fields
  const local = addressOf(localText, isLittleEndian)
  const remote = addressOf(remoteText, isLittleEndian)
  const state = states[stateText.toUpperCase()]
  const inode = Number(fields[9] ?? Number.NaN)
  if (local === null || remote === null || state === undefined || !Number.isSafeInteger(inode)) return null
  return { local, remote, state, inode }
}

/** The address as the table's readers write it: without an IPv6 prefix where it is an IPv4 one, and without a scope. */
export function plainAddress(address: string): string {
  const text = address.toLowerCase().replace(/%.*$/, '')
  const mapped = /^::ffff:(?=\d+\.)/.exec(text)
  const rest = mapped === null ? text : text.slice(mapped[0].length)
  return isIPv4(rest) ? rest : text
}

/** `192.0.2.7:22`, `[2001:db8::7]:22`. */
export function showAddress({ address, port }: SocketAddress): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

function addressOf(text: string, isLittleEndian: boolean): SocketAddress | null {
  const match = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/i.exec(text)
  if (match === null) return null
  const bytes = Buffer.from(match[1] ?? '', 'hex')
  if (isLittleEndian) bytes.swap32()
  return { address: bytes.length === 4 ? bytes.join('.') : ipv6Of(bytes), port: Number.parseInt(match[2] ?? '', 16) }
}

/** The shortest form (RFC 5952 section 4), which is how sockets in Node say their addresses. */
function ipv6Of(bytes: Buffer): string {
  if (bytes.subarray(0, 10).every((byte) => byte === 0) && bytes.readUInt16BE(10) === 0xffff)
    return bytes.subarray(12).join('.')
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16))
  return plainAddress(new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1))
}

// The random padding of SSH packets (RFC 4253 section 6). ssh2 (1.17) asks the system's generator for the few bytes of each
// packet by themselves, which takes longer than encrypting a short one; here they are taken from a pool that is filled by
// the same generator now and then. No byte of it is used twice, so padding is as random as it was.
//
// ssh2 asks in its module of ciphers, which is changed while it is loaded (packet-limit.ts does that).

import { randomFillSync } from 'node:crypto'
import { fileURLToPath } from 'node:url'

const pool = Buffer.alloc(16 << 10)
/** Bytes before this were used. */
let at = pool.length

/** Puts `length` fresh random bytes into `packet`, from offset `from` on. At most 255: the length of padding is one byte. */
export function fillPadding(packet: Uint8Array, from: number, length: number): void {
  if (at + length > pool.length) {
    randomFillSync(pool)
    at = 0
  }
  // A loop, since a view for so few bytes costs more than they do.
  for (let i = 0; i < length; i++) packet[from + i] = pool[at + i] ?? 0
  at += length
}

const asks = 'randomFillSync(packet, 5 + payloadLen, padLen);'
/** One for each kind of cipher. */
const places = 7

/**
 * The module's source with padding from the pool.
 * @throws when the source does not ask for padding so, as often: this is not the ssh2 this was written for.
 */
export function withPooledPadding(source: string): string {
  if (source.split(asks).length !== places + 1) throw new Error('ssh2 pads its packets otherwise than in 1.17')
  const here = JSON.stringify(fileURLToPath(import.meta.url))
  return `${source.replaceAll(asks, 'fillPadding(packet, 5 + payloadLen, padLen);')}
const { fillPadding } = require(${here});
`
}

// Digests of declared and asked things, over one canonical form: a list of texts, each preceded by its length, so that
// no two different lists give the same bytes. What goes into a list is decided by its caller.

import { createHash } from 'node:crypto'

/**
 * SHA-256 (FIPS 180-4) as 64 hex digits, over each text as its length in UTF-8 bytes (64-bit big-endian) and its bytes.
 */
export function digestOf(texts: readonly string[]): string {
  const hash = createHash('sha256')
  for (const text of texts) {
    const bytes = Buffer.from(text, 'utf8')
    const length = Buffer.alloc(8)
    length.writeBigUInt64BE(BigInt(bytes.length))
    hash.update(length).update(bytes)
  }
  return hash.digest('hex')
}

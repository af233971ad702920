// SHA-256 in the two shapes everything here uses.

import { hash } from 'node:crypto'

/** SHA-256 of the bytes, 32 bytes. */
export function sha256(bytes: Uint8Array): Buffer {
  return hash('sha256', bytes, 'buffer')
}

/** SHA-256 of the bytes, 64 lowercase hex digits. */
export function sha256Hex(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex')
}

export const hexDigest = /^[0-9a-f]{64}$/
/** Decimal as FORMAT.md section 0 has it; also check the value against Number.MAX_SAFE_INTEGER. */
const decimal = /^(?:0|[1-9][0-9]{0,15})$/

/** A decimal number without sign or leading zero, at most 2^53 - 1; null for anything else. */
export function parseDecimal(text: string): number | null {
  const value = Number(text)
  return decimal.test(text) && Number.isSafeInteger(value) ? value : null
}

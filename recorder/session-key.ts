// The session key of a recording (FORMAT.md section 1.2): made, written down, committed to, and divided into one key a
// channel. Wrapping it to age recipients is wrapped-key.ts's.

import { createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto'
import { RecorderError } from './errors.ts'

const keyText = /^[0-9a-f]{64}\n$/

/** 32 random bytes. */
export function makeSessionKey(): Buffer {
  return randomBytes(32)
}

/** The form a session key has inside key.age and in an export: 64 hex digits and a newline. */
export function sessionKeyText(key: Uint8Array): string {
  return `${Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('hex')}\n`
}

/** The key in such a text, or null. */
export function parseSessionKey(text: string): Buffer | null {
  return keyText.test(text) ? Buffer.from(text.slice(0, 64), 'hex') : null
}

/** The commitment to a session key, hex. */
export function keyCommitment(key: Uint8Array): string {
  return derive(key, 'sallyport/recording/v1/commitment').toString('hex')
}

/** The AES-256 key of one channel. */
export function channelKey(key: Uint8Array, channel: number): KeyObject {
  const derived = derive(key, `sallyport/recording/v1/channel/${channel}`)
  // A KeyObject: OpenSSL takes it at less than half the price of raw bytes, frame for frame.
  const object = createSecretKey(derived)
  derived.fill(0)
  return object
}

function derive(key: Uint8Array, info: string): Buffer {
  if (key.length !== 32)
    throw new RecorderError('invalid-argument', `session key: expected 32 bytes, got ${key.length}`)
  return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), info, 32))
}

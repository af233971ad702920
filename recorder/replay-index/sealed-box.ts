// What a replay index is kept in: AES-256-GCM under a key of its own, derived from the session key (FORMAT.md section 6.4).
// Who cannot open the recording cannot open its index, and where the session key is gone both are.

import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto'

const nonceBytes = 12
const tagBytes = 16

/** The key of the index of one channel. */
export function indexKey(sessionKey: Uint8Array, channel: number): KeyObject {
  const info = `sallyport/replay-index/v1/${channel}`
  const derived = Buffer.from(hkdfSync('sha256', sessionKey, Buffer.alloc(0), info, 32))
  const object = createSecretKey(derived)
  derived.fill(0)
  return object
}

/**
 * Encrypts: nonce, ciphertext, tag. `place` says what it is and where it belongs; it opens nowhere else. Nonces are random:
 * an index is made anew under the same key, and counting would begin anew with it.
 */
export function closeBox(key: KeyObject, place: string, content: Uint8Array): Buffer {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(place, 'utf8'))
  return Buffer.concat([nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()])
}

/** Decrypts; null where it is not such a box of this place and key. */
export function openBox(key: KeyObject, place: string, box: Uint8Array): Buffer | null {
  if (box.length < nonceBytes + tagBytes) return null
  const decipher = createDecipheriv('aes-256-gcm', key, box.subarray(0, nonceBytes), { authTagLength: tagBytes })
  decipher.setAAD(Buffer.from(place, 'utf8'))
  decipher.setAuthTag(box.subarray(box.length - tagBytes))
  try {
    return Buffer.concat([decipher.update(box.subarray(nonceBytes, box.length - tagBytes)), decipher.final()])
  } catch (cause) {
    // OpenSSL has one way to say that a tag does not fit; anything else is not about this box.
    if (cause instanceof Error && /authenticat/i.test(cause.message)) return null
    throw cause
  }
}

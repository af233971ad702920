// The vault: seals secrets at rest (TOTP seeds, target credentials) under one key that lies beside the store, never in
// it. AES-256-GCM with a random nonce; what a sealed value is for is bound in, so that rows cannot be swapped.

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { Secret } from '../secret.ts'

export interface Vault {
  seal(purpose: string, value: Secret<string>): Uint8Array
  /** @throws when the bytes were altered, were sealed for another purpose, or by another key. */
  open(purpose: string, sealed: Uint8Array): Secret<string>
}

const nonceLength = 12
const tagLength = 16

/** @param key 32 bytes. */
export function openVault(key: Secret<Uint8Array>): Vault {
  return {
    seal(purpose, value) {
      const nonce = randomBytes(nonceLength)
      const cipher = createCipheriv('aes-256-gcm', key.expose(), nonce).setAAD(Buffer.from(purpose))
      const sealed = Buffer.concat([cipher.update(value.expose(), 'utf8'), cipher.final()])
      return Buffer.concat([nonce, sealed, cipher.getAuthTag()])
    },
    open(purpose, sealed) {
      const bytes = Buffer.from(sealed)
      try {
        const decipher = createDecipheriv('aes-256-gcm', key.expose(), bytes.subarray(0, nonceLength))
          .setAAD(Buffer.from(purpose))
          .setAuthTag(bytes.subarray(-tagLength))
        const body = bytes.subarray(nonceLength, -tagLength)
        return new Secret(Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8'))
      } catch (error) {
        throw new Error(`vault: the value sealed for \`${purpose}\` does not open: was the vault key replaced`, {
          cause: error,
        })
      }
    },
  }
}

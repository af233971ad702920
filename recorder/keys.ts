// The session key of a recording (FORMAT.md section 1.2): made, wrapped to age recipients, unwrapped, and divided into
// one key a channel. age-encryption (the age author's own TypeScript) has its home here.

import { createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Decrypter, Encrypter, identityToRecipient } from 'age-encryption'
import { sha256Hex } from './digest.ts'
import { messageOf, quote, RecorderError } from './errors.ts'
import { keyFile } from './layout.ts'
import { readManifest } from './manifest.ts'
import { readSmall } from './regular-file.ts'

export const maxKeyFileBytes = 1 << 20
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

/**
 * The session key as an age file for these recipients (`age1...`).
 * @throws RecorderError `invalid-argument` when there is none, or one is not an X25519 recipient.
 */
export async function wrapSessionKey(key: Uint8Array, recipients: readonly string[]): Promise<Buffer> {
  if (recipients.length === 0) throw new RecorderError('invalid-argument', 'age recipients: expected at least one')
  const encrypter = new Encrypter()
  for (const recipient of recipients) {
    try {
      addRecipient(encrypter, recipient)
    } catch (cause) {
      throw new RecorderError('invalid-argument', `age recipient ${quote(recipient)}: ${messageOf(cause)}`, { cause })
    }
  }
  return Buffer.from(await encrypter.encrypt(sessionKeyText(key)))
}

/** @throws when it is not an X25519 recipient. */
function addRecipient(encrypter: Encrypter, recipient: string): void {
  // The bech32 form of an X25519 recipient; plugins and post-quantum recipients are not opened by age 1.1.
  if (!/^age1[02-9ac-hj-np-z]{58}$/.test(recipient)) throw new Error('expected `age1` and 58 characters')
  encrypter.addRecipient(recipient)
}

/** Whether a session key can be wrapped to this recipient: the bech32 form of an X25519 key, with its checksum. */
export function isRecipient(text: string): boolean {
  try {
    addRecipient(new Encrypter(), text)
    return true
  } catch (error) {
    if (error instanceof Error) return false
    throw error
  }
}

/** The recipient (`age1...`) that an identity (`AGE-SECRET-KEY-1...`) opens files for; null when it is no identity. */
export async function recipientOf(identity: string): Promise<string | null> {
  try {
    return await identityToRecipient(identity)
  } catch (error) {
    // What is wrong with it is not told: it may quote the identity, which is a secret.
    if (error instanceof Error) return null
    throw error
  }
}

/**
 * Opens the session key of a recording with age identities (`AGE-SECRET-KEY-1...`), and makes sure it is the one the
 * manifest names.
 * @throws RecorderError `unreadable` or `corrupt` for the files, `wrong-key` when no identity opens it.
 */
export async function unwrapSessionKey(dir: string, identities: readonly string[]): Promise<Buffer> {
  const { manifest } = await readManifest(dir)
  const wrapped = await readSmall(join(dir, keyFile), maxKeyFileBytes)
  if (sha256Hex(wrapped) !== manifest.key.age)
    throw new RecorderError('corrupt', `${keyFile}: expected the SHA-256 \`${manifest.key.age}\``)
  let text: string
  try {
    const decrypter = new Decrypter()
    for (const identity of identities) decrypter.addIdentity(identity)
    text = await decrypter.decrypt(wrapped, 'text')
  } catch (cause) {
    // The cause may quote the identity's text, which is a secret: it stays out of the message.
    throw new RecorderError('wrong-key', `${keyFile}: no identity given opens it`, { cause })
  }
  const key = parseSessionKey(text)
  if (key === null) throw new RecorderError('corrupt', `${keyFile}: expected 64 hex digits and a newline inside`)
  if (keyCommitment(key) !== manifest.key.commitment)
    throw new RecorderError('corrupt', `${keyFile}: holds another key than the manifest commits to`)
  return key
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

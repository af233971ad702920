// The session key in its age file (FORMAT.md section 1.2): wrapped to recipients and unwrapped. age-encryption (the age
// author's own TypeScript) has its home here.

import { join } from 'node:path'
import { Decrypter, Encrypter, identityToRecipient } from 'age-encryption'
import { sha256Hex } from './digest.ts'
import { messageOf, quote, RecorderError } from './errors.ts'
import { keyFile, maxKeyFileBytes } from './layout.ts'
import { readManifest } from './manifest.ts'
import { readSmall } from './regular-file.ts'
import { keyCommitment, parseSessionKey, sessionKeyText } from './session-key.ts'

/**
 * The session key as an age file for these recipients (`age1...`).
 * @throws RecorderError `invalid-argument` when there is none, or one is not an X25519 recipient.
 */
export async function wrapSessionKey(key: Uint8Array, recipients: readonly string[]): Promise<Buffer> {
  return Buffer.from(await encrypterFor(recipients).encrypt(sessionKeyText(key)))
}

/** @throws RecorderError `invalid-argument` when there is none, or one is not an X25519 recipient. */
export function encrypterFor(recipients: readonly string[]): Encrypter {
  if (recipients.length === 0) throw new RecorderError('invalid-argument', 'age recipients: expected at least one')
  const encrypter = new Encrypter()
  for (const recipient of recipients) {
    try {
      addRecipient(encrypter, recipient)
    } catch (cause) {
      throw new RecorderError('invalid-argument', `age recipient ${quote(recipient)}: ${messageOf(cause)}`, { cause })
    }
  }
  return encrypter
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

/**
 * Any content as an age file for these recipients.
 * @throws RecorderError `invalid-argument` when there is none, or one is not an X25519 recipient.
 */
export async function encryptFor(recipients: readonly string[], content: Uint8Array): Promise<Buffer> {
  return Buffer.from(await encrypterFor(recipients).encrypt(content))
}

/** @throws RecorderError `wrong-key` when no identity opens it. */
export async function decryptWith(identities: readonly string[], content: Uint8Array): Promise<Buffer> {
  try {
    const decrypter = new Decrypter()
    for (const identity of identities) decrypter.addIdentity(identity)
    return Buffer.from(await decrypter.decrypt(content))
  } catch (cause) {
    throw new RecorderError('wrong-key', 'age file: no identity given opens it', { cause })
  }
}

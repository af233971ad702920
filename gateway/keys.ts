// Keys the gateway reads at start: the evidence-signing key, the replay identity, the SSH host keys, and the vault key,
// which it makes itself the first time, when there is no store yet that could depend on one.

import { createPrivateKey, randomBytes } from 'node:crypto'
import { access, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { signerFrom, type Signer } from '../recorder/index.ts'
import type { Config } from './config.ts'
import { Secret } from './secret.ts'

export const storeFile = (dataFolder: string): string => join(dataFolder, 'store.sqlite')
export const vaultKeyFile = (dataFolder: string): string => join(dataFolder, 'vault.key')

const vaultKeyForm = /^[0-9a-f]{64}\n?$/

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

/**
 * The vault key: 32 bytes, as hex, in a 0600 file beside the store.
 * @throws when the store exists and the key does not: sealed secrets would be lost, so none is made up.
 */
export async function readVaultKey(dataFolder: string): Promise<Secret<Uint8Array>> {
  const path = vaultKeyFile(dataFolder)
  try {
    const text = await readFile(path, 'utf8')
    if (!vaultKeyForm.test(text)) throw new Error(`${path}: expected 64 hex digits`)
    return new Secret(Buffer.from(text.trim(), 'hex'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  if (await isThere(storeFile(dataFolder)))
    throw new Error(`${path}: missing, and the store's secrets are sealed with it: restore it from the backup`)
  const key = randomBytes(32)
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(`${key.toString('hex')}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  return new Secret(key)
}

/** @throws with the file's name when it holds no Ed25519 private key. */
export async function readSigner({ evidence }: Config): Promise<Signer> {
  const pem = await readFile(evidence.key, 'utf8')
  try {
    return signerFrom(evidence.origin, createPrivateKey(pem))
  } catch {
    // The cause may quote key material: it stays out of the message.
    throw new Error(`${evidence.key}: expected an Ed25519 private key, PKCS#8 PEM`)
  }
}

/** @throws with the file's name when it holds no age identity. */
export async function readReplayIdentity({ evidence }: Config): Promise<Secret<string>> {
  const text = await readFile(evidence.replayIdentity, 'utf8')
  const line = text.split('\n').find((each) => each.startsWith('AGE-SECRET-KEY-1'))
  if (line === undefined) throw new Error(`${evidence.replayIdentity}: expected a line \`AGE-SECRET-KEY-1…\``)
  return new Secret(line.trim())
}

export async function readHostKeys({ ssh }: Config): Promise<Secret<string>[]> {
  return Promise.all(ssh.hostKeys.map(async (path) => new Secret(await readFile(path, 'utf8'))))
}

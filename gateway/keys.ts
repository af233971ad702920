// The vault key and where it and the store stand. The gateway makes this key itself the first time, when there is no
// store yet that could depend on one; the keys that a person brings are read in material.ts.

import { randomBytes } from 'node:crypto'
import { access, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Secret } from './secret.ts'
import { showStartProblem, systemCode, type StartProblem } from './start-problem.ts'

export const storeFile = (dataFolder: string): string => join(dataFolder, 'store.sqlite')
export const vaultKeyFile = (dataFolder: string): string => join(dataFolder, 'vault.key')

const vaultKeyForm = /^[0-9a-f]{64}\n?$/

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

type FoundVaultKey =
  | { readonly kind: 'found'; readonly key: Secret<Uint8Array> }
  /** There is no store either: a new one may be made. */
  | { readonly kind: 'none-yet' }
  | { readonly kind: 'problem'; readonly problem: StartProblem }

/** Looks for the vault key and changes nothing. */
export async function findVaultKey(dataFolder: string): Promise<FoundVaultKey> {
  const path = vaultKeyFile(dataFolder)
  const problem = (found: string): FoundVaultKey => ({
    kind: 'problem',
    problem: { field: 'dataFolder', found: `\`${path}\`: ${found}`, next: 'restore it from the backup' },
  })
  try {
    const text = await readFile(path, 'utf8')
    if (!vaultKeyForm.test(text)) return problem('expected 64 hex digits')
    return { kind: 'found', key: new Secret(Buffer.from(text.trim(), 'hex')) }
  } catch (error) {
    const code = systemCode(error)
    if (code !== 'ENOENT' && code !== 'ENOTDIR') return problem(`cannot be read (${code})`)
  }
  if (await isThere(storeFile(dataFolder)))
    return problem('is missing, and the store\u2019s secrets are sealed with it')
  return { kind: 'none-yet' }
}

/**
 * The vault key: 32 bytes, as hex, in a 0600 file beside the store; made where there is neither.
 * @throws when the store exists and the key does not: sealed secrets would be lost, so none is made up.
 */
export async function readVaultKey(dataFolder: string): Promise<Secret<Uint8Array>> {
  const found = await findVaultKey(dataFolder)
  if (found.kind === 'found') return found.key
  if (found.kind === 'problem') throw new Error(showStartProblem(found.problem))
  const key = randomBytes(32)
  const file = await open(vaultKeyFile(dataFolder), 'wx', 0o600)
  try {
    await file.writeFile(`${key.toString('hex')}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  return new Secret(key)
}

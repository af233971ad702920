// An authority for OpenSSH user certificates, made with ssh-keygen: keys, certificates and lists of revoked ones.

import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { partPath } from './parts.ts'

const run = promisify(execFile)
const keygen = (...words: readonly string[]): Promise<unknown> => run(partPath('ssh-keygen'), [...words])

export type KeyType = 'ed25519' | 'ecdsa' | 'rsa'

/** Makes a key pair of the type; the public key lies beside it. */
export async function makeKeyOf(path: string, type: KeyType, bits?: number): Promise<string> {
  const size = bits === undefined ? [] : ['-b', String(bits)]
  await keygen('-q', '-t', type, ...size, '-N', '', '-C', 'test', '-f', path)
  return path
}

/** The blob of a public key line or certificate file. */
export async function blobIn(path: string): Promise<Buffer> {
  return Buffer.from((await readFile(path, 'utf8')).split(' ')[1] ?? '', 'base64')
}

export interface SignWish {
  readonly principals?: string
  readonly keyId?: string
  readonly serial?: string
  /** As ssh-keygen's `-V`; always where left out. */
  readonly validity?: string
  /** Each one of ssh-keygen's `-O`. */
  readonly options?: readonly string[]
  readonly host?: true
  /** Signature of an RSA authority. */
  readonly algorithm?: string
}

/**
 * Signs the public key beside `key`, and gives the path of the certificate, `key-cert.pub`: OpenSSH finds it there by
 * itself.
 */
export async function certify(authority: string, key: string, wish: SignWish = {}): Promise<string> {
  const { principals, keyId = 'test id', serial = '7', validity, options = [], algorithm } = wish
  await keygen(
    '-q',
    '-s',
    authority,
    '-I',
    keyId,
    '-z',
    serial,
    ...(principals === undefined ? [] : ['-n', principals]),
    ...(validity === undefined ? [] : ['-V', validity]),
    ...(wish.host ? ['-h'] : []),
    ...(algorithm === undefined ? [] : ['-t', algorithm]),
    ...options.flatMap((option) => ['-O', option]),
    `${key}.pub`,
  )
  return `${key}-cert.pub`
}

/**
 * Makes a key revocation list.
 * @param what lines as ssh-keygen(1) has them under KEY REVOCATION LISTS.
 * @param authority public key file of the one whose certificates are meant; `none` means any.
 */
export async function makeRevocationList(folder: string, what: readonly string[], authority?: string): Promise<string> {
  const [spec, list] = [join(folder, `spec-${what.length}-${Date.now()}`), join(folder, `list-${Math.random()}`)]
  await writeFile(spec, `${what.join('\n')}\n`)
  await keygen('-q', '-k', '-f', list, ...(authority === undefined ? [] : ['-s', authority]), spec)
  return list
}

// A key of each kind that may sign, made anew: what the gateway is enrolled with, and what it is shown.

import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import type { SignedByKey } from '../../gateway/identity/certificates/signature.ts'
import { wireString } from '../../gateway/identity/certificates/wire.ts'

export const plainKinds = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
] as const
export type PlainKind = (typeof plainKinds)[number]

export interface SigningKey {
  readonly kind: PlainKind
  /** As SSH carries it. */
  readonly blob: Buffer
  /** PKCS#8, or for RSA and EC what ssh2 reads too. */
  readonly pem: string
  /** The signature as ssh2 hands it on: of RSA by SHA-512 unless told otherwise. */
  signed(data: Uint8Array, hash?: 'sha256' | 'sha512'): SignedByKey
}

const curveNames: Readonly<Record<string, readonly [name: string, namedCurve: string, hash: string]>> = {
  'ecdsa-sha2-nistp256': ['nistp256', 'P-256', 'sha256'],
  'ecdsa-sha2-nistp384': ['nistp384', 'P-384', 'sha384'],
  'ecdsa-sha2-nistp521': ['nistp521', 'P-521', 'sha512'],
}

const bytesOf = (key: KeyObject, field: 'x' | 'y' | 'n' | 'e'): Buffer =>
  Buffer.from(key.export({ format: 'jwk' })[field] ?? '', 'base64url')

/** A number that is not negative, as an mpint (RFC 4251 section 5). */
const mpint = (bytes: Buffer): Buffer =>
  wireString((bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes)

export function makeSigningKey(kind: PlainKind): SigningKey {
  if (kind === 'ssh-ed25519') {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    return {
      kind,
      blob: Buffer.concat([wireString(kind), wireString(bytesOf(publicKey, 'x'))]),
      pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      signed: (data) => ({ data, signature: sign(null, data, privateKey), hash: null }),
    }
  }
  if (kind === 'ssh-rsa') {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    return {
      kind,
      blob: Buffer.concat([wireString(kind), mpint(bytesOf(publicKey, 'e')), mpint(bytesOf(publicKey, 'n'))]),
      pem: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
      signed: (data, hash = 'sha512') => ({ data, signature: sign(hash, data, privateKey), hash }),
    }
  }
  const [name, namedCurve, hash] = curveNames[kind] ?? []
  if (!name || !namedCurve || !hash) throw new Error(`no curve of ${kind}`)
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve })
  const point = Buffer.concat([Buffer.from([4]), bytesOf(publicKey, 'x'), bytesOf(publicKey, 'y')])
  return {
    kind,
    blob: Buffer.concat([wireString(kind), wireString(name), wireString(point)]),
    pem: privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
    signed: (data) => ({ data, signature: sign(hash, data, privateKey), hash: null }),
  }
}

/** Of a key, the line of authorized_keys. */
export const keyLine = ({ kind, blob }: Pick<SigningKey, 'kind' | 'blob'>): string =>
  `${kind} ${blob.toString('base64')} test`

// Public keys and signatures as SSH carries them (RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8332, RFC 8709): which
// key may sign with which algorithm, and whether a signature is the key's. SHA-1 and DSA are not among them.

import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import { parsed, WireFault, WireReader } from './wire.ts'

const curves: Readonly<
  Record<string, { readonly name: string; readonly crv: string; readonly size: number; readonly hash: string }>
> = {
  'ecdsa-sha2-nistp256': { name: 'nistp256', crv: 'P-256', size: 32, hash: 'sha256' },
  'ecdsa-sha2-nistp384': { name: 'nistp384', crv: 'P-384', size: 48, hash: 'sha384' },
  'ecdsa-sha2-nistp521': { name: 'nistp521', crv: 'P-521', size: 66, hash: 'sha512' },
}
const rsaHashes: Readonly<Record<string, string>> = { 'rsa-sha2-256': 'sha256', 'rsa-sha2-512': 'sha512' }
/** NIST SP 800-131A: shorter ones sign nothing any more; longer ones only cost time. */
const rsaBits = { least: 2048, most: 8192 }

export const keyTypes = ['ssh-ed25519', ...Object.keys(curves), 'ssh-rsa'] as const

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')

/**
 * The fields of a public key that follow its type, as they stand in a key blob and in a certificate.
 * @throws WireFault when it is none of `keyTypes`, or not in form.
 */
export function readKeyFields(type: string, reader: WireReader): KeyObject {
  const jwk = readJwk(type, reader)
  try {
    return createPublicKey({ key: jwk, format: 'jwk' })
  } catch (error) {
    // A point that is on no curve.
    if (error instanceof Error) throw new WireFault(`byte ${reader.at}: expected a public key of type ${type}`)
    throw error
  }
}

function readJwk(type: string, reader: WireReader): Readonly<Record<string, string>> {
  if (type === 'ssh-ed25519') {
    const key = reader.string('an Ed25519 key')
    if (key.length !== 32)
      throw new WireFault(`byte ${reader.at}: expected 32 bytes of an Ed25519 key, got ${key.length}`)
    return { kty: 'OKP', crv: 'Ed25519', x: base64url(key) }
  }
  if (type === 'ssh-rsa') {
    const [e, n] = [reader.mpint('an RSA exponent'), reader.mpint('an RSA modulus')]
    const bits = n.length * 8 - Math.clz32(n[0] ?? 0) + 24
    if (bits < rsaBits.least || bits > rsaBits.most || e.length > 8)
      throw new WireFault(
        `byte ${reader.at}: expected an RSA key of ${rsaBits.least} to ${rsaBits.most} bits, got ${bits}`,
      )
    return { kty: 'RSA', e: base64url(e), n: base64url(n) }
  }
  const curve = curves[type]
  if (curve === undefined) throw new WireFault(`byte ${reader.at}: expected a key of a type that may sign`)
  const name = reader.text('the name of a curve')
  const point = reader.string('a point')
  if (name !== curve.name || point.length !== 1 + 2 * curve.size || point[0] !== 4)
    throw new WireFault(`byte ${reader.at}: expected an uncompressed point of ${curve.name}`)
  const [x, y] = [point.subarray(1, 1 + curve.size), point.subarray(1 + curve.size)]
  return { kty: 'EC', crv: curve.crv, x: base64url(x), y: base64url(y) }
}

interface PublicKey {
  readonly type: string
  readonly key: KeyObject
}

/** A whole key blob; null where it is none that may sign. */
export function parsePublicKey(blob: Uint8Array): PublicKey | null {
  const read = parsed(() => {
    const reader = new WireReader(blob)
    const type = reader.text('a key type')
    const key = readKeyFields(type, reader)
    reader.end('the key')
    return { type, key }
  })
  return read.kind === 'ok' ? read.value : null
}

/**
 * Did this key make this signature over `data`? False also for everything that is no signature.
 * @param algorithm which one it must be, where only one will do: of RSA, which hash.
 */
export function isSignedBy(keyBlob: Uint8Array, data: Uint8Array, signature: Uint8Array, algorithm?: string): boolean {
  const known = parsePublicKey(keyBlob)
  if (known === null) return false
  const read = parsed(() => {
    const reader = new WireReader(signature)
    const name = reader.text('a signature algorithm')
    const value = reader.string('a signature')
    reader.end('the signature')
    return { name, value }
  })
  if (read.kind === 'malformed') return false
  const { name, value } = read.value
  if (algorithm !== undefined && name !== algorithm) return false
  if (known.type === 'ssh-rsa') return isRsaSigned(known.key, name, data, value)
  if (name !== known.type) return false
  if (known.type === 'ssh-ed25519') return value.length === 64 && verify(null, data, known.key, value)
  const curve = curves[known.type]
  const fixed = curve && fixedWidth(value, curve.size)
  return fixed ? verify(curve.hash, data, { key: known.key, dsaEncoding: 'ieee-p1363' }, fixed) : false
}

/** A signature by a plain key, apart from the names that SSH sends with it. */
export interface SignedByKey {
  readonly data: Uint8Array
  /** The bare value: of ECDSA in DER (RFC 3279 section 2.2.3), as ssh2 hands it on. */
  readonly signature: Uint8Array
  /** Of RSA the hash it was made with, `sha256` or `sha512`; of the others null. */
  readonly hash: string | null
}

const rsaNames: Readonly<Record<string, string>> = { sha256: 'rsa-sha2-256', sha512: 'rsa-sha2-512' }

/** Did this key make this bare signature? False also for everything that is none, and for SHA-1. */
export function isSignedByPlainKey(keyBlob: Uint8Array, { data, signature, hash }: SignedByKey): boolean {
  const known = parsePublicKey(keyBlob)
  if (known === null) return false
  if (known.type === 'ssh-rsa') return isRsaSigned(known.key, rsaNames[hash ?? ''] ?? '', data, signature)
  if (hash !== null) return false
  if (known.type === 'ssh-ed25519') return signature.length === 64 && verify(null, data, known.key, signature)
  const curve = curves[known.type]
  // OpenSSL finds anything wrong that is no DER, or not the shortest.
  return curve !== undefined && verify(curve.hash, data, known.key, signature)
}

function isRsaSigned(key: KeyObject, name: string, data: Uint8Array, value: Uint8Array): boolean {
  const hash = rsaHashes[name]
  const width = (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8
  if (hash === undefined || value.length > width) return false
  // Some signers leave leading zeros out (RFC 8332 section 3 asks for none to be).
  const padded = Buffer.concat([Buffer.alloc(Math.ceil(width) - value.length), value])
  return verify(hash, data, key, padded)
}

/** `mpint r, mpint s` (RFC 5656 section 3.1.2) as two numbers of one width; null where it is not that. */
function fixedWidth(value: Buffer, size: number): Buffer | null {
  const read = parsed(() => {
    const reader = new WireReader(value)
    const [r, s] = [reader.mpint('r'), reader.mpint('s')]
    reader.end('the signature')
    return [r, s]
  })
  if (read.kind === 'malformed' || read.value.some((part) => part.length > size)) return null
  return Buffer.concat(read.value.flatMap((part) => [Buffer.alloc(size - part.length), part]))
}

// OpenSSH certificates (PROTOCOL.certkeys, version 01): read, and proved to be what their authority signed. Whether an
// authority is trusted, for whom and when, is trust.ts's. Pure, and what it reads comes from strangers.

import { isSignedBy, parsePublicKey, readKeyFields } from './signature.ts'
import { parsed, WireFault, WireReader, wireString, type Malformed } from './wire.ts'

/*
  string    type                       `ssh-ed25519-cert-v01@openssh.com`, ...
  string    nonce
  ...       the public key's own fields
  uint64    serial
  uint32    kind                       1 user, 2 host
  string    key id
  string    valid principals           of strings
  uint64    valid after, valid before  seconds since 1970, before is exclusive
  string    critical options           of pairs: name, string that holds the value as a string
  string    extensions                 the same
  string    reserved
  string    signature key
  string    signature                  over everything before it
*/

const suffix = '-cert-v01@openssh.com'
/** Seconds: the last time a clock of ours can show (ECMA-262, time values). What ends later never ends. */
const lastSecond = 8_640_000_000_000n
/** As many as OpenSSH reads. */
const maxPrincipals = 256
const maxBytes = 32 << 10

/** The algorithms a certificate's key may be offered and sign with, and what the signature must then be made with. */
const signatures: Readonly<Record<string, { readonly type: string; readonly with: string }>> = {
  'ssh-ed25519': { type: 'ssh-ed25519', with: 'ssh-ed25519' },
  'ecdsa-sha2-nistp256': { type: 'ecdsa-sha2-nistp256', with: 'ecdsa-sha2-nistp256' },
  'ecdsa-sha2-nistp384': { type: 'ecdsa-sha2-nistp384', with: 'ecdsa-sha2-nistp384' },
  'ecdsa-sha2-nistp521': { type: 'ecdsa-sha2-nistp521', with: 'ecdsa-sha2-nistp521' },
  'rsa-sha2-256': { type: 'ssh-rsa', with: 'rsa-sha2-256' },
  'rsa-sha2-512': { type: 'ssh-rsa', with: 'rsa-sha2-512' },
}

/** Is this the name of a public key algorithm of certificates, with whatever key? */
export const isCertificateAlgorithm = (name: string): boolean => name.endsWith(suffix)

export interface Certificate {
  /** The type of the key it is about, such as `ssh-ed25519`. */
  readonly keyType: string
  /** That key, as it would stand in `authorized_keys`. */
  readonly key: Uint8Array
  readonly serial: bigint
  readonly kind: 'user' | 'host'
  readonly keyId: string
  readonly principals: readonly string[]
  /** In milliseconds; `until` is exclusive, and null where it never ends. */
  readonly from: number
  readonly until: number | null
  readonly critical: ReadonlyMap<string, Uint8Array>
  readonly extensions: ReadonlySet<string>
  /** The key of the authority that signed it. */
  readonly authority: Uint8Array
  readonly signed: Uint8Array
  readonly signature: Uint8Array
}

export type ParsedCertificate = { readonly kind: 'ok'; readonly certificate: Certificate } | Malformed

/** Reads a certificate blob. It is not proved by that: see `isGenuine`. */
export function parseCertificate(blob: Uint8Array): ParsedCertificate {
  if (blob.length > maxBytes)
    return { kind: 'malformed', problem: `expected at most ${maxBytes} bytes, got ${blob.length}` }
  const read = parsed(() => readCertificate(blob))
  return read.kind === 'ok' ? { kind: 'ok', certificate: read.value } : read
}

function readCertificate(blob: Uint8Array): Certificate {
  const reader = new WireReader(blob)
  const type = reader.text('a certificate type')
  if (!isCertificateAlgorithm(type)) throw new WireFault('byte 0: expected a certificate, got another kind of key')
  const keyType = type.slice(0, -suffix.length)
  reader.string('a nonce')
  const start = reader.at
  readKeyFields(keyType, reader)
  const key = Buffer.concat([wireString(keyType), blob.subarray(start, reader.at)])
  const serial = reader.u64('a serial number')
  const kind = reader.u32('a kind')
  if (kind !== 1 && kind !== 2) throw new WireFault(`byte ${reader.at}: expected 1 (user) or 2 (host), got ${kind}`)
  const keyId = reader.text('a key id')
  const principals = readPrincipals(reader.string('principals'))
  const [after, before] = [reader.u64('the start of validity'), reader.u64('the end of validity')]
  const critical = readOptions(reader.string('critical options'), 'critical option')
  const extensions = readOptions(reader.string('extensions'), 'extension')
  reader.string('what is reserved')
  const authority = reader.string('a signature key')
  const signed = blob.subarray(0, reader.at)
  const signature = reader.string('a signature')
  reader.end('the certificate')
  return {
    keyType,
    key,
    serial,
    kind: kind === 1 ? 'user' : 'host',
    keyId,
    principals,
    from: Number(after) * 1_000,
    until: before > lastSecond ? null : Number(before) * 1_000,
    critical,
    extensions: new Set(extensions.keys()),
    authority,
    signed,
    signature,
  }
}

function readPrincipals(bytes: Uint8Array): string[] {
  const reader = new WireReader(bytes)
  const found: string[] = []
  while (!reader.isDone) {
    if (found.length >= maxPrincipals) throw new WireFault(`expected at most ${maxPrincipals} principals`)
    found.push(reader.text('a principal'))
  }
  return found
}

/** Values of options hold one string; extensions of OpenSSH hold nothing. */
function readOptions(bytes: Uint8Array, what: string): Map<string, Uint8Array> {
  const reader = new WireReader(bytes)
  const found = new Map<string, Uint8Array>()
  while (!reader.isDone) {
    const name = reader.text(`the name of a ${what}`)
    if (found.has(name)) throw new WireFault(`byte ${reader.at}: expected each ${what} once`)
    found.set(name, reader.string(`the value of a ${what}`))
  }
  return found
}

/** The text an option holds; null where it is no string in a string. */
export function optionText(value: Uint8Array): string | null {
  const read = parsed(() => {
    const reader = new WireReader(value)
    const text = reader.text('a value')
    reader.end('the value')
    return text
  })
  return read.kind === 'ok' ? read.value : null
}

/** Did its authority sign it? An authority is a plain key: certificates do not chain. */
export function isGenuine({ authority, signed, signature }: Certificate): boolean {
  return parsePublicKey(authority) !== null && isSignedBy(authority, signed, signature)
}

/**
 * Did the owner of the certificate's key sign `data`, with what the algorithm asks for?
 * @param algorithm as the client names it, such as `rsa-sha2-512-cert-v01@openssh.com`.
 */
export function isOwnersSignature(
  certificate: Certificate,
  algorithm: string,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const asked = signatures[algorithm.slice(0, -suffix.length)]
  if (asked === undefined || asked.type !== certificate.keyType) return false
  return isSignedBy(certificate.key, data, signature, asked.with)
}

/** May a certificate's key be offered with this algorithm? SHA-1 (`ssh-rsa-cert-v01@openssh.com`) may not. */
export function isOfferable({ keyType }: Certificate, algorithm: string): boolean {
  return signatures[algorithm.slice(0, -suffix.length)]?.type === keyType
}

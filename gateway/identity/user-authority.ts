// The gateway's own authority for accounts on targets: an Ed25519 key in the vault that signs a certificate for one
// session (OpenSSH PROTOCOL.certkeys). Targets trust its public key and hold no other secret of the gateway; the key id
// names the session in their logs. Reads and writes keys; where they lie is the vault's.

import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
} from 'node:crypto'
import { Secret } from '../secret.ts'

const keyType = 'ssh-ed25519'
const certificateType = 'ssh-ed25519-cert-v01@openssh.com'
/** SSH_CERT_TYPE_USER. */
const userCertificate = 1

/** A target's clock may differ by as much; a certificate is used within seconds, and good for no longer than this. */
const backMs = 5 * 60_000
const aheadMs = 5 * 60_000

/** RFC 4251 section 5: a length and the bytes. */
function string(value: string | Uint8Array): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value
  return Buffer.concat([uint32(bytes.length), bytes])
}
function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(value)
  return bytes
}

/** The 32 bytes of an Ed25519 public key (RFC 8032 section 5.1.5). */
function rawPublic(key: KeyObject): Buffer {
  return Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url')
}
const blobOf = (key: KeyObject): Buffer => Buffer.concat([string(keyType), string(rawPublic(key))])
const pemOf = (key: KeyObject): Secret<string> => new Secret(key.export({ type: 'pkcs8', format: 'pem' }).toString())

/** A new authority, in PEM form. */
export function makeAuthority(): Secret<string> {
  return pemOf(generateKeyPairSync('ed25519').privateKey)
}

/** What targets are told to trust: a line for `TrustedUserCAKeys`, and its fingerprint as OpenSSH prints it. */
export function publicAuthority(
  authority: Secret<string>,
  name: string,
): { readonly line: string; readonly fingerprint: string } {
  const blob = blobOf(createPrivateKey(authority.expose()))
  const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')
  return { line: `${keyType} ${blob.toString('base64')} ${name}`, fingerprint: `SHA256:${digest}` }
}

/**
 * An authority that is there already, in PEM form: an Ed25519 private key in PKCS#8, or in OpenSSH's form, without
 * passphrase. Null where it is none.
 */
export function readAuthority(text: Secret<string>): Secret<string> | null {
  const seed = opensshSeed(text.expose())
  try {
    // RFC 8410 section 7: the seed after a constant head.
    const key =
      seed === null
        ? createPrivateKey(text.expose())
        : createPrivateKey({
            key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]),
            format: 'der',
            type: 'pkcs8',
          })
    return key.asymmetricKeyType === 'ed25519' ? pemOf(key) : null
  } catch {
    // Its message may quote the key.
    return null
  }
}

//  "openssh-key-v1" 0x00, string cipher, string KDF, string KDF options, uint32 1, string public key,
//  string: uint32 check, uint32 check, string type, string public key, string seed and public key, ...   PROTOCOL.key
function opensshSeed(text: string): Buffer | null {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END OPENSSH PRIVATE KEY-----/.exec(text)?.[1]
  const bytes = Buffer.from(body ?? '', 'base64')
  const magic = 'openssh-key-v1\0'
  if (bytes.subarray(0, magic.length).toString('latin1') !== magic) return null
  const strings = (from: Buffer, at: number, count: number): Buffer[] => {
    const found: Buffer[] = []
    while (found.length < count && at + 4 <= from.length) {
      const end = at + 4 + from.readUInt32BE(at)
      if (end > from.length) return []
      found.push(from.subarray(at + 4, end))
      at = end
    }
    return found
  }
  const [cipher, , options] = strings(bytes, magic.length, 3)
  if (cipher?.toString() !== 'none' || options === undefined) return null
  const count = magic.length + 4 + 4 + 4 + 4 + 4 + options.length
  const [, secrets] = strings(bytes, count + 4, 2)
  const [type, , both] = secrets ? strings(secrets, 8, 3) : []
  return type?.toString() === keyType && both?.length === 64 ? both.subarray(0, 32) : null
}

export interface CertificateWish {
  /** Stands in the target's log. */
  readonly keyId: string
  /** Names it is good for. INVARIANT: never empty, for an empty list is good for everybody. */
  readonly principals: readonly string[]
  readonly now: number
  /** May streams to ports of the target be opened over it? */
  readonly forwards: boolean
}

export interface IssuedCertificate {
  readonly certificate: Uint8Array
  /** The private key it is about, in PEM form: made for it, and forgotten with it. */
  readonly key: Secret<string>
  readonly serial: string
  readonly from: number
  readonly until: number
  /** The authority's fingerprint. */
  readonly authority: string
}

//  string   "ssh-ed25519-cert-v01@openssh.com"
//  string   nonce
//  string   pk
//  uint64   serial
//  uint32   type                 1: user
//  string   key id
//  string   valid principals     strings one after the other
//  uint64   valid after          seconds
//  uint64   valid before
//  string   critical options     name and data, each a string; none
//  string   extensions           name and data, each a string; in the order of their names
//  string   reserved
//  string   signature key
//  string   signature            over all of the above
export function issueCertificate(authority: Secret<string>, wish: CertificateWish): IssuedCertificate {
  if (wish.principals.length === 0) throw new Error('a certificate without principals would be good for everybody')
  const signer = createPrivateKey(authority.expose())
  const { privateKey } = generateKeyPairSync('ed25519')
  const serial = randomBytes(8).readBigUInt64BE()
  const [from, until] = [wish.now - backMs, wish.now + aheadMs]
  const seconds = (ms: number): bigint => BigInt(Math.floor(ms / 1000))
  const extensions = [...(wish.forwards ? ['permit-port-forwarding'] : []), 'permit-pty']
  const body = Buffer.concat([
    string(certificateType),
    string(randomBytes(32)),
    string(rawPublic(privateKey)),
    uint64(serial),
    uint32(userCertificate),
    string(wish.keyId),
    string(Buffer.concat(wish.principals.map(string))),
    uint64(seconds(from)),
    uint64(seconds(until)),
    string(''),
    string(Buffer.concat(extensions.map((name) => Buffer.concat([string(name), string('')])))),
    string(''),
    string(blobOf(signer)),
  ])
  const signature = Buffer.concat([string(keyType), string(sign(null, body, signer))])
  const { fingerprint } = publicAuthority(authority, '')
  return {
    certificate: Buffer.concat([body, string(signature)]),
    key: pemOf(privateKey),
    serial: serial.toString(),
    from,
    until,
    authority: fingerprint,
  }
}

// Makes Ed25519 keys in OpenSSH's own file format, for host keys, user CAs and the demo's targets.
// Written here because ssh2 1.17's `generateKeyPairSync('ed25519')` drops leading zero bytes of the public key: one key
// in 256 comes out unreadable.

import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'

export interface OpensshKey {
  /** The private key file, unencrypted, ending in a newline. */
  readonly private: string
  /** One line for authorized_keys or known_hosts: `ssh-ed25519 AAAA... comment`, ending in a newline. */
  readonly public: string
  /** As `ssh-keygen -l` shows it: `SHA256:` and 43 characters of base64. */
  readonly fingerprint: string
}

const algorithm = 'ssh-ed25519'

/**
 * Makes a new key. `comment` goes into both files and must be one line.
 * Format: OpenSSH PROTOCOL.key (`openssh-key-v1`) around RFC 8709 section 4.
 */
export function generateOpensshKey(comment: string): OpensshKey {
  if (/[\r\n\0]/.test(comment)) throw new Error('comment of an SSH key: expected one line')
  const pair = generateKeyPairSync('ed25519')
  const jwk = pair.privateKey.export({ format: 'jwk' })
  return encodeOpensshKey(Buffer.from(jwk.d ?? '', 'base64url'), Buffer.from(jwk.x ?? '', 'base64url'), comment)
}

/** Encodes a key pair given as RFC 8032 has it: a seed and a public key of 32 bytes each. Throws on other lengths. */
export function encodeOpensshKey(seed: Buffer, publicKey: Buffer, comment: string): OpensshKey {
  if (seed.length !== 32 || publicKey.length !== 32) {
    throw new Error(`Ed25519 key: expected 32 and 32 bytes, got ${seed.length} and ${publicKey.length}`)
  }
  const blob = Buffer.concat([string(algorithm), string(publicKey)])
  return {
    private: armour(encodePrivate(seed, publicKey, blob, comment)),
    public: `${algorithm} ${blob.toString('base64')} ${comment}\n`,
    fingerprint: `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`,
  }
}

//  "openssh-key-v1" 0x00   magic
//  string  "none"          cipher name
//  string  "none"          KDF name
//  string  ""              KDF options
//  uint32  1               number of keys
//  string  public key      string "ssh-ed25519", string public key
//  string  private keys    uint32 check, uint32 the same check,
//                          string "ssh-ed25519", string public key, string seed and public key, string comment,
//                          padding 1, 2, 3, ... to a multiple of 8 bytes
function encodePrivate(seed: Buffer, publicKey: Buffer, blob: Buffer, comment: string): Buffer {
  // The check tells a right passphrase from a wrong one; without a passphrase any value serves.
  const check = randomBytes(4)
  const secrets = Buffer.concat([check, check, blob, string(Buffer.concat([seed, publicKey])), string(comment)])
  const padding = Buffer.from(Array.from({ length: (8 - (secrets.length % 8)) % 8 }, (_, index) => index + 1))
  return Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    string('none'),
    string('none'),
    string(''),
    uint32(1),
    string(blob),
    string(Buffer.concat([secrets, padding])),
  ])
}

/** RFC 4251 section 5: a length and the bytes. */
function string(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([uint32(bytes.length), bytes])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function armour(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,70}/g) ?? []
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n')
}

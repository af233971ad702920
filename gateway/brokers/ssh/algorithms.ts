// What we speak. Modern algorithms only, on both legs; ssh2 adds strict key exchange by itself (Terrapin, CVE-2023-48795).
// AES-GCM comes first: the native cipher path is several times faster with it than with ChaCha20-Poly1305 in ssh2.

import type { Algorithms } from 'ssh2'

export const algorithms: Algorithms = {
  kex: ['curve25519-sha256', 'curve25519-sha256@libssh.org', 'ecdh-sha2-nistp384', 'ecdh-sha2-nistp256'],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'chacha20-poly1305@openssh.com', 'aes256-ctr'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com'],
  compress: ['none'],
}

/**
 * Towards users: without the NIST curves, which no program they use needs any more and ssh-audit finds weak. The hybrid
 * mlkem768x25519-sha256 comes before these (post-quantum.ts).
 */
export const clientAlgorithms: Algorithms = {
  ...algorithms,
  kex: ['curve25519-sha256', 'curve25519-sha256@libssh.org'],
}

/** Signatures of people's keys and certificates that are taken (RFC 8308 section 3.1). */
export const userSignatures: readonly string[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
]

const userKeyTypes: readonly string[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
]

/**
 * Is a signature of a person's key made with an algorithm we accept? SHA-1 (`ssh-rsa`) and DSA are not among them.
 * ssh2 calls every RSA key `ssh-rsa` and says apart which hash was named (RFC 8332: sha256, sha512; none means SHA-1).
 */
export function isUserKeyAlgorithm(type: string, hash: string | undefined): boolean {
  if (type === 'ssh-rsa') return hash === 'sha256' || hash === 'sha512'
  return userKeyTypes.includes(type)
}

// Host keys as ssh2 is given them: their private halves are elsewhere, in the core where this is a worker, and sign there.

import './packet-limit.ts'
import { createPrivateKey, sign as signData } from 'node:crypto'
import ssh2, { type ParsedKey } from 'ssh2'
import type { Secret } from '../../secret.ts'
import type { HostKeys } from './ssh-service.ts'

/**
 * Signs an exchange hash, at once, with the key of this number.
 * @param hash of an RSA signature; null of the other kinds.
 * Null where it may not be signed. @throws where the other process is gone.
 */
export type SignRemotely = (key: number, data: Uint8Array, hash: string | null) => Buffer | null

/**
 * Keys as ssh2's server takes them, in the order given. ssh2 (1.17) asks a host key for its public half and type, whether
 * there is a private one, and for signatures, which it reads as Node makes them and takes an Error for a failure.
 * @param publicKeys as SSH carries them (RFC 4253 section 6.6).
 * @throws when one of them is no key that ssh2 reads.
 */
export function remoteHostKeys(publicKeys: readonly Uint8Array[], sign: SignRemotely): HostKeys {
  return publicKeys.map((blob, index) => {
    const key: ParsedKey | Error = ssh2.utils.parseKey(Buffer.from(blob))
    if (key instanceof Error) throw new Error(`host key ${index}: expected a public key`, { cause: key })
    const apart = Object.assign(Object.create(key) as ParsedKey, {
      isPrivateKey: () => true,
      // Only ever compared with null, and never parsed.
      getPrivatePEM: () => 'elsewhere',
      sign(data: Buffer, hash?: string): Buffer | Error {
        try {
          return sign(index, data, hash ?? null) ?? new Error('the host key does not sign this')
        } catch (error) {
          return error instanceof Error ? error : new Error(String(error))
        }
      },
    })
    // A key that was parsed is given back as it is by ssh2's parser.
    return { key: apart } as unknown as HostKeys[number]
  })
}

/** What holds the private host keys: their public halves, and signatures by them. */
export interface HostKeySigner {
  /** As SSH carries them, in the order of the keys. */
  readonly publicKeys: readonly Uint8Array[]
  /**
   * Null where there is no such key, or it does not sign with this hash: RSA does with `sha256` and `sha512` and never
   * with SHA-1, the others with their own, which is null here.
   */
  sign(key: number, data: Uint8Array, hash: string | null): Buffer | null
}

/** @throws when one of them is no private key in OpenSSH or PEM form, or has a passphrase. */
export function signWithHostKey(keys: readonly Secret<string>[]): HostKeySigner {
  const held = keys.map((secret, index) => {
    const read: ParsedKey | ParsedKey[] | Error = ssh2.utils.parseKey(secret.expose())
    const key = Array.isArray(read) ? read[0] : read
    if (key === undefined || key instanceof Error || !key.isPrivateKey())
      throw new Error(`host key ${index}: expected a private key without passphrase`)
    return { type: key.type, blob: key.getPublicSSH(), privateKey: createPrivateKey(key.getPrivatePEM()) }
  })
  return {
    publicKeys: held.map(({ blob }) => blob),
    sign(index, data, hash) {
      const key = held[index]
      if (key === undefined) return null
      const isRsa = key.type === 'ssh-rsa'
      if (isRsa ? hash !== 'sha256' && hash !== 'sha512' : hash !== null) return null
      return signData(isRsa ? hash : ecdsaHashes[key.type], data, key.privateKey)
    },
  }
}

const ecdsaHashes: Readonly<Record<string, string>> = {
  'ecdsa-sha2-nistp256': 'sha256',
  'ecdsa-sha2-nistp384': 'sha384',
  'ecdsa-sha2-nistp521': 'sha512',
}

// An exchange hash is signed once. It is what a client's own signature is bound to when it logs in (RFC 4252 section 7):
// a worker that had one signed again, for a connection of its own, could show there what a client showed elsewhere. No
// two exchanges have the same (RFC 4253 section 8).

import type { HostKeySigner } from '../brokers/ssh/remote-host-keys.ts'

/** Remembered at a time, of all workers: an hour of thirty connections a second. */
const remembered = 100_000

/** Null for what was signed before, as for what cannot be. */
export function signOnce(signer: Pick<HostKeySigner, 'sign'>, most = remembered): Pick<HostKeySigner, 'sign'> {
  /** Oldest first. */
  const signed = new Set<string>()
  return {
    sign(key, data, hash) {
      const name = Buffer.from(data).toString('base64')
      if (signed.has(name)) return null
      signed.add(name)
      for (const oldest of signed) {
        if (signed.size <= most) break
        signed.delete(oldest)
      }
      return signer.sign(key, data, hash)
    },
  }
}

// Private host keys, as ssh2 reads them. What the files are called and who may read them is the configuration's.

import './packet-limit.ts'
import ssh2 from 'ssh2'
import { fingerprintOf } from '../../identity/authenticate.ts'
import type { Secret } from '../../secret.ts'

/**
 * The fingerprint of a private host key, as `ssh-keygen -l` prints it; null when it is no private key in OpenSSH or PEM
 * form, or one with a passphrase.
 */
export function fingerprintOfPrivate(key: Secret<string>): string | null {
  const parsed = ssh2.utils.parseKey(key.expose())
  if (parsed instanceof Error) return null
  const first = Array.isArray(parsed) ? parsed[0] : parsed
  return first?.isPrivateKey() === true ? fingerprintOf(first.getPublicSSH()) : null
}

// Whether ssh2 encrypts with its native binding. Without it everything works, at about a quarter of the throughput, and
// ssh2 says nothing.

import './packet-limit.ts'
import { createRequire } from 'node:module'

/** What ssh2 itself found when it looked for its binding. */
export function hasNativeCiphers(): boolean {
  const crypto: unknown = createRequire(import.meta.url)('ssh2/lib/protocol/crypto.js')
  return (
    typeof crypto === 'object' && crypto !== null && 'bindingAvailable' in crypto && crypto.bindingAvailable === true
  )
}

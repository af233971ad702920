// Whether ssh2 encrypts with its native binding, and whether that binding is one that cannot abort the gateway. Without
// it everything works, at about a quarter of the throughput, and ssh2 says nothing. Compiling is postinstall's.

import './packet-limit.ts'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** What ssh2 itself found when it looked for its binding. */
export function hasNativeCiphers(): boolean {
  const crypto: unknown = require('ssh2/lib/protocol/crypto.js')
  return (
    typeof crypto === 'object' && crypto !== null && 'bindingAvailable' in crypto && crypto.bindingAvailable === true
  )
}

/** The file that ssh2 loads its native ciphers from; throws where there is none. */
export function findBinding(): string {
  return require.resolve('ssh2/lib/protocol/crypto/build/Release/sshcrypto.node')
}

/**
 * Whether a compiled binding aborts its process when V8 collects one of its ciphers inside WebAssembly, as it does when it
 * was compiled with Node's headers as they come: gateway/runtime/headers.mjs says how, and asks a file the same.
 */
export function mayAbort(binding: string): boolean {
  return readFileSync(binding).includes('EnvironmentCleanupHook')
}

// What is offered to a target: what is good enough for every one, then what this one alone may be reached with.

import type { Algorithms, KexAlgorithm, ServerHostKeyAlgorithm } from 'ssh2'
import { legacyAlgorithms, type AlgorithmKind, type SshEndpoint } from '../../../policy/index.ts'
import { algorithms } from './algorithms.ts'

/** As ssh-rsa, with SHA-2 (RFC 8332). */
const rsa: readonly ServerHostKeyAlgorithm[] = ['rsa-sha2-512', 'rsa-sha2-256']

/** Every kind of host key there is, for a target whose key nobody knows yet. */
const everyHostKey: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  ...rsa,
]

function legacyOf({ legacy }: Pick<SshEndpoint, 'legacy'>, kind: AlgorithmKind): readonly string[] {
  return legacy?.algorithms.filter((name) => legacyAlgorithms[name] === kind) ?? []
}

/** Only what a pinned key can answer with, so that a target with several keys shows the pinned one. */
function hostKeysFor(
  endpoint: Pick<SshEndpoint, 'legacy'>,
  lines: readonly string[] | null,
): readonly ServerHostKeyAlgorithm[] {
  const old = legacyOf(endpoint, 'hostKey') as readonly ServerHostKeyAlgorithm[]
  if (lines === null) return [...everyHostKey, ...old]
  const types = [...new Set(lines.map((line) => line.split(' ')[0] ?? ''))]
  return types.flatMap((type) => (type === 'ssh-rsa' ? [...rsa, ...old] : [type as ServerHostKeyAlgorithm]))
}

/** @param keys the host keys that are known, or null where the first is to be seen. */
export function algorithmsFor(endpoint: Pick<SshEndpoint, 'legacy'>, keys: readonly string[] | null): Algorithms {
  const more = <T>(standard: unknown, kind: AlgorithmKind): T[] => [
    ...(standard as readonly T[]),
    ...(legacyOf(endpoint, kind) as readonly T[]),
  ]
  return {
    ...algorithms,
    kex: more<KexAlgorithm>(algorithms.kex, 'kex'),
    cipher: more(algorithms.cipher, 'cipher'),
    hmac: more(algorithms.hmac, 'mac'),
    serverHostKey: [...hostKeysFor(endpoint, keys)],
  } as Algorithms
}

// Algorithms that are no longer good enough, and that one old device may still be reached with: a closed list, by what
// each is for. DES, RC4, MD5, DSA and `none` are not among them, and no exception brings them back.

/** What a connection negotiates, each by itself (RFC 4253 section 7.1). */
export const algorithmKinds = ['kex', 'hostKey', 'cipher', 'mac'] as const
export type AlgorithmKind = (typeof algorithmKinds)[number]

/** INVARIANT: nothing stands here that the gateway offers every target. */
export const legacyAlgorithms = {
  'diffie-hellman-group-exchange-sha256': 'kex',
  'diffie-hellman-group14-sha256': 'kex',
  'diffie-hellman-group-exchange-sha1': 'kex',
  'diffie-hellman-group14-sha1': 'kex',
  'diffie-hellman-group1-sha1': 'kex',
  /** RSA with SHA-1: the key is pinned all the same. */
  'ssh-rsa': 'hostKey',
  'aes128-ctr': 'cipher',
  'aes192-ctr': 'cipher',
  'aes256-cbc': 'cipher',
  'aes192-cbc': 'cipher',
  'aes128-cbc': 'cipher',
  'hmac-sha2-256': 'mac',
  'hmac-sha2-512': 'mac',
  'hmac-sha1-etm@openssh.com': 'mac',
  'hmac-sha1': 'mac',
} as const satisfies Readonly<Record<string, AlgorithmKind>>

export type LegacyAlgorithm = keyof typeof legacyAlgorithms
export const legacyNames = Object.keys(legacyAlgorithms) as readonly LegacyAlgorithm[]

/** What one endpoint may be reached with beside what every endpoint may, and what bears that. */
export interface LegacyTerms {
  /** Tried after everything that is good enough, in this order. Never empty. */
  readonly algorithms: readonly LegacyAlgorithm[]
  /** An exception of register.yaml that covers the asset. When it is over, the asset is not reachable. */
  readonly exception: string
  readonly reason: string
}

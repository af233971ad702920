// Reading an evidence-signing key: Ed25519, PKCS#8 PEM, under the name of the ledger it signs for.

import { createPrivateKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { parseVerifierKey, signerFrom, type Signer, type Verifier } from '../../recorder/index.ts'
import { systemCode } from '../start-problem.ts'

export interface SigningKey {
  readonly signer: Signer
  /** Of the signer. */
  readonly verifier: Verifier
}

export type ReadSigningKey =
  | ({ readonly kind: 'ok' } & SigningKey)
  /** What was found instead, and the next step; nothing of the key's text. */
  | { readonly kind: 'problem'; readonly found: string; readonly next: string }

/** @param origin a name that can stand for a ledger. */
export async function readSigningKey(path: string, origin: string): Promise<ReadSigningKey> {
  const problem = (what: string, next: string): ReadSigningKey => ({
    kind: 'problem',
    found: `\`${path}\`: ${what}`,
    next,
  })
  let pem: string
  try {
    pem = await readFile(path, 'utf8')
  } catch (error) {
    const code = systemCode(error)
    if (code === '') throw error
    if (code === 'ENOENT') return problem('is not there', 'put the file there, or set the field')
    if (code === 'EISDIR') return problem('expected a file, got a folder', 'put the file there, or set the field')
    return problem(`cannot be read (${code})`, 'let the gateway\u2019s user read it')
  }
  const key = keyIn(pem)
  if (key?.asymmetricKeyType !== 'ed25519')
    return problem(
      'expected an Ed25519 private key, PKCS#8 PEM',
      'make one with `openssl genpkey -algorithm ed25519`, or put the present one there',
    )
  const signer = signerFrom(origin, key)
  const verifier = parseVerifierKey(signer.vkey)
  return verifier.kind === 'ok'
    ? { kind: 'ok', signer, verifier: verifier.value }
    : problem(verifier.reason, 'change evidence.origin')
}

/** Null where it is no key. What OpenSSL says of a bad one stays out: it may quote key material. */
function keyIn(pem: string) {
  try {
    return createPrivateKey(pem)
  } catch (error) {
    if (error instanceof Error) return null
    throw error
  }
}

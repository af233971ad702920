// Disclosures (FORMAT.md section 5.3): the salts and values that open commitments of the ledger for a reader who may know
// them.

import { canonicalBytes, hasKeys, isObject, parseCanonical, type Parsed } from './canonical.ts'
import { RecorderError } from './errors.ts'
import { commitment, isCommitment } from './evidence.ts'
import { decodeBase64 } from './note.ts'

export interface Disclosure {
  /** `sha256:` and 64 hex digits. */
  readonly commitment: string
  /** 32 bytes. */
  readonly salt: Uint8Array
  readonly value: string
}

/** Whether the disclosure's salt and value give its commitment. */
export function opensCommitment(disclosure: Disclosure): boolean {
  return (
    disclosure.salt.length === 32 &&
    disclosure.value.isWellFormed() &&
    commitment(disclosure.salt, disclosure.value) === disclosure.commitment
  )
}

/**
 * The bytes of disclosures.json; the same disclosure given twice stands once.
 * @throws RecorderError `invalid-argument` when one does not open its commitment.
 */
export function disclosuresBytes(disclosures: readonly Disclosure[]): Buffer {
  const byCommitment = new Map<string, Disclosure>()
  for (const disclosure of disclosures) {
    if (!opensCommitment(disclosure))
      throw new RecorderError('invalid-argument', `disclosure of \`${disclosure.commitment}\`: does not open it`)
    byCommitment.set(disclosure.commitment, disclosure)
  }
  const sorted = [...byCommitment.values()].sort((a, b) => (a.commitment < b.commitment ? -1 : 1))
  return canonicalBytes(sorted.map((one) => ({ ...one, salt: Buffer.from(one.salt).toString('base64') })))
}

/** Reads disclosures.json; that each opens its commitment is for the verifier to check one by one. */
export function parseDisclosures(bytes: Uint8Array): Parsed<readonly Disclosure[]> {
  const malformed = (what: string): Parsed<readonly Disclosure[]> => ({ kind: 'malformed', reason: what })
  const parsed = parseCanonical(bytes)
  if (parsed.kind === 'malformed') return malformed(parsed.reason)
  if (!Array.isArray(parsed.value)) return malformed('expected an array')
  const disclosures: Disclosure[] = []
  for (const [i, item] of parsed.value.entries()) {
    if (!isObject(item) || !hasKeys(item, ['commitment', 'salt', 'value']))
      return malformed(`[${i}]: expected the keys commitment, salt and value`)
    const salt = typeof item.salt === 'string' ? decodeBase64(item.salt) : null
    if (typeof item.commitment !== 'string' || !isCommitment(item.commitment) || typeof item.value !== 'string')
      return malformed(`[${i}]: expected a commitment and a value`)
    if (salt === null || salt.length !== 32) return malformed(`[${i}]: salt: expected base64 of 32 bytes`)
    if (i > 0 && item.commitment <= (disclosures[i - 1]?.commitment ?? ''))
      return malformed(`[${i}]: expected ascending commitments, none twice`)
    disclosures.push({ commitment: item.commitment, salt, value: item.value })
  }
  return { kind: 'ok', value: disclosures }
}

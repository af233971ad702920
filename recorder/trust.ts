// The trust file (FORMAT.md section 5.5): whom an auditor believes. It must reach her apart from what it judges.

import { hasKeys, isObject } from './canonical.ts'
import { isOrigin } from './checkpoint.ts'
import { quote } from './errors.ts'
import { parseVerifierKey, type Verifier } from './note.ts'

export interface Trust {
  readonly origin: string
  readonly verifiers: readonly Verifier[]
}

export type ParsedTrust =
  | { readonly kind: 'ok'; readonly trust: Trust }
  | { readonly kind: 'malformed'; readonly problems: readonly string[] }

export const trustFormat = 'sallyport-trust/v1'

/** Reads the value of a trust file (what JSON.parse gave), with every problem found. */
export function parseTrust(input: unknown): ParsedTrust {
  if (!isObject(input) || !hasKeys(input, ['format', 'origin', 'keys']))
    return { kind: 'malformed', problems: ['trust: expected an object with the keys format, origin and keys'] }
  const { format, origin, keys } = input
  const problems: string[] = []
  const verifiers: Verifier[] = []
  if (format !== trustFormat) problems.push(`format: expected \`${trustFormat}\``)
  if (typeof origin !== 'string' || !isOrigin(origin)) problems.push('origin: expected the name of a ledger')
  if (!Array.isArray(keys) || keys.length === 0) problems.push('keys: expected at least one verifier key')
  for (const [i, key] of Array.isArray(keys) ? keys.entries() : []) {
    const parsed = typeof key === 'string' ? parseVerifierKey(key) : null
    if (parsed === null) problems.push(`keys[${i}]: expected a text`)
    else if (parsed.kind === 'malformed') problems.push(`keys[${i}]: ${parsed.reason}`)
    else if (verifiers.some(({ vkey }) => vkey === parsed.value.vkey))
      problems.push(`keys[${i}]: ${quote(parsed.value.vkey)} stands twice`)
    else verifiers.push(parsed.value)
  }
  if (problems.length > 0 || typeof origin !== 'string') return { kind: 'malformed', problems }
  return { kind: 'ok', trust: { origin, verifiers } }
}

/** The text of a trust file for these keys. */
export function trustText(origin: string, vkeys: readonly string[]): string {
  return `${JSON.stringify({ format: trustFormat, origin, keys: vkeys }, null, 2)}\n`
}

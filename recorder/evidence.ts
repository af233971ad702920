// One entry of the ledger (FORMAT.md section 2.1): its bytes, its parser, and commitments to personal data. Which event
// types exist and what stands in them is the gateway's business; the tree over entries is merkle.ts.

import { canonicalBytes, hasKeys, isObject, type JsonObject, parseCanonical, type Parsed } from './canonical.ts'
import { sha256Hex } from './digest.ts'
import { quote, RecorderError } from './errors.ts'

export interface LedgerEntry {
  readonly v: 1
  /** Milliseconds since the Unix epoch. */
  readonly at: number
  readonly type: string
  readonly data: object
}

export interface ParsedEntry {
  readonly v: 1
  readonly at: number
  readonly type: string
  readonly data: JsonObject
}

/** C2SP tlog-tiles gives an entry a length of 16 bits. */
export const maxEntryBytes = 65_535

const eventType = /^[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+$/
const maxTypeLength = 64

/**
 * The canonical bytes of an entry: what is hashed into the tree.
 * @throws RecorderError `invalid-argument` when the entry has another form, holds what JSON cannot say, or is too large.
 */
export function entryBytes(entry: LedgerEntry): Buffer {
  const problem = problemOf(entry)
  if (problem !== null) throw new RecorderError('invalid-argument', `ledger entry: ${problem}`)
  const bytes = canonicalBytes(entry)
  if (bytes.length > maxEntryBytes)
    throw new RecorderError(
      'invalid-argument',
      `ledger entry ${quote(entry.type)}: expected at most ${maxEntryBytes} bytes, got ${bytes.length}`,
    )
  return bytes
}

/** Reads an entry back, strictly. */
export function parseEntry(bytes: Uint8Array): Parsed<ParsedEntry> {
  if (bytes.length > maxEntryBytes) return { kind: 'malformed', reason: `expected at most ${maxEntryBytes} bytes` }
  const parsed = parseCanonical(bytes)
  if (parsed.kind === 'malformed') return parsed
  const problem = problemOf(parsed.value)
  return problem === null
    ? { kind: 'ok', value: parsed.value as unknown as ParsedEntry }
    : { kind: 'malformed', reason: problem }
}

/**
 * A salted commitment to a value that the ledger must not hold itself: `sha256:` and hex of SHA-256(salt || value).
 * @throws RecorderError `invalid-argument` unless the salt has 32 bytes and the value is well-formed.
 */
export function commitment(salt: Uint8Array, value: string): `sha256:${string}` {
  if (salt.length !== 32) throw new RecorderError('invalid-argument', `salt: expected 32 bytes, got ${salt.length}`)
  if (!value.isWellFormed()) throw new RecorderError('invalid-argument', 'commitment: the value has a lone surrogate')
  return `sha256:${sha256Hex(Buffer.concat([salt, Buffer.from(value, 'utf8')]))}`
}

export function isCommitment(text: string): text is `sha256:${string}` {
  return /^sha256:[0-9a-f]{64}$/.test(text)
}

function problemOf(entry: unknown): string | null {
  if (!isObject(entry) || !hasKeys(entry, ['at', 'data', 'type', 'v'])) return 'expected the keys at, data, type and v'
  const { at, data, type, v } = entry
  if (v !== 1) return 'v: expected 1'
  if (typeof at !== 'number' || !Number.isSafeInteger(at) || at < 0) return 'at: expected milliseconds since 1970'
  if (typeof type !== 'string' || type.length > maxTypeLength || !eventType.test(type))
    return 'type: expected dotted lowercase words, such as `session.started`'
  if (!isObject(data)) return 'data: expected an object'
  return null
}

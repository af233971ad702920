// The header of an export (FORMAT.md section 5.1): what it is, for what, and what the management system behind it covers
// and does not. The scope cannot be left out: evidence that hides its limits misleads (ISO/IEC 27001 clause 4.3).

import { canonicalBytes, hasKeys, isObject, type JsonValue, parseCanonical, type Parsed } from './canonical.ts'
import { isOrigin } from './checkpoint.ts'
import { RecorderError } from './errors.ts'
import { isSessionId } from './layout.ts'
import { decodeBase64 } from './note.ts'

export interface ExportScope {
  readonly version: string
  /** What is covered, in words. */
  readonly covered: string
  /** What is not, by name. Empty only if nothing was excluded. */
  readonly notCovered: readonly string[]
}

/** What an export was narrowed to, and what was left out of it for that. */
export interface ExportExtent {
  /** With whom it was agreed what leaves the house. */
  readonly agreement: {
    readonly id: string
    readonly customer: string
    readonly reference: string
    /** Last day of it, ISO 8601. */
    readonly until: string
  } | null
  /** Whether the ledger is whole, or of single entries with their proofs. */
  readonly entries: 'all' | 'excerpt'
  /** How many, by why: never which. */
  readonly leftOut: readonly { readonly why: string; readonly count: number }[]
  /** Null: of every plant. */
  readonly plants: readonly string[] | null
}

export interface ExportHeader {
  readonly format: typeof exportFormat | typeof narrowedFormat
  readonly origin: string
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number
  readonly purpose: string
  readonly scope: ExportScope
  readonly ledger: { readonly size: number; readonly root: string }
  readonly sessions: readonly string[]
  /** In a header of version 2, and in no other. */
  readonly extent?: ExportExtent
}

export const exportFormat = 'sallyport-export/v1'
/** Of an export that was narrowed: its header has `extent`. */
export const narrowedFormat = 'sallyport-export/v2'
export const maxHeaderBytes = 16 << 20

/**
 * The bytes of export.json.
 * @throws RecorderError `invalid-argument` with every problem when a field is missing or cannot stand in it.
 */
export function exportHeaderBytes(header: ExportHeader): Buffer {
  const bytes = canonicalBytes(header)
  const parsed = parseExportHeader(bytes)
  if (parsed.kind === 'malformed') throw new RecorderError('invalid-argument', `export header: ${parsed.reason}`)
  return bytes
}

export function parseExportHeader(bytes: Uint8Array): Parsed<ExportHeader> {
  const parsed = parseCanonical(bytes)
  if (parsed.kind === 'malformed') return parsed
  const value = parsed.value
  const isNarrowed = isObject(value) && value.format === narrowedFormat
  const keys = ['format', 'origin', 'createdAt', 'purpose', 'scope', 'ledger', 'sessions']
  if (isNarrowed) keys.push('extent')
  // Another version has other keys: which one it is says more than which they are.
  if (isObject(value) && typeof value.format === 'string' && value.format !== exportFormat && !isNarrowed)
    return { kind: 'malformed', reason: `format: expected \`${exportFormat}\` or \`${narrowedFormat}\`` }
  if (!isObject(value) || !hasKeys(value, keys))
    return { kind: 'malformed', reason: `expected the keys ${keys.join(', ')}` }
  const { format, origin, createdAt, purpose, scope, ledger, sessions } = value
  const problems: string[] = []
  if (typeof format !== 'string') problems.push(`format: expected \`${exportFormat}\` or \`${narrowedFormat}\``)
  if (isNarrowed) problems.push(...extentProblems(value.extent))
  if (typeof origin !== 'string' || !isOrigin(origin)) problems.push('origin: expected the name of a ledger')
  if (!isCount(createdAt)) problems.push('createdAt: expected milliseconds since 1970')
  if (!isText(purpose)) problems.push('purpose: expected a text')
  if (!isObject(scope) || !hasKeys(scope, ['version', 'covered', 'notCovered'])) {
    problems.push('scope: expected the keys version, covered and notCovered')
  } else {
    if (!isText(scope.version)) problems.push('scope.version: expected a text')
    if (!isText(scope.covered)) problems.push('scope.covered: expected a text')
    if (!Array.isArray(scope.notCovered) || !scope.notCovered.every(isText))
      problems.push('scope.notCovered: expected a list of texts')
  }
  if (!isObject(ledger) || !hasKeys(ledger, ['size', 'root']) || !isCount(ledger.size) || !isRoot(ledger.root))
    problems.push('ledger: expected size and root')
  if (!Array.isArray(sessions) || !sessions.every((item) => typeof item === 'string' && isSessionId(item)))
    problems.push('sessions: expected session ids')
  else if (!sessions.every((item, i) => i === 0 || String(sessions[i - 1]) < String(item)))
    problems.push('sessions: expected them ascending, none twice')
  return problems.length > 0
    ? { kind: 'malformed', reason: problems.join('; ') }
    : { kind: 'ok', value: value as unknown as ExportHeader }
}

function extentProblems(extent: JsonValue | undefined): string[] {
  if (!isObject(extent) || !hasKeys(extent, ['agreement', 'entries', 'leftOut', 'plants']))
    return ['extent: expected the keys agreement, entries, leftOut and plants']
  const { agreement, entries, leftOut, plants } = extent
  const problems: string[] = []
  const words = ['id', 'customer', 'reference', 'until']
  const isAgreement = isObject(agreement) && hasKeys(agreement, words) && words.every((word) => isText(agreement[word]))
  if (agreement !== null && !isAgreement) problems.push(`extent.agreement: expected null or ${words.join(', ')}`)
  if (entries !== 'all' && entries !== 'excerpt') problems.push('extent.entries: expected `all` or `excerpt`')
  if (!Array.isArray(leftOut) || !leftOut.every(isLeftOut) || !isAscending(leftOut.map(({ why }) => String(why))))
    problems.push('extent.leftOut: expected counts by why, ascending')
  if (plants !== null && (!Array.isArray(plants) || !plants.every(isText) || !isAscending(plants.map(String))))
    problems.push('extent.plants: expected null or plants, ascending')
  return problems
}

function isLeftOut(value: JsonValue): value is { why: string; count: number } {
  return (
    isObject(value) && hasKeys(value, ['why', 'count']) && isText(value.why) && isCount(value.count) && value.count > 0
  )
}

const isAscending = (texts: readonly string[]): boolean =>
  texts.every((one, i) => i === 0 || String(texts[i - 1]) < one)

function isCount(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && value.trim() !== ''
}

function isRoot(value: JsonValue | undefined): boolean {
  return typeof value === 'string' && decodeBase64(value)?.length === 32
}

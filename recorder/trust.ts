// The trust file (FORMAT.md section 5.5): whom an auditor believes, for which part of which ledger. It must reach her apart
// from what it judges. What a key that was retired may still vouch for is judged in trusted.ts.

import { hasKeys, isObject } from './canonical.ts'
import { isOrigin } from './checkpoint.ts'
import { quote } from './errors.ts'
import { decodeBase64, parseVerifierKey, type Verifier } from './note.ts'

export interface TrustedKey {
  readonly verifier: Verifier
  /** Number of the entry that brought it in; 0 for the first key of a ledger. */
  readonly from: number
  /** How many entries the ledger held when it was retired; null while it is in use. */
  readonly until: number | null
}

/** Where a ledger ended that another one goes on from. */
export interface LedgerEnd {
  readonly size: number
  /** 32 bytes. */
  readonly root: Uint8Array
}

export interface TrustedLedger {
  readonly origin: string
  readonly keys: readonly TrustedKey[]
  /** Null for the present ledger. */
  readonly end: LedgerEnd | null
}

export interface Trust {
  /** Of the present ledger. */
  readonly origin: string
  /** Keys of the present ledger that are in use. */
  readonly verifiers: readonly Verifier[]
  /** The present ledger: the last of `ledgers`. */
  readonly ledger: TrustedLedger
  /** In their order. */
  readonly ledgers: readonly TrustedLedger[]
}

export type ParsedTrust =
  | { readonly kind: 'ok'; readonly trust: Trust }
  | { readonly kind: 'malformed'; readonly problems: readonly string[] }

export const trustFormat = 'sallyport-trust/v1'
export const trustFormat2 = 'sallyport-trust/v2'

/** Reads the value of a trust file of either version (what JSON.parse gave), with every problem found. */
export function parseTrust(input: unknown): ParsedTrust {
  const problems: string[] = []
  const ledgers =
    isObject(input) && input['format'] === trustFormat2 ? readSecond(input, problems) : readFirst(input, problems)
  const ledger = ledgers.at(-1)
  if (problems.length > 0 || ledger === undefined) return { kind: 'malformed', problems }
  const verifiers = ledger.keys.filter(({ until }) => until === null).map(({ verifier }) => verifier)
  return { kind: 'ok', trust: { origin: ledger.origin, verifiers, ledger, ledgers } }
}

/** What a ledger's trust is made of, as texts: what the gateway knows of its own ledgers. */
export interface LedgerKeys {
  readonly origin: string
  readonly keys: readonly { readonly vkey: string; readonly from: number; readonly until: number | null }[]
  readonly end: LedgerEnd | null
}

/** The text of a trust file for these keys of one ledger, none of which has been changed. */
export function trustText(origin: string, vkeys: readonly string[]): string {
  return fileText({ format: trustFormat, origin, keys: vkeys })
}

/** The text of a trust file for ledgers, in their order: of the first version where that says all there is to say. */
export function trustTextOf(ledgers: readonly LedgerKeys[]): string {
  const [only, ...more] = ledgers
  if (only !== undefined && more.length === 0 && only.keys.every(({ from, until }) => from === 0 && until === null))
    return trustText(
      only.origin,
      only.keys.map(({ vkey }) => vkey),
    )
  const written = ledgers.map(({ origin, keys, end }) => ({
    origin,
    keys: keys.map(({ vkey, from, until }) => ({ key: vkey, from, until })),
    end: end === null ? null : { size: end.size, root: Buffer.from(end.root).toString('base64') },
  }))
  return fileText({ format: trustFormat2, ledgers: written })
}

/** The same ledgers as text again, of a trust file that was read. */
export function trustTextFrom({ ledgers }: Trust): string {
  return trustTextOf(
    ledgers.map((ledger) => ({
      ...ledger,
      keys: ledger.keys.map(({ verifier, from, until }) => ({ vkey: verifier.vkey, from, until })),
    })),
  )
}

/** The name a checkpoint of so many entries was signed under: after a declared loss the ledger has another (section 2.6). */
export function originAt({ ledgers, origin }: Pick<Trust, 'ledgers' | 'origin'>, size: number): string {
  return ledgers.find(({ end }) => end !== null && size <= end.size)?.origin ?? origin
}

function fileText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

function readFirst(input: unknown, problems: string[]): TrustedLedger[] {
  if (!isObject(input) || !hasKeys(input, ['format', 'origin', 'keys'])) {
    problems.push('trust: expected an object with the keys format, origin and keys')
    return []
  }
  const { format, origin, keys } = input
  if (format !== trustFormat) problems.push(`format: expected \`${trustFormat}\` or \`${trustFormat2}\``)
  const name = readOrigin(origin, 'origin', problems)
  const read = readKeys(keys, 'keys', problems, (key) => ({ key, from: 0, until: null }))
  return name === null ? [] : [{ origin: name, keys: read, end: null }]
}

function readSecond(input: object, problems: string[]): TrustedLedger[] {
  if (!isObject(input) || !hasKeys(input, ['format', 'ledgers'])) {
    problems.push('trust: expected an object with the keys format and ledgers')
    return []
  }
  const { ledgers } = input
  if (!Array.isArray(ledgers) || ledgers.length === 0) {
    problems.push('ledgers: expected at least one')
    return []
  }
  const read: TrustedLedger[] = []
  for (const [i, value] of ledgers.entries()) {
    const at = `ledgers[${i}]`
    if (!isObject(value) || !hasKeys(value, ['origin', 'keys', 'end'])) {
      problems.push(`${at}: expected an object with the keys origin, keys and end`)
      continue
    }
    const origin = readOrigin(value['origin'], `${at}.origin`, problems)
    const keys = readKeys(value['keys'], `${at}.keys`, problems, periodOf)
    const isLast = i === ledgers.length - 1
    const end = readEnd(value['end'], `${at}.end`, isLast, problems)
    if (isLast && keys.length > 0 && keys.every(({ until }) => until !== null))
      problems.push(`${at}.keys: expected one that is in use, with \`until\` null`)
    if (read.some((other) => other.origin === origin)) problems.push(`${at}.origin: stands twice`)
    if (origin !== null) read.push({ origin, keys, end })
  }
  return read
}

interface Period {
  readonly key: unknown
  readonly from: number
  readonly until: number | null
}

/** A key with its time, or what is wrong with it. */
function periodOf(value: unknown): Period | string {
  if (!isObject(value) || !hasKeys(value, ['key', 'from', 'until'])) return 'expected the keys key, from and until'
  const { key, from, until } = value
  if (!isCount(from)) return 'from: expected the number of an entry'
  if (until !== null && !(isCount(until) && until > from)) return 'until: expected a size after `from`, or null'
  return { key, from, until }
}

function readKeys(
  value: unknown,
  at: string,
  problems: string[],
  read: (item: unknown) => Period | string,
): TrustedKey[] {
  if (!Array.isArray(value) || value.length === 0) {
    problems.push(`${at}: expected at least one verifier key`)
    return []
  }
  const keys: TrustedKey[] = []
  for (const [i, item] of value.entries()) {
    const period = read(item)
    if (typeof period === 'string') {
      problems.push(`${at}[${i}]: ${period}`)
      continue
    }
    const { key, from, until } = period
    const parsed = typeof key === 'string' ? parseVerifierKey(key) : null
    if (parsed === null) problems.push(`${at}[${i}]: expected a text`)
    else if (parsed.kind === 'malformed') problems.push(`${at}[${i}]: ${parsed.reason}`)
    else if (keys.some(({ verifier }) => verifier.vkey === parsed.value.vkey))
      problems.push(`${at}[${i}]: ${quote(parsed.value.vkey)} stands twice`)
    else keys.push({ verifier: parsed.value, from, until })
  }
  return keys
}

function readOrigin(value: unknown, at: string, problems: string[]): string | null {
  if (typeof value === 'string' && isOrigin(value)) return value
  problems.push(`${at}: expected the name of a ledger`)
  return null
}

function readEnd(value: unknown, at: string, isLast: boolean, problems: string[]): LedgerEnd | null {
  if (isLast) {
    if (value !== null) problems.push(`${at}: expected null for the present ledger, the last one`)
    return null
  }
  const root = isObject(value) && typeof value['root'] === 'string' ? decodeBase64(value['root']) : null
  if (!isObject(value) || !hasKeys(value, ['size', 'root']) || !isCount(value['size']) || root?.length !== 32) {
    problems.push(`${at}: expected the size and root that the ledger ended with`)
    return null
  }
  return { size: value['size'], root }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

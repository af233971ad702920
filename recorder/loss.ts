// Declared losses in an export (FORMAT.md section 2.6): the ledger goes on from a former one that was restored too old. What
// the trust file says of the former ledger, what the entry says and what the entries give must be one and the same.

import { hasKeys, isObject, type JsonObject } from './canonical.ts'
import { parseCheckpoint, verifyCheckpoint } from './checkpoint.ts'
import { quote } from './errors.ts'
import type { ParsedEntry } from './evidence.ts'
import { emptyRoot } from './merkle.ts'
import { parseNote } from './note.ts'
import { type Findings, instant } from './report.ts'
import type { LedgerEnd, Trust, TrustedLedger } from './trust.ts'

interface Ended extends TrustedLedger {
  readonly end: LedgerEnd
  /** The one that goes on from it. */
  readonly next: TrustedLedger
}

interface Declared {
  readonly index: number
  readonly at: number
  readonly data: JsonObject
}

/** Gathered while the entries are read. */
export class DeclaredLosses {
  readonly #ended: readonly Ended[]
  readonly #declared: Declared[] = []

  constructor({ ledgers }: Pick<Trust, 'ledgers'>) {
    this.#ended = ledgers.flatMap((ledger, i) => {
      const next = ledgers[i + 1]
      return ledger.end === null || next === undefined ? [] : [{ ...ledger, end: ledger.end, next }]
    })
  }

  /** Sizes whose root is wanted while the entries are read. */
  get sizes(): readonly number[] {
    return this.#ended.map(({ end }) => end.size)
  }

  visit(index: number, { at, type, data }: Pick<ParsedEntry, 'at' | 'type' | 'data'>): void {
    if (type === 'ledger.loss_declared') this.#declared.push({ index, at, data })
  }

  /** @param roots of the first entries, by size, as far as the entries gave them. */
  end(roots: ReadonlyMap<number, Uint8Array>, findings: Findings): void {
    for (const { origin, end } of this.#ended) {
      const root = end.size === 0 ? emptyRoot : roots.get(end.size)
      findings.check(
        root !== undefined && Buffer.from(root).equals(end.root),
        'ledger',
        `its first ${end.size} entries are what is left of the ledger ${quote(origin)}`,
        `its first ${end.size} entries are not the ledger ${quote(origin)} as the trust file says it ended`,
      )
      if (!this.#declared.some(({ index }) => index === end.size))
        findings.bad(
          `ledger entry ${end.size}`,
          `expected it to declare the loss that ended the ledger ${quote(origin)}`,
        )
    }
    for (const declared of this.#declared) this.#inspect(declared, findings)
  }

  #inspect({ index, at, data }: Declared, findings: Findings): void {
    const where = `ledger entry ${index}`
    const ended = this.#ended.find(({ end }) => end.size === index)
    if (ended === undefined)
      return findings.bad(where, 'declares a loss, and the trust file names no ledger that ended there')
    const fault = faultIn(data, ended)
    if (fault !== null) return findings.bad(where, fault)
    const lost = `entries ${index} to ${sizeIn(data) - 1} of the ledger ${quote(ended.origin)} are lost`
    findings.good(where, `DECLARED LOSS at ${instant(at)}: ${lost}; what stands before and after is whole`)
  }
}

const sizeIn = ({ lost }: JsonObject): number => Number(isObject(lost) ? lost.size : Number.NaN)

/** What is wrong with the entry, as a clause. */
function faultIn(data: JsonObject, { origin, end, keys, next }: Ended): string | null {
  const { previous, lost } = data
  if (
    !hasKeys(data, ['key', 'lost', 'origin', 'previous', 'reason', 'reference']) ||
    !isObject(previous) ||
    !hasKeys(previous, ['key', 'origin', 'root', 'size']) ||
    !isObject(lost) ||
    !hasKeys(lost, ['note', 'size', 'witness'])
  )
    return 'expected the fields of a declared loss'
  const root = Buffer.from(end.root).toString('base64')
  if (previous.origin !== origin || previous.size !== end.size || previous.root !== root)
    return `previous: is not the ledger ${quote(origin)} as it ended`
  if (data.origin !== next.origin) return `origin: expected ${quote(next.origin)}`
  const size = sizeIn(data)
  if (!Number.isSafeInteger(size) || size <= end.size)
    return `lost: expected more than the ${end.size} entries that are left`
  if (lost.note === null) return typeof lost.witness === 'string' ? null : 'lost: expected a checkpoint or a witness'
  if (typeof lost.note !== 'string') return 'lost: expected the text of a checkpoint'
  const bytes = Buffer.from(lost.note, 'utf8')
  const parsed = parseNote(bytes)
  const said = parsed.kind === 'ok' ? parseCheckpoint(parsed.value.text) : parsed
  if (said.kind === 'malformed') return `lost: ${said.reason}`
  if (said.value.origin !== origin || said.value.size !== size)
    return 'lost: its checkpoint is of another ledger or size'
  const verifiers = keys.map(({ verifier }) => verifier)
  return verifyCheckpoint(bytes, verifiers).kind === 'trusted'
    ? null
    : `lost: no key of the ledger ${quote(origin)} signed its checkpoint`
}

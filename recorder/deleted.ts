// What the ledger says of recordings that were deleted (FORMAT.md section 2.5). The recording is gone; that it was, what
// its seal was and which two people took it away is proven by the ledger alone.

import type { JsonObject, JsonValue } from './canonical.ts'
import { hexDigest } from './digest.ts'
import { quote } from './errors.ts'
import { deletedAgain } from './deleted-again.ts'
import type { ParsedEntry } from './evidence.ts'
import { isSessionId } from './layout.ts'
import { type Findings, instant } from './report.ts'

export interface DeletedRecording {
  readonly session: string
  /** Milliseconds since the Unix epoch. */
  readonly at: number
  /** SHA-256 (hex) of the seal it had. */
  readonly seal: string
  /** Opaque ids of the two people. */
  readonly proposedBy: string
  readonly confirmedBy: string
  /** Number of the ledger entry that says so. */
  readonly entry: number
}

/** Gathered while the entries are read. Remembers the seal of each session until its recording is deleted. */
export class DeletedRecordings {
  readonly #isFormer: (note: Uint8Array) => boolean
  readonly #seals = new Map<string, string>()
  readonly #list: DeletedRecording[] = []
  readonly #confirmed = new Map<string, { readonly by: string; readonly sessions: readonly JsonValue[] | null }>()
  readonly #faults: { readonly where: string; readonly what: string }[] = []

  /** @param isFormer whether this checkpoint, of so many entries, is of a former ledger and longer than it is known to be. */
  constructor(isFormer: (note: Uint8Array) => boolean = () => true) {
    this.#isFormer = isFormer
  }

  get list(): readonly DeletedRecording[] {
    return this.#list
  }

  /** What does not hold in what the entries say. */
  get faults(): readonly { readonly where: string; readonly what: string }[] {
    return this.#faults
  }

  visit(index: number, { at, type, data }: Pick<ParsedEntry, 'at' | 'type' | 'data'>): void {
    const { session, seal } = data
    // A recording found again after a declared loss is named by one entry that stands for its sealing, too (section 2.6).
    const names = type === 'session.recording_sealed' || type === 'session.recording_found'
    if (names && typeof session === 'string' && typeof seal === 'string') this.#seals.set(session, seal)
    if (type === 'evidence.deletion_confirmed' && isName(data.deletion) && isName(data.by))
      this.#confirmed.set(data.deletion, { by: data.by, sessions: Array.isArray(data.sessions) ? data.sessions : null })
    if (type === 'recording.deleted_again') {
      const again = deletedAgain(data, this.#isFormer)
      if (again.kind === 'fault') this.#faults.push({ where: `ledger entry ${index}`, what: again.what })
      else this.#take(index, again.at, again.data, true)
    }
    if (type === 'recording.deleted') this.#take(index, at, data, false)
  }

  /** @param isProven whether a lost entry says so, whose confirmation is lost as well. */
  #take(index: number, at: number, data: JsonObject, isProven: boolean): void {
    const { session, seal } = data
    const { proposedBy, confirmedBy, deletion, keptUntil } = data
    if (!isSession(session) || !isDigest(seal) || !isName(proposedBy) || !isName(confirmedBy)) {
      this.#faults.push({
        where: `ledger entry ${index}`,
        what: 'expected a session, the digest of its seal and two people',
      })
      return
    }
    const where = placeOf(session)
    if (proposedBy === confirmedBy)
      this.#faults.push({ where, what: `ledger entry ${index}: one person deleted it alone` })
    else if (!isProven && !this.#isConfirmed(deletion, session, confirmedBy))
      this.#faults.push({
        where,
        what: `ledger entry ${index}: no entry before says that the second person confirmed it`,
      })
    if (typeof keptUntil === 'number' && at < keptUntil)
      this.#faults.push({ where, what: `ledger entry ${index}: it was to be kept until ${instant(keptUntil)}` })
    if (this.#seals.get(session) !== seal)
      this.#faults.push({ where, what: `ledger entry ${index} names another seal than the ledger has of it` })
    this.#seals.delete(session)
    this.#list.push({ session, at, seal, proposedBy, confirmedBy, entry: index })
  }

  /** Whoever can write in the store's tables could have it say that somebody agreed; the ledger knows when and who. */
  #isConfirmed(deletion: JsonValue | undefined, session: string, by: string): boolean {
    const confirmed = isName(deletion) ? this.#confirmed.get(deletion) : undefined
    return confirmed?.by === by && (confirmed.sessions === null || confirmed.sessions.includes(session))
  }

  /** @param included sessions whose recordings are in the export. */
  end(included: Iterable<string>, findings: Findings): void {
    for (const { where, what } of this.#faults) findings.bad(where, what)
    const standing = new Set(included)
    for (const deleted of this.#list) {
      const where = placeOf(deleted.session)
      if (standing.has(deleted.session))
        findings.bad(where, `ledger entry ${deleted.entry} says it was deleted, and it is here`)
      else findings.good(where, sayDeleted(deleted))
    }
  }
}

/** One sentence for people: when, by whom, and which seal it had. */
export function sayDeleted({ at, proposedBy, confirmedBy, seal, entry }: DeletedRecording): string {
  return `deleted on ${instant(at)} by ${quote(proposedBy)} and ${quote(confirmedBy)}, its seal digest was \`${seal}\` (ledger entry ${entry})`
}

const placeOf = (session: string): string => `recordings/${session}`
const isSession = (value: JsonValue | undefined): value is string => typeof value === 'string' && isSessionId(value)
const isDigest = (value: JsonValue | undefined): value is string => typeof value === 'string' && hexDigest.test(value)
const isName = (value: JsonValue | undefined): value is string => typeof value === 'string' && value !== ''

// What the ledger says of recordings (FORMAT.md sections 1.6, 2.3 and 5.4): their manifests, their heads while they ran,
// and their seals. Gathered while the entries are read, and held against the recordings afterwards.

import { isObject, type JsonValue } from './canonical.ts'
import { hexDigest } from './digest.ts'
import type { ParsedEntry } from './evidence.ts'
import { maxChannels } from './layout.ts'
import type { StreamHead } from './stream.ts'

/** Something that entry `index` says. */
export type Said<T> = T & { readonly index: number }

export interface Statements {
  readonly manifests: Said<{ readonly manifest: JsonValue | undefined }>[]
  readonly seals: Said<{
    readonly seal: JsonValue | undefined
    readonly status: JsonValue | undefined
    readonly channels: JsonValue | undefined
    readonly frames: JsonValue | undefined
    /** Named anew after a declared loss. */
    readonly isFound: boolean
  }>[]
  /** By channel number, as they stand in the ledger. */
  readonly heads: Map<number, Said<StreamHead>[]>
  /** Entries about its heads that do not say what they should. */
  readonly unreadable: number[]
}

/** Of the sessions given; what is said of others is not kept. */
export class LedgerStatements {
  readonly #of: ReadonlyMap<string, Statements>

  constructor(sessions: Iterable<string>) {
    this.#of = new Map([...sessions].map((session) => [session, nothingSaid()]))
  }

  of(session: string): Statements {
    return this.#of.get(session) ?? nothingSaid()
  }

  visit(index: number, { type, data }: Pick<ParsedEntry, 'type' | 'data'>): void {
    const statements = typeof data.session === 'string' ? this.#of.get(data.session) : undefined
    if (statements === undefined) return
    const { manifest, seal, status, channels, frames } = data
    // Named anew after entries were lost (section 2.6): it stands for both.
    if (type === 'session.recording_found') {
      statements.manifests.push({ index, manifest })
      statements.seals.push({ index, seal, status, channels, frames, isFound: true })
    }
    if (type === 'session.recording_started') statements.manifests.push({ index, manifest })
    if (type === 'session.recording_sealed')
      statements.seals.push({ index, seal, status, channels, frames, isFound: false })
    if (type === 'session.recording_head') readHeads(index, data.streams, statements)
  }
}

function readHeads(index: number, streams: JsonValue | undefined, { heads, unreadable }: Statements): void {
  const list: readonly JsonValue[] = Array.isArray(streams) ? (streams as readonly JsonValue[]) : [null]
  for (const stream of list) {
    const { channel, frames, length, head } = isObject(stream) ? stream : {}
    if (!isCount(channel) || channel >= maxChannels || !isCount(frames) || !isCount(length) || !isDigest(head)) {
      unreadable.push(index)
      continue
    }
    const said = heads.get(channel) ?? []
    said.push({ index, frames, length, head })
    heads.set(channel, said)
  }
}

const nothingSaid = (): Statements => ({ manifests: [], seals: [], heads: new Map(), unreadable: [] })
const isCount = (value: JsonValue | undefined): value is number => Number.isSafeInteger(value) && Number(value) >= 0
const isDigest = (value: JsonValue | undefined): value is string => typeof value === 'string' && hexDigest.test(value)

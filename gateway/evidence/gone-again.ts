// What a restored backup brought back though it was erased or deleted after the backup was made: found in the lost entries,
// where they are still published. Each is read from tiles that have been shown to make the root of a checkpoint that a key of
// this ledger signed; declaring the loss (loss.ts) then does it again.

import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  inclusionProof,
  isSessionId,
  leafHash,
  nodeHash,
  parseEntry,
  RecorderError,
  TileReader,
  tilePath,
  tileWidth,
  verifyCheckpoint,
  verifyInclusion,
} from '../../recorder/index.ts'
import type { Commitment, Events, SessionId } from '../../policy/index.ts'
import { systemCode } from '../start-problem.ts'
import type { Store } from '../store/store.ts'
import { isSigned, type Ledger } from './continuity.ts'
import { readKeyHistory } from './ledger-keys.ts'
import { shownBy, type ShownValue } from './shown-values.ts'

export interface GoneAgain {
  /** Commitments whose value the restored store holds. */
  readonly erased: readonly Commitment[]
  /** Rows that show one of them. */
  readonly shown: readonly ShownValue[]
  /** Recordings that the restored store has as kept, each with the lost entry that says otherwise. */
  readonly deleted: readonly Events['recording.deleted_again'][]
}

export type GoneLook =
  | {
      readonly kind: 'known'
      readonly gone: GoneAgain
      /** What of the lost entries was not read, as a sentence; null where all were. */
      readonly unknown: string | null
    }
  | { readonly kind: 'unknown'; readonly unknown: string }

/**
 * @param folder of the published ledger; null where it was not published.
 * @param size entries that are left.
 * @param had entries there were.
 * @throws Error when what is published is not what was signed, or cannot be read.
 */
export async function lookForGone(deps: {
  readonly store: Store
  readonly folder: string | null
  readonly ledger: Ledger
  readonly size: number
  readonly had: number
}): Promise<GoneLook> {
  const { store, folder, ledger, size, had } = deps
  const lost = (from: number): string =>
    `entries ${from} to ${had - 1} are not to be had: what they erased or deleted is back, and nobody here knows of it: look into exports taken since the backup`
  const note = folder === null ? null : await readNote(join(folder, 'checkpoint'))
  if (folder === null || note === null) return { kind: 'unknown', unknown: lost(size) }
  const history = await readKeyHistory(ledger.evidence, ledger.verifier.vkey)
  const verdict = verifyCheckpoint(note, [ledger.verifier])
  if (verdict.kind === 'malformed') throw new Error(verdict.reason)
  const { checkpoint } = verdict
  if (checkpoint.origin !== ledger.origin) throw new Error(`its checkpoint is of ledger \`${checkpoint.origin}\``)
  if (verdict.kind !== 'trusted' && !isSigned(note, checkpoint.size, history))
    throw new Error('no key of this ledger signed its checkpoint')
  if (checkpoint.size <= size) return { kind: 'unknown', unknown: lost(size) }
  const reader = new TileReader(checkpoint, (path) => readFile(join(folder, path)))
  const erased = new Set<string>()
  const deleted: Events['recording.deleted_again'][] = []
  for (let index = size; index < checkpoint.size; index++) {
    const bytes = await reader.entry(index)
    const entry = parseEntry(bytes)
    if (entry.kind === 'malformed') throw new Error(`entry ${index}: ${entry.reason}`)
    const { type, data } = entry.value
    if (type === 'evidence.erased' && Array.isArray(data['commitments']))
      for (const each of data['commitments']) if (typeof each === 'string') erased.add(each)
    const { session } = data
    if (type !== 'recording.deleted' || typeof session !== 'string' || !isSessionId(session)) continue
    const stored = await store.sessions.byId(session as SessionId)
    if (stored === null || (stored.recording !== 'complete' && stored.recording !== 'interrupted')) continue
    const proof = inclusionProof(index, checkpoint.size, nodesOf(folder, checkpoint.size))
    if (!verifyInclusion(index, checkpoint.size, leafHash(bytes), proof, checkpoint.root))
      throw new RecorderError('corrupt', `entry ${index}: its tiles do not prove it`)
    const base64 = (each: Uint8Array): string => Buffer.from(each).toString('base64')
    deleted.push({
      session: session as SessionId,
      index,
      entry: base64(bytes),
      proof: proof.map(base64),
      note: note.toString('utf8'),
    })
  }
  const back = await store.erasures.kept([...erased])
  const gone = { erased: back, shown: await shownIn(store, new Set(back)), deleted }
  return { kind: 'known', gone, unknown: checkpoint.size < had ? lost(checkpoint.size) : null }
}

async function readNote(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null
    throw error
  }
}

async function shownIn({ evidence }: Store, erased: ReadonlySet<string>): Promise<ShownValue[]> {
  const found: ShownValue[] = []
  if (erased.size === 0) return found
  for await (const event of evidence.events(0, await evidence.size()))
    for (const value of Object.values(event.data)) {
      if (typeof value !== 'string' || !erased.has(value)) continue
      const shown = shownBy(event, value)
      if (shown !== null) found.push(shown)
    }
  return found
}

/** Nodes of the published tree. Nothing here is believed: a proof made of them is verified. */
function nodesOf(folder: string, size: number) {
  return (level: number, index: number): Uint8Array | undefined => {
    const tileLevel = Math.floor(level / 8)
    const below = 2 ** (level % 8)
    const first = index * below
    const tile = Math.floor(first / tileWidth)
    const width = Math.min(tileWidth, Math.floor(size / tileWidth ** tileLevel) - tile * tileWidth)
    const bytes = readFileSync(join(folder, tilePath(tileLevel, tile, width)))
    let hashes: Uint8Array[] = Array.from({ length: below }, (_, i) => {
      const at = ((first % tileWidth) + i) * 32
      return bytes.subarray(at, at + 32)
    })
    while (hashes.length > 1)
      hashes = hashes.flatMap((hash, i) => (i % 2 === 0 ? [nodeHash(hash, hashes[i + 1] ?? hash)] : []))
    return hashes[0]
  }
}

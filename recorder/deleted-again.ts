// A recording that a restored backup brought back, and that was deleted again (FORMAT.md section 2.7): the lost entry that
// says it was deleted is carried along, with the proof that it stood in the former ledger.

import { isObject, type JsonObject, type JsonValue } from './canonical.ts'
import { parseCheckpoint } from './checkpoint.ts'
import { parseEntry } from './evidence.ts'
import { leafHash, verifyInclusion } from './merkle.ts'
import { decodeBase64, parseNote } from './note.ts'

export type DeletedAgain =
  /** What the lost entry said, and when. */
  | { readonly kind: 'proven'; readonly at: number; readonly data: JsonObject }
  | { readonly kind: 'fault'; readonly what: string }

/** @param isFormer whether this checkpoint is one of a former ledger. */
export function deletedAgain(data: JsonObject, isFormer: (note: Uint8Array) => boolean): DeletedAgain {
  const fault = (what: string): DeletedAgain => ({ kind: 'fault', what })
  const { session, index, entry, proof, note } = data
  const bytes = base64(entry)
  const path = Array.isArray(proof) ? proof.map(base64) : null
  if (typeof note !== 'string' || typeof index !== 'number' || bytes === null || path === null)
    return fault('expected a lost entry with its number, proof and checkpoint')
  const signed = Buffer.from(note, 'utf8')
  const parsed = parseNote(signed)
  const checkpoint = parsed.kind === 'ok' ? parseCheckpoint(parsed.value.text) : parsed
  if (checkpoint.kind === 'malformed') return fault(`the checkpoint of the lost entry: ${checkpoint.reason}`)
  if (!isFormer(signed)) return fault('the checkpoint of the lost entry is not one of a former ledger')
  const { size, root } = checkpoint.value
  const hashes = path.filter((hash) => hash !== null)
  if (hashes.length < path.length || !verifyInclusion(index, size, leafHash(bytes), hashes, root))
    return fault(`the proof does not show that the lost entry ${index} was in the former ledger`)
  const lost = parseEntry(bytes)
  if (lost.kind === 'malformed') return fault(`the lost entry: ${lost.reason}`)
  const { type, at, data: said } = lost.value
  if (type !== 'recording.deleted' || !isObject(said) || said['session'] !== session)
    return fault('the lost entry does not say that this recording was deleted')
  return { kind: 'proven', at, data: said }
}

const base64 = (value: JsonValue | undefined): Buffer | null => (typeof value === 'string' ? decodeBase64(value) : null)

// An excerpt of the ledger in an export (FORMAT.md section 5.1): single entries, each with the proof that it stands in the
// ledger of the checkpoint, for whoever is to see these and no others. What an excerpt cannot show is that nothing else
// stands there: who needs that takes the whole ledger.

import { join } from 'node:path'
import { canonicalBytes, hasKeys, isObject, parseCanonical, type Parsed } from './canonical.ts'
import type { Checkpoint } from './checkpoint.ts'
import { RecorderError } from './errors.ts'
import { parseEntry } from './evidence.ts'
import { leafHash, verifyInclusion } from './merkle.ts'
import { decodeBase64 } from './note.ts'
import { readChunks } from './regular-file.ts'
import type { Findings } from './report.ts'
import type { VisitEntry } from './verify-ledger.ts'

export interface ProvedEntry {
  readonly index: number
  readonly entry: Uint8Array
  /** Inclusion proof to the root of the checkpoint. */
  readonly proof: readonly Uint8Array[]
}

export const excerptFile = 'ledger/excerpt.jsonl'
/** An entry of 65,535 bytes in base64, and a proof of 64 hashes. */
const maxLineBytes = 128 << 10

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

/** The line of one entry, with its newline. */
export function excerptLine({ index, entry, proof }: ProvedEntry): Buffer {
  return Buffer.concat([canonicalBytes({ index, entry: base64(entry), proof: proof.map(base64) }), Buffer.from('\n')])
}

export function parseExcerptLine(line: Uint8Array): Parsed<ProvedEntry> {
  const parsed = parseCanonical(line)
  if (parsed.kind === 'malformed') return parsed
  const { value } = parsed
  const malformed = (reason: string) => ({ kind: 'malformed', reason }) as const
  if (!isObject(value) || !hasKeys(value, ['index', 'entry', 'proof']))
    return malformed('expected the keys index, entry and proof')
  const { index } = value
  if (typeof index !== 'number' || !Number.isSafeInteger(index) || index < 0)
    return malformed('index: expected the number of an entry')
  const entry = typeof value.entry === 'string' ? decodeBase64(value.entry) : null
  if (entry === null) return malformed('entry: expected base64')
  if (!Array.isArray(value.proof) || value.proof.length > 64) return malformed('proof: expected at most 64 hashes')
  const proof = value.proof.map((hash) => (typeof hash === 'string' ? decodeBase64(hash) : null))
  if (!proof.every((hash) => hash?.length === 32)) return malformed('proof: expected hashes of 32 bytes in base64')
  return { kind: 'ok', value: { index, entry, proof: proof.filter((hash) => hash !== null) } }
}

/**
 * Verifies each entry of an excerpt against the checkpoint, hands each sound one to `visit`, and says how many there are.
 * Goes on past what does not hold; a line at a time is in memory.
 */
export async function inspectExcerpt(
  dir: string,
  checkpoint: Checkpoint,
  visit: VisitEntry,
  findings: Findings,
): Promise<void> {
  let last = -1
  let proved = 0
  try {
    for await (const line of linesOf(readChunks(join(dir, excerptFile)))) {
      const parsed = parseExcerptLine(line)
      if (parsed.kind === 'malformed') {
        findings.bad(excerptFile, parsed.reason)
        continue
      }
      const { index, entry: bytes, proof } = parsed.value
      const where = `ledger entry ${index}`
      if (index <= last) findings.bad(excerptFile, `entry ${index} after ${last}: expected them ascending, none twice`)
      last = index
      const isIn =
        index < checkpoint.size && verifyInclusion(index, checkpoint.size, leafHash(bytes), proof, checkpoint.root)
      const entry = parseEntry(bytes)
      if (!isIn) findings.bad(where, 'its proof does not lead to the root of the checkpoint')
      if (entry.kind === 'malformed') findings.bad(where, entry.reason)
      else if (isIn) {
        proved++
        visit(index, entry.value)
      }
    }
  } catch (cause) {
    if (!(cause instanceof RecorderError)) throw cause
    findings.bad(excerptFile, cause.message)
  }
  findings.good(
    'ledger',
    `EXCERPT: ${proved} of ${checkpoint.size} entries, each proved to be in the ledger; what else it holds is not shown, ` +
      'so losses and timestamps cannot be looked at here',
  )
}

async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void> {
  let rest = Buffer.alloc(0)
  for await (const chunk of chunks) {
    rest = Buffer.concat([rest, chunk])
    let from = 0
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10, from)) {
      yield rest.subarray(from, end)
      from = end + 1
    }
    rest = Buffer.from(rest.subarray(from))
    if (rest.length > maxLineBytes)
      throw new RecorderError('unreadable', `${excerptFile}: a line has more than ${maxLineBytes} bytes`)
  }
  if (rest.length > 0) throw new RecorderError('unreadable', `${excerptFile}: expected a newline at its end`)
}

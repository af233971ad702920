// Proofs of logging (C2SP tlog-proof v1): that one entry stands in the ledger, in a text file that is verified off-line
// with nothing but public keys. Recommended file name: `*.tlog-proof`.

import type { Parsed } from '../canonical.ts'
import { parseDecimal } from '../digest.ts'
import { quote } from '../errors.ts'
import { leafHash, verifyInclusion } from '../merkle.ts'
import { decodeBase64 } from '../note.ts'
import type { WitnessedVerdict } from './policy.ts'

export interface LogProof {
  readonly index: number
  /** RFC 6962 section 2.1.1, leaf to root. */
  readonly proof: readonly Uint8Array[]
  /** The whole signed note, cosignatures included. */
  readonly checkpoint: Uint8Array
  /** Bytes for whoever made the proof; nothing authenticates them. Null where there are none. */
  readonly extra: Uint8Array | null
}

export type ProofVerdict =
  | { readonly kind: 'proven'; readonly index: number; readonly by: Extract<WitnessedVerdict, { kind: 'trusted' }> }
  | { readonly kind: 'not-proven'; readonly reason: string }

const firstLine = 'c2sp.org/tlog-proof@v1'
const maxProof = 63
const maxProofBytes = 2 << 20

/** The bytes of a proof file. */
export function writeProof({ index, proof, checkpoint, extra }: LogProof): Buffer {
  const lines = [
    firstLine,
    ...(extra === null ? [] : [`extra ${Buffer.from(extra).toString('base64')}`]),
    `index ${index}`,
    ...proof.map((hash) => Buffer.from(hash).toString('base64')),
  ]
  return Buffer.concat([Buffer.from(`${lines.join('\n')}\n\n`, 'utf8'), checkpoint])
}

/** Reads a proof file strictly. */
export function parseProof(file: Uint8Array): Parsed<LogProof> {
  const malformed = (reason: string): Parsed<LogProof> => ({ kind: 'malformed', reason: `proof: ${reason}` })
  if (file.length > maxProofBytes) return malformed(`expected at most ${maxProofBytes} bytes`)
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength)
  const gap = bytes.indexOf('\n\n')
  if (gap < 0) return malformed('expected an empty line before the checkpoint')
  const lines = bytes.subarray(0, gap).toString('latin1').split('\n')
  if (lines.shift() !== firstLine) return malformed(`expected the first line \`${firstLine}\``)
  const extraLine = lines[0]?.startsWith('extra ') === true ? lines.shift() : undefined
  const extra = extraLine === undefined ? null : decodeBase64(extraLine.slice('extra '.length))
  if (extraLine !== undefined && extra === null) return malformed('extra data: expected base64')
  const indexLine = lines.shift() ?? ''
  const index = indexLine.startsWith('index ') ? parseDecimal(indexLine.slice('index '.length)) : null
  if (index === null) return malformed(`line ${quote(indexLine)}: expected \`index <number>\``)
  if (lines.length > maxProof) return malformed(`expected at most ${maxProof} hashes`)
  const proof: Buffer[] = []
  for (const line of lines) {
    const hash = decodeBase64(line)
    if (hash === null || hash.length !== 32) return malformed(`line ${quote(line)}: expected base64 of 32 bytes`)
    proof.push(hash)
  }
  return { kind: 'ok', value: { index, proof, checkpoint: bytes.subarray(gap + 2), extra } }
}

/**
 * Whether a proof shows that this entry, byte for byte, stands in a ledger that `judge` trusts: a policy
 * (`judgeCheckpoint`), or the keys of a trust file.
 */
export function verifyProof(
  { index, proof, checkpoint }: LogProof,
  entry: Uint8Array,
  judge: (checkpoint: Uint8Array) => WitnessedVerdict,
): ProofVerdict {
  const verdict = judge(checkpoint)
  if (verdict.kind !== 'trusted') return { kind: 'not-proven', reason: verdict.reason }
  const { size, root } = verdict.checkpoint
  return verifyInclusion(index, size, leafHash(entry), proof, root)
    ? { kind: 'proven', index, by: verdict }
    : { kind: 'not-proven', reason: `the entry is not number ${index} of the ${size} under this checkpoint` }
}

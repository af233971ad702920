// What is said to a witness and what it answers (C2SP tlog-witness v1.0.0, `add-checkpoint`), as bytes. Sending them is
// the gateway's; a witness of our own (`sallyport witness`) reads the same bytes from the other side.

import type { Parsed } from '../canonical.ts'
import { parseDecimal } from '../digest.ts'
import { quote } from '../errors.ts'
import { decodeBase64, parseNote } from '../note.ts'
import { type Cosigner, cosignaturesOn } from './cosignature.ts'

export interface Submission {
  /** Size of the last checkpoint the witness has cosigned, as far as the ledger knows. */
  readonly old: number
  /** RFC 6962 section 2.1.2, from `old` to the size of the checkpoint. */
  readonly proof: readonly Uint8Array[]
  /** The whole signed note. */
  readonly checkpoint: Uint8Array
}

export type Answer =
  /** Signature lines that hold, to be put under the checkpoint. */
  | { readonly kind: 'cosigned'; readonly lines: readonly string[] }
  /** The witness has cosigned this size last: the proof has to begin there. */
  | { readonly kind: 'other-size'; readonly size: number }
  | { readonly kind: 'refused'; readonly reason: string }

/** Proof lines a submission may have: no tree of 2^63 entries needs more. */
const maxProof = 63
const maxAnswerBytes = 64 * 1024
/** A body longer than this is refused by a witness before it is read. */
export const maxSubmissionBytes = 1 << 20

/** The body of `POST <submission prefix>/add-checkpoint`. */
export function writeSubmission({ old, proof, checkpoint }: Submission): Buffer {
  const lines = [`old ${old}`, ...proof.map((hash) => Buffer.from(hash).toString('base64'))]
  return Buffer.concat([Buffer.from(`${lines.join('\n')}\n\n`, 'utf8'), checkpoint])
}

/** Reads such a body strictly; says nothing about signatures or the proof. */
export function parseSubmission(body: Uint8Array): Parsed<Submission> {
  const malformed = (reason: string): Parsed<Submission> => ({ kind: 'malformed', reason: `submission: ${reason}` })
  if (body.length > maxSubmissionBytes) return malformed(`expected at most ${maxSubmissionBytes} bytes`)
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const gap = bytes.indexOf('\n\n')
  if (gap < 0) return malformed('expected an empty line before the checkpoint')
  const [first = '', ...hashes] = bytes.subarray(0, gap).toString('latin1').split('\n')
  const old = first.startsWith('old ') ? parseDecimal(first.slice(4)) : null
  if (old === null) return malformed(`first line ${quote(first)}: expected \`old <size>\``)
  if (hashes.length > maxProof) return malformed(`expected at most ${maxProof} proof lines`)
  const proof: Buffer[] = []
  for (const line of hashes) {
    const hash = decodeBase64(line)
    if (hash === null || hash.length !== 32) return malformed(`proof line ${quote(line)}: expected base64 of 32 bytes`)
    proof.push(hash)
  }
  return { kind: 'ok', value: { old, proof, checkpoint: bytes.subarray(gap + 2) } }
}

/**
 * What an answer means. Only lines that hold for one of the witnesses given come back: a witness, or whoever stands in
 * for it, may answer anything. `status` is the HTTP status, `type` the content type without parameters.
 */
export function readAnswer(
  answer: { readonly status: number; readonly type: string; readonly body: Uint8Array },
  checkpoint: Uint8Array,
  cosigners: readonly Cosigner[],
): Answer {
  const refused = (reason: string): Answer => ({ kind: 'refused', reason })
  if (answer.body.length > maxAnswerBytes) return refused(`answered with more than ${maxAnswerBytes} bytes`)
  const text = Buffer.from(answer.body).toString('utf8')
  if (answer.status === 409 && answer.type === 'text/x.tlog.size') {
    const size = text.endsWith('\n') ? parseDecimal(text.slice(0, -1)) : null
    return size === null ? refused(`answered 409 with ${quote(text)}, which is no size`) : { kind: 'other-size', size }
  }
  if (answer.status !== 200) return refused(`answered ${answer.status}${meaningOf(answer.status)}`)
  const note = parseNote(Buffer.concat([checkpoint, answer.body]))
  if (note.kind === 'malformed') return refused(`answered with what is no signature: ${note.reason}`)
  const lines = text.split('\n').filter((line) => line !== '')
  const kept = lines.filter((line) => {
    const single = parseNote(Buffer.from(`${note.value.text}\n${line}\n`, 'utf8'))
    return single.kind === 'ok' && cosignaturesOn(single.value, cosigners).held.length > 0
  })
  return kept.length > 0
    ? { kind: 'cosigned', lines: kept }
    : refused('answered with no cosignature of a known witness')
}

function meaningOf(status: number): string {
  switch (status) {
    case 400:
      return ': it could not read the submission'
    case 403:
      return ': it does not trust the key that signed the checkpoint'
    case 404:
      return ': it does not know this ledger'
    case 409:
      return ': for this size it has cosigned another root'
    case 422:
      return ': the proof did not convince it'
    default:
      return ''
  }
}

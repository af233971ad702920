// Checkpoints (C2SP tlog-checkpoint v1.0.0): the signed statement of a ledger's size and root. Where checkpoints are
// published, and how often, is the gateway's to decide.

import { type Parsed } from './canonical.ts'
import { parseDecimal } from './digest.ts'
import { quote, RecorderError } from './errors.ts'
import { decodeBase64, type Signer, signNote, type Verifier, verifyNote } from './note.ts'

export interface Checkpoint {
  readonly origin: string
  readonly size: number
  /** 32 bytes. */
  readonly root: Uint8Array
  readonly extensions: readonly string[]
}

export type CheckpointVerdict =
  | { readonly kind: 'trusted'; readonly checkpoint: Checkpoint; readonly by: readonly string[] }
  | { readonly kind: 'untrusted'; readonly checkpoint: Checkpoint; readonly reason: string }
  | { readonly kind: 'malformed'; readonly reason: string }

const maxBytes = 1 << 20

/** Whether a text can name a ledger: one line without scheme or white space, and not taken for a format line of ours. */
export function isOrigin(text: string): boolean {
  return /^[\x21-\x7e]{1,255}$/.test(text) && !text.startsWith('sallyport-') && !text.includes('://')
}

/**
 * The signed bytes of a checkpoint.
 * @throws RecorderError `invalid-argument` when a field cannot stand in one.
 */
export function signCheckpoint(checkpoint: Checkpoint, signers: readonly Signer[]): Buffer {
  const { origin, size, root, extensions } = checkpoint
  if (!isOrigin(origin))
    throw new RecorderError(
      'invalid-argument',
      `origin ${quote(origin)}: expected a name such as \`plant1.example/ledger\``,
    )
  if (!Number.isSafeInteger(size) || size < 0)
    throw new RecorderError('invalid-argument', `checkpoint size: expected a count, got \`${size}\``)
  if (root.length !== 32)
    throw new RecorderError('invalid-argument', `checkpoint root: expected 32 bytes, got ${root.length}`)
  if (extensions.some((line) => line === '' || line.includes('\n')))
    throw new RecorderError('invalid-argument', 'checkpoint extensions: expected non-empty single lines')
  const lines = [origin, String(size), Buffer.from(root).toString('base64'), ...extensions]
  return signNote(lines.map((line) => `${line}\n`).join(''), signers)
}

/** Reads the text of a checkpoint strictly. */
export function parseCheckpoint(text: string): Parsed<Checkpoint> {
  const malformed = (reason: string): Parsed<Checkpoint> => ({ kind: 'malformed', reason: `checkpoint: ${reason}` })
  if (!text.endsWith('\n')) return malformed('expected a newline at the end')
  const [origin, sizeText, rootText, ...extensions] = text.slice(0, -1).split('\n')
  if (origin === undefined || sizeText === undefined || rootText === undefined) return malformed('expected three lines')
  const size = parseDecimal(sizeText)
  const root = decodeBase64(rootText)
  if (!isOrigin(origin)) return malformed(`origin ${quote(origin)}: expected a name without scheme`)
  if (size === null) return malformed(`size ${quote(sizeText)}: expected a decimal number`)
  if (root === null || root.length !== 32) return malformed(`root ${quote(rootText)}: expected base64 of 32 bytes`)
  if (extensions.includes('')) return malformed('extension lines: expected none empty')
  return { kind: 'ok', value: { origin, size, root, extensions } }
}

/** Verifies a checkpoint's signatures. Lines of keys that are not trusted (witnesses) are let stand. */
export function verifyCheckpoint(bytes: Uint8Array, verifiers: readonly Verifier[]): CheckpointVerdict {
  if (bytes.length > maxBytes) return { kind: 'malformed', reason: `checkpoint: expected at most ${maxBytes} bytes` }
  const note = verifyNote(bytes, verifiers)
  if (note.kind === 'malformed') return note
  const parsed = parseCheckpoint(note.text)
  if (parsed.kind === 'malformed') return parsed
  const checkpoint = parsed.value
  return note.kind === 'trusted'
    ? { kind: 'trusted', checkpoint, by: note.by }
    : { kind: 'untrusted', checkpoint, reason: note.reason }
}

// A witness (C2SP tlog-witness v1.0.0): remembers the newest checkpoint of each ledger it knows and cosigns only what goes
// on from there. It keeps one file a ledger, the checkpoint as it was cosigned, on stable storage before it answers.
// Listening is http.ts. It belongs on a machine that the gateway's administrators do not have.

import { readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { type Checkpoint, parseCheckpoint, verifyCheckpoint } from '../checkpoint.ts'
import { sha256Hex } from '../digest.ts'
import { realDisk, writeDurable } from '../disk.ts'
import { messageOf, quote, RecorderError, systemCode } from '../errors.ts'
import { verifyConsistency } from '../merkle.ts'
import { parseNote, type Verifier } from '../note.ts'
import { type Cosigner, cosignaturesOn, type CosigningKey, parseCosignerKey } from './cosignature.ts'
import { parseSubmission } from './submission.ts'

/** What is answered over HTTP. */
export interface Reply {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422
  readonly type: string
  readonly body: string
}

export interface Witness {
  /** Judges the body of an `add-checkpoint`. */
  add(body: Uint8Array): Promise<Reply>
  /** The newest checkpoint cosigned of a ledger, cosignature included; null where there is none. */
  latest(origin: string): Promise<Buffer | null>
}

const plain = 'text/plain; charset=utf-8'

/**
 * A witness of these ledgers, each known by the key whose name is its origin.
 * @param folder where its memory is kept: it must exist and belong to this witness alone.
 */
export function openWitness(options: {
  readonly logs: readonly Verifier[]
  readonly key: CosigningKey
  readonly folder: string
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
}): Witness {
  const { logs, key, folder, now } = options
  const own = ownCosigner(key)
  const fileOf = (origin: string): string => join(folder, `${sha256Hex(Buffer.from(origin, 'utf8'))}.checkpoint`)
  // INVARIANT: what is compared with the memory is still there when it is replaced: one submission at a time a ledger.
  const turns = new Map<string, Promise<unknown>>()

  async function latest(origin: string): Promise<Buffer | null> {
    try {
      return await readFile(fileOf(origin))
    } catch (cause) {
      if (systemCode(cause) === 'ENOENT') return null
      throw new RecorderError('unreadable', `memory of ${quote(origin)}: ${messageOf(cause)}`, { cause })
    }
  }

  async function remembered(origin: string): Promise<Pick<Checkpoint, 'size' | 'root'>> {
    const bytes = await latest(origin)
    if (bytes === null) return { size: 0, root: Buffer.alloc(0) }
    const note = parseNote(bytes)
    const parsed = note.kind === 'ok' ? parseCheckpoint(note.value.text) : note
    const isOurs = note.kind === 'ok' && cosignaturesOn(note.value, [own]).held.length > 0
    // A witness that forgot would cosign another history: it rather stops.
    if (parsed.kind === 'malformed' || !isOurs || parsed.value.origin !== origin)
      throw new RecorderError(
        'corrupt',
        `memory of ${quote(origin)}, ${quote(fileOf(origin))}: expected the checkpoint that was cosigned last: restore it`,
      )
    return parsed.value
  }

  async function remember(origin: string, bytes: Buffer): Promise<void> {
    const path = fileOf(origin)
    await unlink(`${path}.new`).catch((cause: unknown) => {
      if (systemCode(cause) !== 'ENOENT') throw cause
    })
    await writeDurable(realDisk, `${path}.new`, bytes)
    realDisk.rename(`${path}.new`, path)
    await realDisk.syncDir(folder)
  }

  async function judge(
    origin: string,
    { old, proof }: { readonly old: number; readonly proof: readonly Uint8Array[] },
    signed: { readonly checkpoint: Checkpoint; readonly text: string; readonly bytes: Uint8Array },
  ): Promise<Reply> {
    const { size, root } = signed.checkpoint
    const known = await remembered(origin)
    if (old !== known.size) return { status: 409, type: 'text/x.tlog.size', body: `${known.size}\n` }
    if (old === size && old > 0 && !Buffer.from(known.root).equals(root))
      return refusal(409, `checkpoint of ${size} entries: another root was cosigned for this size`)
    const holds = old === 0 ? proof.length === 0 : verifyConsistency(old, size, known.root, root, proof)
    if (!holds) return refusal(422, `checkpoint of ${size} entries: not shown to go on from the one of ${old}`)
    const line = key.cosign(signed.text, Math.floor(now() / 1000))
    await remember(origin, Buffer.concat([signed.bytes, Buffer.from(line, 'utf8')]))
    return { status: 200, type: plain, body: line }
  }

  return {
    latest,
    async add(body) {
      const parsed = parseSubmission(body)
      if (parsed.kind === 'malformed') return refusal(400, parsed.reason)
      const { old, checkpoint: bytes } = parsed.value
      const note = parseNote(bytes)
      const said = note.kind === 'ok' ? parseCheckpoint(note.value.text) : note
      if (note.kind === 'malformed' || said.kind === 'malformed')
        return refusal(400, said.kind === 'malformed' ? said.reason : 'checkpoint: malformed')
      const { origin, size } = said.value
      const keys = logs.filter(({ name }) => name === origin)
      if (keys.length === 0) return refusal(404, `ledger ${quote(origin)}: not known here`)
      const verdict = verifyCheckpoint(bytes, keys)
      if (verdict.kind !== 'trusted') return refusal(403, verdict.reason)
      if (old > size) return refusal(400, `old size ${old}: expected at most that of the checkpoint, ${size}`)
      const signed = { checkpoint: verdict.checkpoint, text: note.value.text, bytes }
      const judged = (): Promise<Reply> => judge(origin, parsed.value, signed)
      // Whether the one before succeeded is told to whoever asked for it.
      const turn = (turns.get(origin) ?? Promise.resolve()).then(judged, judged)
      turns.set(origin, turn)
      return turn
    },
  }
}

function ownCosigner({ vkey }: CosigningKey): Cosigner {
  const parsed = parseCosignerKey(vkey)
  if (parsed.kind === 'malformed') throw new RecorderError('invalid-argument', parsed.reason)
  return parsed.value
}

const refusal = (status: 400 | 403 | 404 | 409 | 422, reason: string): Reply => ({
  status,
  type: plain,
  body: `${reason}\n`,
})

// Does what would be signed next go on from what was signed last? Asked before a gateway writes anything, and by doctor.
// Auditors know a ledger by its origin and its key: another of either would begin a second ledger under the first.

import { readFile } from 'node:fs/promises'
import { parseCheckpoint, parseNote, verifyCheckpoint, type Verifier } from '../../recorder/index.ts'
import { systemCode, type StartProblem } from '../start-problem.ts'
import type { Checkpoint, Evidence } from '../store/evidence.ts'
import { readKeyHistory, trustedKeysOf, type KeyHistory } from './ledger-keys.ts'
import type { Witnesses } from './witnesses.ts'

export interface Continuity {
  readonly problems: readonly StartProblem[]
  readonly size: number
  /** The last signed checkpoint in the store; null where nothing is signed yet. */
  readonly last: Checkpoint | null
}

/** What this gateway would sign next. */
export interface Ledger {
  readonly evidence: Evidence
  readonly verifier: Verifier
  readonly origin: string
}

/**
 * Compares origin, key and entries with the newest checkpoint of the store and with its copies. Reads only.
 * @param copies files outside of the store; one that is not there yet is passed over.
 */
export async function checkContinuity(ledger: Ledger, copies: readonly string[]): Promise<Continuity> {
  const last = await ledger.evidence.latestCheckpoint()
  const notes: { readonly where: string; readonly note: Buffer }[] = []
  const problems: StartProblem[] = []
  if (last !== null) notes.push({ where: 'the store', note: Buffer.from(last.note) })
  for (const path of copies) {
    try {
      notes.push({ where: `\`${path}\``, note: await readFile(path) })
    } catch (error) {
      const code = systemCode(error)
      if (code === '') throw error
      if (code === 'ENOENT') continue
      const next = 'let the gateway\u2019s user read it'
      problems.push({ field: 'evidence.publish', found: `\`${path}\`: cannot be read (${code})`, next })
    }
  }
  const size = await ledger.evidence.size()
  const history = await readKeyHistory(ledger.evidence, ledger.verifier.vkey)
  if (history.origin !== null && history.origin !== ledger.origin) {
    const found = `expected \`${history.origin}\`, the name the ledger goes on under since its loss was declared, got \`${ledger.origin}\``
    problems.push({ field: 'evidence.origin', found, next: 'set it to that' })
    return { problems, size, last }
  }
  if (history.current !== ledger.verifier.vkey) {
    const found = `is not the key that the ledger was handed over to, \`${history.current}\``
    problems.push({ field: 'evidence.key', found, next: 'set it to the file of that key: see `sallyport ledger keys`' })
    return { problems, size, last }
  }
  for (const { where, note } of notes) {
    const problem = await holdAgainst(ledger, history, size, where, note)
    // The next one would say the same of the same ledger.
    if (problem !== null) return { problems: [...problems, problem], size, last }
  }
  return { problems, size, last }
}

/**
 * What witnesses know of the ledger that it does not know any more. Those that do not answer are passed over: the gateway
 * must start without them.
 */
export async function lostEntries(
  { last, size }: Continuity,
  witnesses: Pick<Witnesses, 'cosign'> | null,
): Promise<readonly StartProblem[]> {
  if (last === null || witnesses === null) return []
  const { ahead } = await witnesses.cosign(last)
  return ahead
    .filter((witness) => witness.size > size)
    .map((witness) => ({
      field: 'dataFolder',
      found: `the ledger holds ${size} entries, and witness \`${witness.name}\` has cosigned ${witness.size}: entries were lost`,
      next: 'restore a later backup, or declare the loss: `sallyport ledger declare-loss`',
    }))
}

async function holdAgainst(
  { evidence, origin }: Ledger,
  history: KeyHistory,
  size: number,
  where: string,
  bytes: Buffer,
): Promise<StartProblem | null> {
  const note = parseNote(bytes)
  const signed = note.kind === 'ok' ? parseCheckpoint(note.value.text) : note
  if (signed.kind === 'malformed')
    return {
      field: 'dataFolder',
      found: `the last checkpoint in ${where}: ${signed.reason}`,
      next: 'it was changed: keep it aside and restore the backup',
    }
  const { value: checkpoint } = signed
  // What was declared lost is known to be; a copy of the former ledger that had still more is not.
  const former = history.former.find((ledger) => ledger.origin === checkpoint.origin)
  if (former !== undefined && checkpoint.size > former.had)
    return {
      field: 'dataFolder',
      found: `a loss of ledger \`${former.origin}\` was declared up to ${former.had} entries, and a checkpoint of ${checkpoint.size} was signed (${where})`,
      next: 'restore once more and declare the loss with this checkpoint',
    }
  if (former !== undefined) return null
  if (checkpoint.origin !== origin)
    return {
      field: 'evidence.origin',
      found: `expected \`${checkpoint.origin}\`, as the last checkpoint in ${where} says, got \`${origin}\``,
      next: 'set it back, or begin a new ledger in an empty dataFolder',
    }
  if (!isSigned(bytes, checkpoint.size, history))
    return {
      field: 'evidence.key',
      found: `is not the key that signed the last checkpoint in ${where}`,
      next: 'put the old key back, which auditors trust, or begin a new ledger in an empty dataFolder',
    }
  if (size < checkpoint.size)
    return {
      field: 'dataFolder',
      found: `the ledger holds ${size} entries, a checkpoint of ${checkpoint.size} was signed (${where}): entries were lost`,
      next: 'restore a later backup, or declare the loss: `sallyport ledger declare-loss`',
    }
  if (!Buffer.from(await evidence.root(checkpoint.size)).equals(checkpoint.root))
    return {
      field: 'dataFolder',
      found: `the ledger is not the one whose first ${checkpoint.size} entries were signed (${where}): it was changed, or restored and written on`,
      next: 'keep it aside and restore the right store',
    }
  return null
}

/** Whether a key of the present ledger signed it in its own time: a checkpoint from before a rotation has the signature of then. */
export function isSigned(bytes: Buffer, size: number, history: KeyHistory): boolean {
  const verdict = verifyCheckpoint(
    bytes,
    trustedKeysOf(history).map(({ verifier }) => verifier),
  )
  if (verdict.kind !== 'trusted') return false
  return history.keys.some(
    ({ vkey, from, until }) =>
      verdict.by.includes(vkey) && (from === 0 || from < size) && (until === null || size <= until),
  )
}

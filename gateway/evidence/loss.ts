// Declaring a loss (recorder/FORMAT.md section 2.6): the ledger holds less than was signed of it, because it was restored from
// a backup. Signing on under its name would fork it, so it goes on under another one, and the first entry says what is lost.

import { parseCheckpoint, parseNote, signCheckpoint, verifyCheckpoint } from '../../recorder/index.ts'
import type { Clock } from '../clock.ts'
import type { StartProblem } from '../start-problem.ts'
import type { Checkpoint } from '../store/evidence.ts'
import type { Store } from '../store/store.ts'
import { isSigned, type Ledger } from './continuity.ts'
import type { FoundRecording } from './found-recordings.ts'
import type { FoundRow } from './found-rows.ts'
import type { GoneAgain } from './gone-again.ts'
import { readKeyHistory, type KeyHistory } from './ledger-keys.ts'
import { eraseShown } from './shown-values.ts'
import type { SigningKey } from './signing-key.ts'

export interface Lost {
  /** Entries the ledger is known to have had. */
  readonly size: number
  /** The newest checkpoint that says so; null where only a witness does. */
  readonly note: string | null
  readonly witness: string | null
}

export type LossLook =
  | { readonly kind: 'lost'; readonly lost: Lost; readonly size: number; readonly history: KeyHistory }
  /** The ledger holds all that is known to have been signed. */
  | { readonly kind: 'whole' }
  | { readonly kind: 'problems'; readonly problems: readonly StartProblem[] }

/** An entry has 65,535 bytes; a checkpoint with more cosignatures than fit is one of another world. */
const maxNoteLength = 48 * 1024

/**
 * Finds out what was lost. Reads only.
 * @param notes checkpoints known outside of the store, with where they stand.
 * @param ahead witnesses that have cosigned more than the ledger holds.
 */
export async function lookForLoss(
  { evidence, verifier, origin }: Ledger,
  notes: readonly { readonly where: string; readonly note: string }[],
  ahead: readonly { readonly name: string; readonly size: number }[],
): Promise<LossLook> {
  const history = await readKeyHistory(evidence, verifier.vkey)
  const size = await evidence.size()
  const problems: StartProblem[] = []
  const problem = (field: string, found: string, next: string): void => void problems.push({ field, found, next })
  if (history.origin !== null && history.origin !== origin)
    problem('evidence.origin', `expected \`${history.origin}\`, got \`${origin}\``, 'set it to that')
  let lost: Lost | null = null
  for (const { where, note } of notes) {
    const bytes = Buffer.from(note, 'utf8')
    const parsed = parseNote(bytes)
    const said = parsed.kind === 'ok' ? parseCheckpoint(parsed.value.text) : parsed
    if (said.kind === 'malformed') {
      problem('checkpoint', `${where}: ${said.reason}`, 'leave it out, or bring the one that was published')
      continue
    }
    const { value: checkpoint } = said
    if (history.former.some((ledger) => ledger.origin === checkpoint.origin)) continue
    if (checkpoint.origin !== origin) {
      problem('checkpoint', `${where}: is of ledger \`${checkpoint.origin}\``, `bring one of \`${origin}\``)
      continue
    }
    // The rotation to the key of the configuration may be among what was lost.
    if (!isSigned(bytes, checkpoint.size, history) && verifyCheckpoint(bytes, [verifier]).kind !== 'trusted') {
      problem('checkpoint', `${where}: no key of this ledger signed it`, 'bring the one that was published')
      continue
    }
    if (checkpoint.size > size) {
      if (note.length > maxNoteLength)
        problem('checkpoint', `${where}: has more signatures than an entry holds`, 'bring it without its cosignatures')
      else if (lost === null || checkpoint.size > lost.size) lost = { size: checkpoint.size, note, witness: null }
    } else if (!Buffer.from(await evidence.root(checkpoint.size)).equals(checkpoint.root))
      problem(
        'dataFolder',
        `the ledger is not the one whose first ${checkpoint.size} entries were signed (${where}): it was changed, or restored and written on`,
        'restore the backup once more, and declare the loss before the gateway runs on it',
      )
  }
  for (const { name, size: seen } of ahead)
    if (seen > size && (lost === null || seen > lost.size)) lost = { size: seen, note: null, witness: name }
  if (problems.length > 0) return { kind: 'problems', problems }
  return lost === null ? { kind: 'whole' } : { kind: 'lost', lost, size, history }
}

/** Commitments in one entry of the ledger: 65,535 bytes. */
const mostInEntry = 500

/** What the ledger is called from now on: its first name and a number. */
export function nextOrigin({ former }: Pick<KeyHistory, 'former'>, origin: string): string {
  return `${former[0]?.origin ?? origin}/${former.length + 2}`
}

/**
 * Writes the loss, what was found of it on disk, and the first checkpoint under the new name: all or nothing. Only for who
 * holds the folder's lock.
 * @param next the key of the configuration, under the new name.
 */
export async function declareLoss(deps: {
  readonly store: Store
  readonly clock: Clock
  readonly ledger: Ledger
  readonly look: LossLook & { kind: 'lost' }
  readonly next: SigningKey
  readonly found: readonly FoundRecording[]
  /** Rows of those whose person and grant are known. */
  readonly rows: readonly FoundRow[]
  /** What the lost entries say was erased or deleted, and the backup brought back; its files are gone already. */
  readonly gone: GoneAgain
  readonly reason: string
  readonly reference: string
}): Promise<{ readonly index: number; readonly checkpoint: Checkpoint }> {
  const { store, clock, ledger, look, next, found, rows, gone, reason, reference } = deps
  const origin = nextOrigin(look.history, ledger.origin)
  const at = clock.now()
  return store.change(async (tx) => {
    const size = await tx.evidence.size()
    if (size !== look.size) throw new Error(`the ledger grew to ${size} entries meanwhile: end what writes to it`)
    const root = Buffer.from(await tx.evidence.root(size)).toString('base64')
    const index = await tx.ledger.append('ledger.loss_declared', at, {
      previous: { origin: ledger.origin, key: ledger.verifier.vkey, size, root },
      lost: look.lost,
      origin,
      key: next.signer.vkey,
      reason: await tx.ledger.commit(reason),
      reference: await tx.ledger.commit(reference),
    })
    for (const recording of found) {
      const sealIndex = await tx.ledger.append('session.recording_found', at, recording)
      const row = rows.find(({ id }) => id === recording.session)
      if (row !== undefined) await tx.sessions.insert({ ...row, sealIndex })
    }
    const { erased, shown, deleted } = gone
    await tx.erasures.erase(erased)
    for (const each of shown) await eraseShown(tx, each)
    const parts = Math.ceil(erased.length / mostInEntry)
    for (let part = 0; part < parts; part++) {
      const commitments = erased.slice(part * mostInEntry, (part + 1) * mostInEntry)
      await tx.ledger.append('evidence.erased_again', at, { part: part + 1, parts, commitments })
    }
    for (const recording of deleted) {
      await tx.sessions.update(recording.session, { recording: 'deleted' })
      await tx.ledger.append('recording.deleted_again', at, recording)
    }
    const held = await tx.evidence.size()
    const signed = { origin, size: held, root: await tx.evidence.root(held), extensions: [] }
    const checkpoint = { size: held, at, note: signCheckpoint(signed, [next.signer]).toString('utf8') }
    await tx.evidence.putCheckpoint(checkpoint)
    return { index, checkpoint }
  })
}

// Signed checkpoints of the ledger (C2SP tlog-checkpoint): made while entries come in, at the start and the stop, and for
// every export; kept in the store and copied out of it, because a restored store would bring its old checkpoints along.

import { readFile, rename, writeFile } from 'node:fs/promises'
import { signCheckpoint, verifyCheckpoint, type Signer, type Verifier } from '../../recorder/index.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Checkpoint } from '../store/evidence.ts'
import type { Store } from '../store/store.ts'

export interface Checkpoints {
  /**
   * Holds the ledger against every checkpoint signed before, in the store and in the copies.
   * @throws when entries are gone or differ: to sign on would make a second history under the same name.
   */
  resume(): Promise<void>
  /** Signs the ledger as it is now; gives the newest checkpoint when nothing was added since. */
  sign(): Promise<Checkpoint>
  latest(): Promise<Checkpoint | null>
}

export function openCheckpoints(deps: {
  readonly store: Store
  readonly origin: string
  readonly signer: Signer
  readonly verifier: Verifier
  readonly clock: Clock
  readonly log: Log
  /** Files the newest checkpoint is copied to. The more of them lie elsewhere than the store, the better. */
  readonly copies: readonly string[]
}): Checkpoints {
  const { store, origin, signer, verifier, clock, log, copies } = deps
  let copied = -1

  /** A copy that can't be written is told, and tried again with the next checkpoint: the ledger itself is whole. */
  async function copyOut({ size, note }: Checkpoint): Promise<void> {
    if (copied >= size) return
    let whole = true
    for (const path of copies) {
      try {
        await writeFile(`${path}.new`, note)
        await rename(`${path}.new`, path)
      } catch (err) {
        whole = false
        log.error({ err, path }, 'Checkpoint not copied')
      }
    }
    if (whole) copied = size
  }

  async function readCopy(path: string): Promise<Buffer | null> {
    try {
      return await readFile(path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    }
  }

  async function holdAgainst(where: string, note: Uint8Array): Promise<void> {
    const verdict = verifyCheckpoint(note, [verifier])
    if (verdict.kind === 'malformed') throw new Error(`${where}: no checkpoint: ${verdict.reason}`)
    const { checkpoint } = verdict
    if (verdict.kind === 'untrusted' || checkpoint.origin !== origin)
      throw new Error(
        `${where}: a checkpoint of another ledger or key, \`${checkpoint.origin}\`: give this gateway the key and origin it was signed with, or a data folder of its own`,
      )
    const size = await store.evidence.size()
    if (checkpoint.size > size)
      throw new Error(
        `the ledger holds ${size} entries, and a checkpoint of ${checkpoint.size} was signed (${where}): entries were lost: restore a later backup, or keep this one aside and declare the loss`,
      )
    if (!Buffer.from(await store.evidence.root(checkpoint.size)).equals(checkpoint.root))
      throw new Error(
        `the ledger is not the one whose first ${checkpoint.size} entries were signed (${where}): it was changed, or restored and written on: restore the right store`,
      )
  }

  return {
    latest: () => store.evidence.latestCheckpoint(),
    async resume() {
      const kept = await store.evidence.latestCheckpoint()
      if (kept) await holdAgainst('the store', Buffer.from(kept.note))
      for (const path of copies) {
        const note = await readCopy(path)
        if (note) await holdAgainst(path, note)
      }
    },
    async sign() {
      const size = await store.evidence.size()
      const newest = await store.evidence.latestCheckpoint()
      if (newest?.size === size) {
        await copyOut(newest)
        return newest
      }
      const root = await store.evidence.root(size)
      const note = signCheckpoint({ origin, size, root, extensions: [] }, [signer]).toString('utf8')
      const checkpoint = { size, at: clock.now(), note }
      await store.bookkeep((tx) => tx.evidence.putCheckpoint(checkpoint))
      await copyOut(checkpoint)
      return checkpoint
    },
  }
}

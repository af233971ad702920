// Signed checkpoints of the ledger (C2SP tlog-checkpoint): made while entries come in, at the end of a session, and for
// every export; kept in the store and copied to a second place.

import { rename, writeFile } from 'node:fs/promises'
import { signCheckpoint, type Signer } from '../../recorder/index.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Checkpoint } from '../store/evidence.ts'
import type { Store } from '../store/store.ts'

export interface Checkpoints {
  /** Signs the ledger as it is now; gives the newest checkpoint when nothing was added since. */
  sign(): Promise<Checkpoint>
  latest(): Promise<Checkpoint | null>
}

export function openCheckpoints(deps: {
  readonly store: Store
  readonly origin: string
  readonly signer: Signer
  readonly clock: Clock
  readonly log: Log
  /** File the newest checkpoint is copied to, or null. */
  readonly publish: string | null
}): Checkpoints {
  const { store, origin, signer, clock, log, publish } = deps
  let published = -1

  /** A copy that can't be written is told, and tried again with the next checkpoint: the ledger itself is whole. */
  async function copyOut({ size, note }: Checkpoint): Promise<void> {
    if (publish === null || published >= size) return
    try {
      await writeFile(`${publish}.new`, note)
      await rename(`${publish}.new`, publish)
      published = size
    } catch (err) {
      log.error({ err, publish }, 'Checkpoint not published')
    }
  }

  return {
    latest: () => store.evidence.latestCheckpoint(),
    async sign() {
      const size = await store.evidence.size()
      const newest = await store.evidence.latestCheckpoint()
      if (newest && newest.size > size)
        throw new Error(
          `the ledger holds ${size} entries, a checkpoint of ${newest.size} was signed: entries were lost: restore the store from a later backup`,
        )
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

// Signed checkpoints of the ledger (C2SP tlog-checkpoint): made while entries come in, at the start and the stop, and for
// every export; kept in the store and copied out of it, because a restored store would bring its old checkpoints along. Whether
// the ledger still agrees with them is continuity.ts's question.

import { rename, writeFile } from 'node:fs/promises'
import { signCheckpoint, type Signer } from '../../recorder/index.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Checkpoint } from '../store/evidence.ts'
import type { Store } from '../store/store.ts'
import type { Witnesses } from './witnesses.ts'

export interface Checkpoints {
  /** Signs the ledger as it is now; gives the newest checkpoint when nothing was added since. */
  sign(): Promise<Checkpoint>
  /** The same, and waits for the witnesses: theirs are the signatures of those that answered in time. */
  cosigned(): Promise<Checkpoint>
  latest(): Promise<Checkpoint | null>
}

export function openCheckpoints(deps: {
  readonly store: Store
  readonly origin: string
  readonly signer: Signer
  readonly clock: Clock
  readonly log: Log
  /** Files the newest checkpoint is copied to. The more of them lie elsewhere than the store, the better. */
  readonly copies: readonly string[]
  /** Null where the configuration names no trust policy. */
  readonly witnesses: Witnesses | null
}): Checkpoints {
  const { store, origin, signer, clock, log, copies, witnesses } = deps
  /** What was copied last. Cosignatures of an older one may come when a newer one is out already. */
  let copied: Pick<Checkpoint, 'size' | 'note'> = { size: -1, note: '' }

  /** A copy that can't be written is told, and tried again with the next checkpoint: the ledger itself is whole. */
  async function copyOut({ size, note }: Checkpoint): Promise<void> {
    if (size < copied.size || note === copied.note) return
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
    if (whole) copied = { size, note }
  }

  async function keep(checkpoint: Checkpoint): Promise<Checkpoint> {
    await store.bookkeep((tx) => tx.evidence.putCheckpoint(checkpoint))
    await copyOut(checkpoint)
    return checkpoint
  }

  async function sign(): Promise<Checkpoint> {
    const size = await store.evidence.size()
    const newest = await store.evidence.latestCheckpoint()
    if (newest?.size === size) {
      await copyOut(newest)
      return newest
    }
    const root = await store.evidence.root(size)
    const note = signCheckpoint({ origin, size, root, extensions: [] }, [signer]).toString('utf8')
    return keep({ size, at: clock.now(), note })
  }

  return {
    latest: () => store.evidence.latestCheckpoint(),
    sign,
    async cosigned() {
      const checkpoint = await sign()
      if (witnesses === null) return checkpoint
      const { note } = await witnesses.cosign(checkpoint)
      return note === checkpoint.note ? checkpoint : keep({ ...checkpoint, note })
    },
  }
}

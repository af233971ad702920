// Signed checkpoints of the ledger (C2SP tlog-checkpoint): made while entries come in, at the start and the stop, and for
// every export; kept in the store and copied out of it, because a restored store would bring its old checkpoints along. Whether
// the ledger still agrees with them is continuity.ts's question.

import { rename, writeFile } from 'node:fs/promises'
import { signCheckpoint, type Signer } from '../../recorder/index.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { systemCode } from '../start-problem.ts'
import type { Checkpoint } from '../store/evidence.ts'
import type { Store } from '../store/store.ts'
import type { Setbacks } from './setbacks.ts'
import { readKeyHistory } from './ledger-keys.ts'
import type { Witnesses } from './witnesses.ts'

export interface Checkpoints {
  /**
   * Signs the ledger as it is now; gives the newest checkpoint when nothing was added since.
   * @throws when the ledger does not go on from what this process signed before: somebody wrote in the store.
   */
  sign(): Promise<Checkpoint>
  /** The same, and waits for the witnesses: theirs are the signatures of those that answered in time. */
  cosigned(): Promise<Checkpoint>
  latest(): Promise<Checkpoint | null>
}

export function openCheckpoints(deps: {
  readonly store: Store
  readonly origin: string
  readonly signer: Signer
  /** Former keys; each signs along until the ledger says that it was retired. */
  readonly along?: readonly Signer[]
  readonly clock: Clock
  readonly log: Log
  /** Files the newest checkpoint is copied to. The more of them lie elsewhere than the store, the better. */
  readonly copies: readonly string[]
  /** Null where the configuration names no trust policy. */
  readonly witnesses: Witnesses | null
  /** Told of copies that cannot be written. */
  readonly setbacks?: Pick<Setbacks, 'failed' | 'worked'>
}): Checkpoints {
  const { store, origin, signer, along = [], clock, log, copies, witnesses, setbacks } = deps
  /** What was copied last. Cosignatures of an older one may come when a newer one is out already. */
  let copied: Pick<Checkpoint, 'size' | 'note'> = { size: -1, note: '' }
  /** What was signed last, held here because the store could be made to say otherwise. */
  let signed: { readonly size: number; readonly root: Uint8Array } | null = null
  /** That somebody wrote in the store is evidence once. */
  let isRewriteTold = false

  /** A copy that can't be written is told, and tried again with the next checkpoint: the ledger itself is whole. */
  async function copyOut({ size, note }: Checkpoint): Promise<void> {
    if (size < copied.size || note === copied.note) return
    let whole = true
    for (const path of copies) {
      try {
        await writeFile(`${path}.new`, note)
        await rename(`${path}.new`, path)
        await setbacks?.worked('checkpoint-copy', path)
      } catch (err) {
        // A store that cannot note it is no fault of the copy.
        if (!(err instanceof Error) || systemCode(err) === '') throw err
        whole = false
        log.error({ err, path }, 'Checkpoint not copied')
        await setbacks?.failed('checkpoint-copy', path, err.message)
      }
    }
    if (whole) copied = { size, note }
  }

  async function keep(checkpoint: Checkpoint): Promise<Checkpoint> {
    await store.bookkeep((tx) => tx.evidence.putCheckpoint(checkpoint))
    await copyOut(checkpoint)
    return checkpoint
  }

  /** Asked each time: a command may have retired a key meanwhile. */
  async function signers(): Promise<readonly Signer[]> {
    if (along.length === 0) return [signer]
    const { keys } = await readKeyHistory(store.evidence, signer.vkey)
    const inUse = keys.filter(({ until }) => until === null).map(({ vkey }) => vkey)
    return [signer, ...along.filter(({ vkey }) => vkey !== signer.vkey && inUse.includes(vkey))]
  }

  async function goesOnFrom(before: { readonly size: number; readonly root: Uint8Array }, size: number) {
    return size >= before.size && Buffer.from(await store.evidence.root(before.size)).equals(before.root)
  }

  /** Who reads the store learns of it there, too; that nothing is signed any more does not hang on it. */
  async function tellRewrite(
    before: { readonly size: number; readonly root: Uint8Array },
    size: number,
  ): Promise<void> {
    if (isRewriteTold) return
    const base64 = (root: Uint8Array): string => Buffer.from(root).toString('base64')
    const found = size < before.size ? null : base64(await store.evidence.root(before.size))
    const data = { size: before.size, root: base64(before.root), found }
    try {
      await store.change((tx) => tx.ledger.append('ledger.rewrite_found', clock.now(), data))
      isRewriteTold = true
    } catch (err) {
      log.error({ err, ...data }, 'Entries in the store are not those that were signed, and the store takes no more')
    }
  }

  async function sign(): Promise<Checkpoint> {
    const size = await store.evidence.size()
    const newest = await store.evidence.latestCheckpoint()
    const before = signed
    if (before !== null && !(await goesOnFrom(before, size))) {
      await tellRewrite(before, size)
      throw new Error(
        `the ledger in the store is not the one that was signed: its first ${before.size} entries were changed, and nothing is signed any more`,
      )
    }
    if (newest?.size === size) {
      await copyOut(newest)
      return newest
    }
    const root = await store.evidence.root(size)
    const note = signCheckpoint({ origin, size, root, extensions: [] }, await signers()).toString('utf8')
    if (signed === null || size > signed.size) signed = { size, root }
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

// Carries out confirmed deletions. The intent is in the ledger before the first file goes; each recording is then claimed,
// removed, and its `recording.deleted` written. What a crash or a failing disk left undone is done at the next round or
// the next start: each step can be repeated.

import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { recordingDir } from '../../recorder/index.ts'
import type { Bundle, SessionId } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { systemCode } from '../start-problem.ts'
import type { DeletionItem, StoredDeletion } from '../store/deletions.ts'
import type { Store } from '../store/store.ts'
import { confirmations } from './deleted-recording.ts'
import { keptOf, stayOf } from './keeping.ts'

export interface Removal {
  /** Removes what is confirmed and still there, one recording at a time; resolves when it has been through once. */
  round(): Promise<void>
  /** Has a round run soon, without waiting for it. */
  begin(): void
  /** Waits for the recording that is being removed; nothing more is begun. */
  settle(): Promise<void>
}

/** Something else that keeps a part of a recording: the object store, the search index, what a replay was sped up by. */
export type RemoveElsewhere = (session: SessionId) => Promise<void>

const removingPrefix = '.removing-'

/** Takes the folder away: first its name, so that no half recording ever stands under a session's id. */
export async function removeFolder(root: string, session: SessionId): Promise<void> {
  const dir = recordingDir(root, session)
  const leaving = join(root, `${removingPrefix}${session}`)
  await rename(dir, leaving).catch((error: unknown) => {
    // Renamed by an earlier try, or gone already.
    if (systemCode(error) !== 'ENOENT') throw error
  })
  await rm(leaving, { recursive: true, force: true })
  const folder = await open(root, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

export function openRemoval(deps: {
  readonly store: Store
  readonly bundle: () => Bundle
  /** Folder of the recordings. */
  readonly root: string
  readonly elsewhere: readonly RemoveElsewhere[]
  readonly clock: Clock
  readonly log: Log
}): Removal {
  const { store, bundle, root, elsewhere, clock, log } = deps
  let running: Promise<void> | null = null
  let again = false
  let isOver = false

  /** From here on a hold comes too late; before, it wins. */
  async function claim({ id }: StoredDeletion, { session }: DeletionItem): Promise<'claimed' | 'held' | 'kept'> {
    return store.bookkeep(async (tx) => {
      const stored = await tx.sessions.byId(session)
      const [kept] = stored ? await keptOf(tx, bundle(), [stored]) : []
      const stay = kept ? stayOf(kept, clock.now()) : null
      if (stay !== null) return stay
      await tx.deletions.setItem(id, session, { state: 'removing', problem: null })
      return 'claimed'
    })
  }

  async function stop({ id }: StoredDeletion, { session }: DeletionItem, because: 'held' | 'kept'): Promise<void> {
    const at = clock.now()
    await store.change(async (tx) => {
      await tx.deletions.setItem(id, session, { state: 'stopped', at, problem: null })
      await tx.ledger.append('recording.deletion_stopped', at, { session, deletion: id, because })
    })
  }

  async function remove(deletion: StoredDeletion, item: DeletionItem): Promise<void> {
    const { id, by, reason, decided } = deletion
    const { session, retention, keptUntil, bytes } = item
    const stored = await store.sessions.byId(session)
    if (decided === null || !stored) throw new Error(`deletion \`${id}\`: expected a confirmed one of known sessions`)
    for (const one of elsewhere) await one(session)
    await removeFolder(root, session)
    const at = clock.now()
    await store.change(async (tx) => {
      await tx.deletions.setItem(id, session, { state: 'deleted', at, problem: null })
      await tx.sessions.update(session, { recording: 'deleted' })
      await tx.ledger.append('recording.deleted', at, {
        session,
        deletion: id,
        seal: stored.seal ?? '',
        reason: await tx.ledger.commit(reason),
        proposedBy: by,
        confirmedBy: decided.by,
        retention,
        keptUntil,
        bytes,
      })
    })
    log.info({ sessionId: session, deletion: id }, 'Recording deleted')
  }

  /** Rows alone remove nothing: whoever can write in the store could have them say that somebody agreed. */
  async function sessionsConfirmed({ id, by, decided }: StoredDeletion): Promise<readonly unknown[]> {
    return (await confirmations(store.evidence))
      .filter(({ data }) => data['deletion'] === id && data['proposedBy'] === by && data['by'] === decided?.by)
      .flatMap(({ data }) => data['sessions'])
  }

  async function carryOut(deletion: StoredDeletion): Promise<void> {
    let left = 0
    const confirmed = await sessionsConfirmed(deletion)
    for (const item of await store.deletions.items(deletion.id)) {
      if (isOver) return
      if (item.state === 'deleted' || item.state === 'stopped') continue
      if (!confirmed.includes(item.session)) {
        left++
        const problem = 'no entry of the ledger says that a second person confirmed it'
        log.error({ sessionId: item.session, deletion: deletion.id }, 'Recording not deleted: nobody confirmed it')
        await store.bookkeep((tx) => tx.deletions.setItem(deletion.id, item.session, { problem }))
        continue
      }
      const claimed = item.state === 'removing' ? 'claimed' : await claim(deletion, item)
      if (claimed !== 'claimed') {
        await stop(deletion, item, claimed)
        continue
      }
      try {
        await remove(deletion, item)
      } catch (err) {
        left++
        const problem = err instanceof Error ? err.message : String(err)
        log.error({ err, sessionId: item.session, deletion: deletion.id }, 'Recording not deleted yet; tried again')
        await store.bookkeep((tx) => tx.deletions.setItem(deletion.id, item.session, { problem }))
      }
    }
    if (left === 0) await store.bookkeep((tx) => tx.deletions.finish(deletion.id))
  }

  async function rounds(): Promise<void> {
    do {
      again = false
      for (const deletion of await store.deletions.unfinished()) await carryOut(deletion)
    } while (again && !isOver)
  }

  const round = (): Promise<void> => {
    again = true
    return (running ??= rounds().finally(() => (running = null)))
  }

  return {
    round,
    begin: () => {
      round().catch((err: unknown) => log.error({ err }, 'Deletions not carried out; tried again'))
    },
    async settle() {
      isOver = true
      // How it ended was told to who began it.
      await Promise.allSettled([running])
    },
  }
}

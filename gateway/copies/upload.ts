// One recording into the object store: every file by the seal, read back, and then written as evidence. What is damaged
// here or there is evidence too, once for each thing found.

import { recordingDir } from '../../recorder/index.ts'
import type { CopiedObject } from '../../policy/events.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { waitAfter } from '../outbox/backoff.ts'
import type { StoredCopy } from '../store/copies.ts'
import type { StoredSession } from '../store/sessions.ts'
import type { Store } from '../store/store.ts'
import type { Blobs, ObjectLock, StoreFault } from '../blobs/blobs.ts'
import { filesOf } from './recording-files.ts'
import { tellWithheld, type Withheld } from './regions.ts'

export interface UploadDeps {
  readonly store: Store
  readonly blobs: Blobs
  /** Folder of the recordings. */
  readonly root: string
  readonly bucket: string
  readonly prefix: string
  /** How the copy of a recording is to be locked; null: not at all. */
  /** What keeps a recording from standing in the object store; null: nothing. */
  readonly keptFrom: (session: StoredSession) => Withheld | null
  readonly lockFor: (session: StoredSession) => Promise<ObjectLock | null>
  readonly clock: Clock
  readonly log: Log
  readonly random: () => number
}

export interface Damage {
  readonly file: string
  readonly where: 'local' | 'store'
  readonly found: string
}

/** An entry of the ledger has 65,535 bytes, and a file takes some three hundred of them. */
const objectsPerEntry = 150

/** Where the files of a recording stand in the bucket. */
export const placeOf = (prefix: string, session: string): string => `${prefix}${session}/`

/** Writes what was found damaged, unless it is what was found the last time, and puts the next try off. */
export async function tellDamage(
  { store, clock, log, random }: Pick<UploadDeps, 'store' | 'clock' | 'log' | 'random'>,
  copy: StoredCopy,
  damage: Damage,
  change: Partial<Pick<StoredCopy, 'state'>> = {},
): Promise<void> {
  const { session } = copy
  const { file, where, found } = damage
  const now = clock.now()
  const attempts = copy.attempts + 1
  const problem = `${where === 'local' ? 'local file' : 'object of'} \`${file}\`: not what the seal says: ${found}`
  const row = { ...change, attempts, problem, nextAt: now + waitAfter(attempts, random()) }
  if (problem === copy.problem) {
    await store.bookkeep((tx) => tx.copies.update(session, row))
    return
  }
  await store.change(async (tx) => {
    await tx.copies.update(session, row)
    await tx.ledger.append('recording.copy_damaged', now, { session, file, where, found })
  })
  log.error({ sessionId: session, file, where, found }, 'A recording or its copy is not what its seal says')
}

/** `settled`: nothing more to do about it now. Otherwise the store failed, and it stays due. */
export async function upload(
  deps: UploadDeps,
  copy: StoredCopy,
): Promise<{ readonly kind: 'settled'; readonly reached: boolean } | StoreFault> {
  const { store, blobs, root, bucket, prefix, clock, log } = deps
  const session = await store.sessions.byId(copy.session)
  if (session === null || session.seal === null || !['complete', 'interrupted'].includes(session.recording)) {
    await store.bookkeep((tx) => tx.copies.update(copy.session, { state: 'removed' }))
    return { kind: 'settled', reached: false }
  }
  const { id, seal } = session
  const withheld = deps.keptFrom(session)
  if (withheld !== null) {
    await tellWithheld(deps, copy, withheld)
    return { kind: 'settled', reached: false }
  }
  const read = await filesOf(recordingDir(root, id), seal)
  if (read.kind === 'damaged') {
    await tellDamage(deps, copy, { file: read.file, where: 'local', found: read.found })
    return { kind: 'settled', reached: false }
  }
  const lock = await deps.lockFor(session)
  const objects: CopiedObject[] = []
  for (const { name, path, bytes, sha256 } of read.files) {
    const outcome = await blobs.put({ path, key: `${placeOf(prefix, id)}${name}`, bytes, sha256 }, lock)
    switch (outcome.kind) {
      case 'stored':
        objects.push({ name, ...outcome.object })
        break
      case 'local-damaged':
      case 'changed': {
        const where = outcome.kind === 'changed' ? 'store' : 'local'
        await tellDamage(deps, copy, { file: name, where, found: outcome.found })
        return { kind: 'settled', reached: true }
      }
      case 'unreachable':
      case 'refused':
        return outcome
    }
  }
  const lockedUntil = lock?.until ?? null
  const now = clock.now()
  const bytes = objects.reduce((sum, object) => sum + object.bytes, 0)
  const parts = Math.ceil(objects.length / objectsPerEntry)
  await store.change(async (tx) => {
    for (let part = 1; part <= parts; part++)
      await tx.ledger.append('recording.uploaded', now, {
        session: id,
        seal,
        bucket,
        part,
        parts,
        objects: objects.slice((part - 1) * objectsPerEntry, part * objectsPerEntry),
        lockedUntil,
      })
    await tx.copies.setFiles(id, objects)
    await tx.copies.update(id, {
      state: 'stored',
      attempts: 0,
      nextAt: now,
      problem: null,
      bytes,
      storedAt: now,
      lockedUntil,
    })
  })
  log.info({ sessionId: id, files: objects.length, bytes }, 'Recording copied to the object store')
  return { kind: 'settled', reached: true }
}

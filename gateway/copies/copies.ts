// Copies of sealed recordings in an object store, end to end: what is due goes up, local streams go when their time has
// come, a reader gets a folder with every file wherever they are, and a deleted recording goes there too. With
// `recordings.store: disk` only the local folders are there.

import { join } from 'node:path'
import { recordingDir, RecorderError } from '../../recorder/index.ts'
import type { SessionId } from '../../policy/index.ts'
import { GatewayError } from '../errors.ts'
import type { CopyCounts } from '../store/copies.ts'
import type { StoredCopy } from '../store/copies.ts'
import type { Store } from '../store/store.ts'
import type { Blobs, CheckOutcome } from '../blobs/blobs.ts'
import { openFetched, type Brought } from './fetched.ts'
import { leave } from './leaving.ts'
import { openReach, type Outage } from './outage.ts'
import type { Setbacks } from '../evidence/setbacks.ts'
import { placeOf, tellDamage, upload, type UploadDeps } from './upload.ts'

/** A folder with every file of a recording, for as long as it is held. */
export interface Held {
  readonly dir: string
  release(): void
}

export interface CopiesState extends CopyCounts {
  readonly outage: Outage | null
}

export interface Copies {
  /**
   * The recording's folder, or one into which its streams were fetched, each right by the seal. A recording that runs, or is
   * not there, gives its local folder as it is. Release it after reading.
   * @throws GatewayError `recording-away` when the streams are elsewhere and do not come back, or are not what they were.
   */
  hold(session: SessionId): Promise<Held>
  /** Goes on with everything that is due; returns when nothing more can be done now. */
  round(): Promise<void>
  /**
   * Removes the copy, in every version the store keeps. Again after it failed; nothing happens where there is none.
   * @throws Error whose message says who keeps it, and until when.
   */
  remove(session: SessionId): Promise<void>
  /** Null: recordings stay on the local disk. */
  state(): Promise<CopiesState | null>
  check(): Promise<CheckOutcome | null>
  close(): Promise<void>
}

export interface CopiesDeps extends Omit<UploadDeps, 'blobs'> {
  /** Null: recordings stay on the local disk. */
  readonly blobs: Blobs | null
  /** Folder for what is fetched back. */
  readonly fetched: string
  readonly cacheBytes: number
  readonly keepLocalMs: number
  readonly setbacks?: Pick<Setbacks, 'failed' | 'worked'>
}

/** Recordings that are gone on with at the same time. */
const atOnce = 2
const day = 86_400_000
export const daysInMs = (days: number): number => days * day

export async function openCopies(deps: CopiesDeps): Promise<Copies> {
  const { store, blobs, root, prefix, clock, log, keepLocalMs } = deps
  /** How many read a recording now. */
  const held = new Map<SessionId, number>()
  /** What is being done with a recording; nobody else touches it meanwhile. */
  const busy = new Map<SessionId, Promise<void>>()
  /** Deleted, or about to be: not gone on with. */
  const gone = new Set<SessionId>()
  const isHeld = (session: SessionId): boolean => held.has(session)
  const reach = openReach(deps)
  const away =
    blobs === null ? null : await openFetched({ blobs, folder: deps.fetched, cacheBytes: deps.cacheBytes, isHeld })
  let isClosed = false

  async function goOn(with_: UploadDeps, copy: StoredCopy): Promise<void> {
    const outcome = copy.state === 'due' ? await upload(with_, copy) : await leave(with_, copy)
    if (isClosed) return
    if (outcome.kind === 'settled') {
      if (!('reached' in outcome) || outcome.reached) await reach.worked()
    } else await reach.failed(outcome)
  }

  /** One of them, if nobody reads or removes it. A failure of ours is logged and tried again; the others go on. */
  async function tryOne(with_: UploadDeps, copy: StoredCopy): Promise<void> {
    const { session } = copy
    if (isClosed || gone.has(session) || busy.has(session) || !reach.isOpen()) return
    if (copy.state !== 'due' && held.has(session)) return
    const work = goOn(with_, copy)
      .catch((err: unknown) => log.error({ err, sessionId: session }, 'Recording not copied yet; tried again'))
      .finally(() => busy.delete(session))
    busy.set(session, work)
    await work
  }

  async function takeUp(): Promise<void> {
    for (let sealed = await store.copies.untaken(200); sealed.length > 0; sealed = await store.copies.untaken(200))
      await store.bookkeep(async (tx) => {
        for (const each of sealed) await tx.copies.insert(each)
      })
  }

  async function fetchBack(session: SessionId): Promise<string> {
    const copy = await store.copies.of(session)
    const local = recordingDir(root, session)
    if (copy === null || (copy.state !== 'away' && copy.state !== 'leaving')) return local
    if (away === null)
      throw new GatewayError('recording-away', 'its streams are in an object store, and recordings.store is `disk`')
    const refuse = (text: string, cause?: unknown): GatewayError => new GatewayError('recording-away', text, {}, cause)
    let brought: Brought
    try {
      brought = await away.bring(session, local, await store.copies.files(session))
    } catch (error) {
      if (error instanceof RecorderError) throw refuse(`its local seal cannot be read: ${error.message}`, error)
      throw error
    }
    if (brought.kind === 'there') return brought.dir
    const { file, outcome } = brought
    switch (outcome.kind) {
      case 'missing':
      case 'changed': {
        const found = outcome.kind === 'missing' ? 'nothing' : outcome.found
        await tellDamage(deps, copy, { file, where: 'store', found })
        throw refuse(`\`${file}\` in the object store is not what the seal says (${found}): it is not given out`)
      }
      case 'disk':
        throw refuse(`it cannot be fetched to the local disk: ${outcome.reason}`)
      case 'unreachable':
      case 'refused':
        throw refuse(
          `the object store ${outcome.kind === 'refused' ? 'refuses it' : 'cannot be reached'}: ${outcome.reason}`,
        )
    }
  }

  return {
    async hold(session) {
      const local = recordingDir(root, session)
      if (blobs === null && !(await isAway(store, session))) return { dir: local, release: () => undefined }
      held.set(session, (held.get(session) ?? 0) + 1)
      let isOver = false
      const release = (): void => {
        if (isOver) return
        isOver = true
        const left = (held.get(session) ?? 1) - 1
        if (left > 0) held.set(session, left)
        else held.delete(session)
      }
      try {
        // The local streams may be on their way out; from now on they stay.
        await busy.get(session)
        return { dir: await fetchBack(session), release }
      } catch (error) {
        release()
        throw error
      }
    },

    async round() {
      if (blobs === null || isClosed || !reach.isOpen()) return
      await takeUp()
      const with_: UploadDeps = { ...deps, blobs }
      let before = new Set<string>()
      for (;;) {
        const now = clock.now()
        const found = (await store.copies.next(now, now - keepLocalMs, 32)).filter(
          ({ session, state }) => !gone.has(session) && !busy.has(session) && (state === 'due' || !held.has(session)),
        )
        if (isClosed || !reach.isOpen()) return
        // One that neither moved on nor was put off would come round at once, for ever.
        const todo = found.filter(({ session, state }) => !before.has(`${session} ${state}`))
        if (todo.length === 0) return
        before = new Set(found.map(({ session, state }) => `${session} ${state}`))
        const left = todo.values()
        const worker = async (): Promise<void> => {
          for (const copy of left) await tryOne(with_, copy)
        }
        await Promise.all(Array.from({ length: atOnce }, worker))
      }
    },

    async remove(session) {
      const copy = await store.copies.of(session)
      if (blobs === null || away === null) {
        if (copy === null || copy.state === 'due' || copy.state === 'removed') return
        throw new Error('its copy is in an object store, and recordings.store is `disk`: set it to `s3` to remove it')
      }
      gone.add(session)
      await busy.get(session)
      const outcome = await blobs.remove(placeOf(prefix, session))
      if (outcome.kind !== 'removed') {
        gone.delete(session)
        if (outcome.kind === 'locked')
          throw new Error(
            `the object store keeps its copy ${outcome.until === null ? 'locked' : `locked until ${new Date(outcome.until).toISOString()}`}`,
          )
        throw new Error(`the object store did not remove its copy: ${outcome.reason}`)
      }
      await away.forget(session)
      if (copy !== null)
        await store.bookkeep(async (tx) => {
          await tx.copies.update(session, { state: 'removed', problem: null })
          await tx.copies.setFiles(session, [])
        })
    },

    async state() {
      return blobs === null ? null : { ...(await store.copies.counts()), outage: reach.outage() }
    },
    check: async () => (blobs === null ? null : blobs.check()),
    async close() {
      isClosed = true
      await blobs?.close()
      await Promise.all(busy.values())
    },
  }
}

async function isAway(store: Store, session: SessionId): Promise<boolean> {
  const copy = await store.copies.of(session)
  return copy !== null && (copy.state === 'away' || copy.state === 'leaving')
}

/** Where fetched recordings stand under the data folder. */
export const fetchedFolder = (dataFolder: string): string => join(dataFolder, 'fetched')

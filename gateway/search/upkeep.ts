// Keeps the index up with the recordings: sealed ones whole, living ones every so often, none that handling forbids. It
// decides which and when; the reading is done in a process of its own (indexing.ts).

import { handlingOfRecording, type Bundle, type RecordedOf, type SessionId } from '../../policy/index.ts'
import { RecorderError } from '../../recorder/index.ts'
import type { Clock } from '../clock.ts'
import type { Recordings } from '../evidence/recordings.ts'
import { viewers } from '../evidence/viewing.ts'
import type { Log } from '../log.ts'
import type { StoredSession } from '../store/sessions.ts'
import type { Store } from '../store/store.ts'
import type { Counts } from './index-file.ts'
import type { Candidate } from './index-process.ts'
import type { Job } from './indexing.ts'
import { knownOf } from './session-facts.ts'
import { ProcessGone, type Worker } from './worker.ts'

export interface Upkeep {
  /** One round; called every few seconds, never twice at a time. It ends early when `isOver` says so. */
  sweep(isOver?: () => boolean): Promise<void>
  /** Takes a session out of the index, because its recording was deleted. Nothing where it is not in it. */
  forget(session: SessionId): Promise<void>
  /** Begins the index anew; the next rounds fill it. */
  rebuild(): Promise<void>
  counts(): Promise<Counts>
}

const pageSize = 100
/** After a failure a recording waits, ms: an object store may be away for a while. */
const postponeMs = 5 * 60_000
const mostPostponed = 10_000
/** How often a living recording is read on. */
const livingMs = 15_000
/** How often every recording is looked at, not only the newest: handling may have changed meanwhile. */
const wholeMs = 3_600_000

/** Nothing is added to it any more. */
const hasWholeRecording = ({ recording }: StoredSession): boolean =>
  recording === 'complete' || recording === 'interrupted'

/** May anybody search in it? What nobody may look at is not indexed either. */
export function mayBeIndexed(bundle: Bundle, stored: RecordedOf): boolean {
  const { roles } = handlingOfRecording(bundle, stored).view
  return roles === null || viewers.some((role) => roles.includes(role))
}

export function openUpkeep(deps: {
  readonly store: Store
  readonly recordings: Pick<Recordings, 'folderOf' | 'hold' | 'key'>
  readonly bundle: () => Bundle
  readonly worker: Worker
  readonly clock: Clock
  readonly log: Log
}): Upkeep {
  const { store, recordings, bundle, worker, clock, log } = deps
  /** Keys of living recordings, so that each is unwrapped once and not every round. */
  const keys = new Map<SessionId, Buffer>()
  let isWholeDue = true
  let wholeAt = 0
  let livingAt = 0
  /** Sessions that could not be read, and when they are tried again. */
  const postponed = new Map<SessionId, number>()
  /** The newest page as it was when there was nothing to do in it. */
  let settled: string | null = null

  /** Indexes what is behind of these; how many there were. */
  async function advance(sessions: readonly StoredSession[], isOver: () => boolean): Promise<number> {
    if (sessions.length === 0) return 0
    const current = bundle()
    const candidates = sessions.map((stored): Candidate => ({
      session: stored.id,
      dir: recordings.folderOf(stored.id),
      isSealed: hasWholeRecording(stored),
      isWanted: mayBeIndexed(current, stored),
    }))
    const behind = new Set((await worker.request('behind', candidates)) as readonly string[])
    const due = sessions.filter(({ id }) => behind.has(id) && (postponed.get(id) ?? 0) <= clock.now())
    for (const stored of due) if (!isOver()) await indexOne(stored, isOver)
    return due.length
  }

  async function indexOne(stored: StoredSession, isOver: () => boolean): Promise<void> {
    const known = await knownOf(store, bundle(), stored)
    const isSealed = hasWholeRecording(stored)
    const at = recordings.folderOf(stored.id)
    try {
      const key = keys.get(stored.id) ?? (await recordings.key(stored.id))
      if (isSealed) keys.delete(stored.id)
      else keys.set(stored.id, key)
      const { dir, release } = await recordings.hold(stored.id)
      const job: Job = { ...known, dir, key, isSealed }
      await worker.request('index', job).finally(release)
      postponed.delete(stored.id)
    } catch (err) {
      if (isOver()) return
      log.warn({ err, sessionId: stored.id }, 'Recording not indexed for search')
      // One whose process was ended is tried at once again; one that ends it each time is left alone by the index.
      if (err instanceof ProcessGone) return
      // It was brought to its place meanwhile: the next round finds it there.
      if (recordings.folderOf(stored.id) !== at) return
      if (postponed.size >= mostPostponed) postponed.clear()
      postponed.set(stored.id, clock.now() + postponeMs)
      // Without its key it will not be read the next time either; what else failed is tried a few times.
      if (err instanceof RecorderError && isSealed) await worker.request('fail', { job: known, reason: err.message })
    }
  }

  /** Between the pages of a long round too: what runs now must not wait for a year of recordings. */
  async function sweepLiving(isOver: () => boolean): Promise<void> {
    const now = clock.now()
    if (now - livingAt < livingMs) return
    livingAt = now
    const living = (await store.sessions.unsealed()).filter(({ state }) => state !== 'opening')
    // One that was followed and has ended since is read to its end, however many newer ones there are.
    const ids = new Set(living.map(({ id }) => id))
    const ended = await Promise.all([...keys.keys()].filter((id) => !ids.has(id)).map((id) => store.sessions.byId(id)))
    await advance([...living, ...ended.filter((stored) => stored !== null)], isOver)
    for (const stored of ended) if (stored !== null) keys.delete(stored.id)
  }

  /** The newest sealed ones, page by page, to the first page with nothing to do; or all of them. */
  async function sweepSealed(isWhole: boolean, isOver: () => boolean): Promise<void> {
    for (let before: string | null = null; ;) {
      await sweepLiving(isOver)
      const page = await store.sessions.list({ person: null, live: false }, { limit: pageSize, before })
      // Where nothing has happened since the last round the process is not asked, and may end.
      const looked = before === null ? page.map(({ id, recording }) => `${id} ${recording}`).join() : null
      if (!isWhole && looked !== null && looked === settled) return
      const done = await advance(page.filter(hasWholeRecording), isOver)
      const last = page.at(-1)
      if (isOver()) return
      if (before === null) settled = done === 0 ? looked : null
      if (last === undefined || (done === 0 && !isWhole)) return
      before = last.id
    }
  }

  return {
    async sweep(isOver = () => false) {
      const now = clock.now()
      const isWhole = isWholeDue || now - wholeAt >= wholeMs
      await sweepSealed(isWhole, isOver)
      if (!isWhole || isOver()) return
      wholeAt = now
      isWholeDue = false
    },
    async forget(session) {
      keys.delete(session)
      await worker.request('forget', session)
    },
    async rebuild() {
      await worker.request('rebuild', null)
      isWholeDue = true
      livingAt = 0
      settled = null
      postponed.clear()
    },
    counts: async () => (await worker.request('counts', null)) as Counts,
  }
}

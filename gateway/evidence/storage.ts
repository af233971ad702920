// The space recordings have: how much is free, whether another session may begin, and when it will be full. A session that
// could not be kept to its end does not begin; one that runs goes on into what is left below the threshold.

import { readdir, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { recordingDir } from '../../recorder/index.ts'
import type { Bundle, Instant, SessionId, StorageLevel } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import { leastFreeBytes } from '../data-folder.ts'
import type { Log } from '../log.ts'
import { systemCode } from '../start-problem.ts'
import type { Store } from '../store/store.ts'
import { forecastOf, type Forecast } from './storage-forecast.ts'

export interface Space {
  readonly freeBytes: number
  readonly totalBytes: number
}

export interface Thresholds {
  /** Percent of the disk that is free when it is warned, and when no new session begins. */
  readonly warnPercent: number
  readonly refusePercent: number
}

export interface StorageState extends Space, Thresholds {
  readonly level: StorageLevel
  /** Of all recordings that are kept. */
  readonly keptBytes: number
  readonly forecast: Forecast
}

export interface StorageWatch {
  /** Why no session may begin, for who wants to; null where one may. */
  refusal(): Promise<string | null>
  /** Looks at the free space; a level that was crossed is evidence, and told. */
  round(): Promise<void>
  /** Measures what was sealed since the last time. */
  measure(): Promise<void>
  read(): Promise<StorageState>
}

/** So many percent more than the threshold have to be free before a level is left: it would come and go otherwise. */
const backPercent = 1
/** Recordings that are measured at a time. */
const mostMeasured = 200
/** A recording that could not be sealed for longer is sealed by the next start, which looks at all of them. */
const lateSealMs = 24 * 3_600_000
const refusalText =
  'there is no room to keep the recording of another session, so none can begin: tell the plant, which can make room'

const unknownText = 'the session cannot be recorded at the moment, so it cannot begin: tell the plant'

/** The level at this much space, coming from another level. */
export function levelOf(
  { freeBytes, totalBytes }: Space,
  { warnPercent, refusePercent }: Thresholds,
  from: StorageLevel,
): StorageLevel {
  const percent = totalBytes === 0 ? 0 : (freeBytes / totalBytes) * 100
  const isBelow = (threshold: number, isThere: boolean): boolean => percent < threshold + (isThere ? backPercent : 0)
  if (freeBytes < leastFreeBytes || isBelow(refusePercent, from === 'full')) return 'full'
  return isBelow(warnPercent, from !== 'enough') ? 'low' : 'enough'
}

/** Free and whole size of the disk a folder is on, as the gateway's user may use it. */
export async function spaceOf(folder: string): Promise<Space> {
  const { bavail, bsize, blocks } = await statfs(folder)
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
}

/** Bytes of all files of a recording; null where there is no folder. */
export async function sizeOf(root: string, session: SessionId): Promise<number | null> {
  const dir = recordingDir(root, session)
  try {
    let bytes = 0
    for (const name of await readdir(dir)) bytes += (await stat(join(dir, name))).size
    return bytes
  } catch (error) {
    // Gone, or going: somebody deletes it at this moment.
    if (systemCode(error) === 'ENOENT') return null
    throw error
  }
}

export async function openStorageWatch(deps: {
  readonly store: Store
  readonly bundle: () => Bundle
  readonly clock: Clock
  readonly log: Log
  /** Folder of the recordings. */
  readonly root: string
  readonly thresholds: Thresholds
  readonly space?: () => Promise<Space>
}): Promise<StorageWatch> {
  const { store, bundle, clock, log, root, thresholds } = deps
  const space = deps.space ?? (() => spaceOf(root))
  let told: StorageLevel = (await store.storage.told())?.level ?? 'enough'
  let level = told
  let endedSince: Instant = 0

  async function look(): Promise<Space> {
    const found = await space()
    level = levelOf(found, thresholds, level)
    return found
  }

  let telling: Promise<void> | null = null
  /** One at a time: a level is told once. */
  const tell = (): Promise<void> => (telling ??= tellOnce().finally(() => (telling = null)))

  async function tellOnce(): Promise<void> {
    const found = await look()
    const crossed = level
    if (told === crossed) return
    const now = clock.now()
    log.warn({ level: crossed, freeBytes: found.freeBytes }, 'Free space for recordings crossed a threshold')
    await store.change(async (tx) => {
      await tx.storage.tell(crossed, now)
      await tx.ledger.append('ledger.storage_threshold', now, { level: crossed, ...found, ...thresholds })
    })
    told = crossed
  }

  return {
    async refusal() {
      try {
        await look()
      } catch (err) {
        // What cannot be looked at cannot be promised.
        log.error({ err }, 'Free space not known; the session is refused')
        return unknownText
      }
      if (level === 'full') return refusalText
      // The ledger says that there is room again before it says that a session began.
      if (told !== level) await tell()
      return null
    },

    round: tell,

    async measure() {
      const now = clock.now()
      const sessions = await store.storage.unmeasured(endedSince, mostMeasured)
      for (const session of sessions) {
        const bytes = await sizeOf(root, session)
        await store.bookkeep((tx) => tx.storage.setBytes(session, bytes ?? 0))
      }
      // The first rounds take up everything there is; after that what ended lately is enough, however long sealing took.
      if (sessions.length < mostMeasured) endedSince = now - lateSealMs
    },

    async read() {
      const found = await look()
      const now: Instant = clock.now()
      const keptBytes = await store.storage.keptBytes()
      const forecast = await forecastOf(store, bundle(), now, { ...found, ...thresholds })
      return { ...found, ...thresholds, level, keptBytes, forecast }
    },
  }
}

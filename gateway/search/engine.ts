// The processes of search put together: one that writes the index, one that answers, both beside the gateway and ended
// with it. Where search is off, what an earlier start left of the index is removed.

import { mkdir, rm } from 'node:fs/promises'
import { hkdfSync } from 'node:crypto'
import { join } from 'node:path'
import { Secret } from '../secret.ts'
import { every } from '../tick.ts'
import { openUpkeep, type Upkeep } from './upkeep.ts'
import { openWorker, type Worker } from './worker.ts'

export interface SearchEngine {
  readonly upkeep: Upkeep
  readonly finder: Worker
  /** Begins to keep the index up; the function returned ends that, and the processes. */
  start(): () => Promise<void>
}

type Kept = Omit<Parameters<typeof openUpkeep>[0], 'worker'>

const megabytes = { writer: 256, finder: 192 }
const silentMs = 120_000
const idleMs = 60_000
const sweepMs = 5_000

/** Where the index is. */
export const searchFolder = (dataFolder: string): string => join(dataFolder, 'search')

/**
 * @param vaultKey the key of the index is made of it.
 * @throws when the folder cannot be made.
 */
export async function openEngine(dataFolder: string, vaultKey: Secret<Uint8Array>, kept: Kept): Promise<SearchEngine> {
  const folder = searchFolder(dataFolder)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, 'index.sqlite')
  const key = new Secret<Uint8Array>(
    Buffer.from(hkdfSync('sha256', vaultKey.expose(), Buffer.alloc(0), 'sallyport/search/v1', 32)),
  )
  const worker = (program: string, heap: number): Worker =>
    openWorker({ program: new URL(program, import.meta.url), file, key, megabytes: heap, silentMs, idleMs })
  const writer = worker('./index-process.ts', megabytes.writer)
  const finder = worker('./query-process.ts', megabytes.finder)
  const upkeep = openUpkeep({ ...kept, worker: writer })
  return {
    upkeep,
    finder,
    start() {
      let isOver = false
      const end = every(sweepMs, 'Search index', kept.log, () => upkeep.sweep(() => isOver))
      return async () => {
        isOver = true
        // A recording that is being read is left where it is: the next start goes on there.
        await Promise.all([writer.close(), finder.close()])
        await end()
      }
    },
  }
}

/** Removes the index: search was turned off, and texts are not to lie around. */
export async function removeEngine(dataFolder: string): Promise<null> {
  await rm(searchFolder(dataFolder), { recursive: true, force: true })
  return null
}

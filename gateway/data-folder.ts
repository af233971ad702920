// The folders a gateway keeps under `dataFolder`, made at its start and tidied of what a crash left. The store and the
// vault key have files of their own.

import { mkdir, readdir, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { isOpening } from '../recorder/index.ts'
import type { Config } from './config.ts'
import { refuseStartOn, StartRefused, systemCode } from './start-problem.ts'

export interface DataFolder {
  /** One folder a session. */
  readonly recordings: string
  /** What replays are sped up by; made of the recordings, and made again where it is missing. */
  readonly replay: string
  /** Exports in the making: they hold session keys. */
  readonly scratch: string
}

/** Below this much free space no recording can be promised its end. */
export const leastFreeBytes = 64 * 1024 * 1024

/**
 * Makes the folders where they are missing.
 * @throws StartRefused when they cannot be made, or the disk is as good as full.
 */
export async function prepareDataFolder(dataFolder: string): Promise<DataFolder> {
  const field = 'dataFolder'
  const folders = {
    recordings: join(dataFolder, 'recordings'),
    replay: join(dataFolder, 'replay'),
    scratch: join(dataFolder, 'scratch'),
  }
  try {
    for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    const found = `\`${dataFolder}\`: cannot be made (${systemCode(error) || 'unknown reason'})`
    const next = 'set it to a folder that the gateway\u2019s user may write'
    throw new StartRefused([{ field, found, next }], error)
  }
  const { bavail, bsize } = await statfs(folders.recordings)
  if (bavail * bsize < leastFreeBytes) {
    const found = `\`${dataFolder}\`: less than ${leastFreeBytes / 1024 / 1024} MiB free`
    refuseStartOn([{ field, found, next: 'make room: no recording could be promised its end' }])
  }
  return folders
}

/** Where checkpoints are copied to: beside the store, and to a second place where one is configured. */
export function checkpointCopies({ dataFolder, evidence: { publish } }: Config): string[] {
  return [join(dataFolder, 'checkpoint'), ...(publish === undefined ? [] : [publish])]
}

/**
 * Removes what a crash left and nobody will finish: exports in the making, and recordings that were being opened, which
 * hold no byte yet. Only for who holds the folder's lock.
 */
export async function tidyDataFolder({ recordings, scratch }: DataFolder): Promise<void> {
  for (const name of await readdir(scratch)) await rm(join(scratch, name), { recursive: true, force: true })
  for (const name of await readdir(recordings))
    if (isOpening(name)) await rm(join(recordings, name), { recursive: true, force: true })
}

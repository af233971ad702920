// What every step of a start stands on: the configuration and what it names, the data folder under this process's lock,
// the clock and the log.

import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { prepareDataFolder, tidyDataFolder, type DataFolder } from '../data-folder.ts'
import { tidyLiveFolders } from '../evidence/live-folders.ts'
import { readVaultKey } from '../keys.ts'
import type { Log } from '../log.ts'
import { readMaterial, type Material } from '../material.ts'
import type { Secret } from '../secret.ts'
import { StartRefused } from '../start-problem.ts'
import { steadyClock, type SteadyClock } from '../steady-clock.ts'
import { lockFolder } from '../store/folder-lock.ts'
import type { Undo } from './undo.ts'

export interface Ground {
  readonly config: Config
  readonly log: Log
  readonly clock: SteadyClock
  /** The wall clock the steady one follows. */
  readonly source: Clock
  readonly undo: Undo
  readonly material: Material
  readonly folders: DataFolder
  readonly vaultKey: Secret<Uint8Array>
}

/** @throws StartRefused with every problem of what the configuration names; nothing was written then. */
export async function readGround(config: Config, log: Log, source: Clock, undo: Undo): Promise<Ground> {
  const clock = steadyClock(source)
  const read = await readMaterial(config, clock.now())
  if (read.kind === 'invalid') throw new StartRefused(read.problems)
  const folders = await prepareDataFolder(config.dataFolder)
  const lock = lockFolder(config.dataFolder)
  undo.push(async () => lock.release())
  await tidyDataFolder(folders)
  await tidyLiveFolders(folders.recordings, (folder, err) =>
    log.warn({ err, folder }, 'The folder of an earlier worker could not be removed'),
  )
  return {
    config,
    log,
    clock,
    source,
    undo,
    material: read.material,
    folders,
    vaultKey: await readVaultKey(config.dataFolder),
  }
}

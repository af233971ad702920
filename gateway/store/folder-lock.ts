// One gateway a data folder. A second one would seal the first one's living recordings as left behind by a crash. The lock
// is SQLite's exclusive lock on a file of its own: the operating system lets go of it when the process ends, however.

import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { makePrivateFile } from './private-file.ts'

export interface FolderLock {
  release(): void
}

/** The lock of a data folder, and what it means that somebody has it. */
const ofGateway = { name: 'gateway.lock', taken: 'another gateway runs on this data folder: stop it first' }

/**
 * Takes the folder for this process.
 * @throws when another process has it.
 */
export function lockFolder(folder: string, { name, taken }: typeof ofGateway = ofGateway): FolderLock {
  const file = join(folder, name)
  makePrivateFile(file)
  const db = new DatabaseSync(file)
  try {
    db.exec('pragma busy_timeout = 0; pragma locking_mode = exclusive; begin exclusive')
  } catch (error) {
    db.close()
    throw new Error(`${folder}: ${taken}`, { cause: error })
  }
  return { release: () => db.close() }
}

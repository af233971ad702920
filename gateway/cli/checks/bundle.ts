// Doctor on the bundle: is what the folder holds what is decided by? Reads the store and changes nothing in it.

import { stat } from 'node:fs/promises'
import type { Config } from '../../config.ts'
import { storeFile } from '../../keys.ts'
import { bundlesIn } from '../../store/bundles.ts'
import { openSqlite } from '../../store/sqlite.ts'
import { codeOf, messageOf } from '../failure.ts'
import { plain } from '../plain.ts'
import { ok, warn, type Check } from './check.ts'

/** @param digest of the bundle in the configured folder. */
export async function checkBundle(config: Config, digest: string): Promise<readonly Check[]> {
  const folder = `${plain(config.bundleFolder)}: digest ${digest.slice(0, 16)}\u2026`
  const file = storeFile(config.dataFolder)
  // A file that may not be looked at is not a missing one: opening it says so below.
  if ((await stat(file).catch(codeOf)) === 'ENOENT')
    return [ok('bundle', folder), ok('bundle in force', 'the first start puts the folder in force')]
  try {
    const latest = await latestIn(file)
    if (latest === null || latest.digest === digest) return [ok('bundle', `${folder}, in force`)]
    const found = `digest ${latest.digest.slice(0, 16)}\u2026, scope version ${plain(latest.scopeVersion)}, and not the folder`
    const next =
      'the gateway goes on with it: propose the folder, or run `sallyport bundle activate --folder`; `sallyport bundle fetch` writes out what is in force'
    return [ok('bundle', folder), warn('bundle in force', found, next)]
  } catch (error) {
    // A store of an earlier release has no list of activations; anything else wrong with it is the ledger's check to fail.
    return [
      ok('bundle', folder),
      warn(
        'bundle in force',
        `cannot be told: ${plain(messageOf(error))}`,
        'the next start brings the store up to date',
      ),
    ]
  }
}

async function latestIn(file: string) {
  const db = openSqlite(file)
  try {
    return await bundlesIn(db).latest()
  } finally {
    await db.destroy()
  }
}

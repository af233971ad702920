// Doctor on the object store recordings go to: does it answer, take the login, have the bucket and what the settings ask
// of it, and how many recordings wait. Writes nothing to it.

import { stat } from 'node:fs/promises'
import { openS3 } from '../../blobs/s3.ts'
import type { S3Settings } from '../../blobs/settings.ts'
import type { Config } from '../../config.ts'
import { storeFile } from '../../keys.ts'
import { copiesIn, type CopyCounts } from '../../store/copies.ts'
import { openSqlite } from '../../store/sqlite.ts'
import { codeOf, messageOf } from '../failure.ts'
import { plain } from '../plain.ts'
import { fail, ok, warn, type Check } from './check.ts'

const what = 'object store'

/** @param s3 null where recordings stay on the local disk. */
export async function checkObjectStore(config: Config, s3: S3Settings | null): Promise<readonly Check[]> {
  if (s3 === null) return [ok(what, 'none: recordings stay on the local disk')]
  const blobs = openS3({ ...s3, quietMs: Math.min(s3.quietMs, 10_000) })
  try {
    const name = `bucket ${s3.bucket} at ${plain(new URL(s3.endpoint).host)}`
    const found = await blobs.check()
    const next = 'recordings stay on the local disk meanwhile, and are tried again'
    if (found.kind === 'unreachable') return [warn(what, `${name}: ${plain(found.reason)}`, next)]
    if (found.kind === 'refused')
      return [fail(what, `${name}: ${plain(found.reason)}`, 'look at recordings.s3 and at what the account may do')]
    if (config.recordings.s3.objectLock !== 'none' && !found.lockable)
      return [
        fail(
          what,
          `${name}: has no object lock`,
          'make the bucket with object lock, or set recordings.s3.objectLock to none',
        ),
      ]
    const kept = found.versioned ? 'keeps versions' : 'keeps no versions'
    return [ok(what, `${name}: answers, ${kept}${found.lockable ? ' and locks' : ''}`), ...(await waiting(config))]
  } finally {
    await blobs.close()
  }
}

async function waiting({ dataFolder }: Config): Promise<Check[]> {
  const file = storeFile(dataFolder)
  if ((await stat(file).catch(codeOf)) === 'ENOENT') return []
  try {
    const { due, troubled, stored, away } = await countsIn(file)
    const text = `${stored + away} there, ${due} to go`
    if (troubled > 0)
      return [
        warn('copies', `${text}, ${troubled} not what their seal says`, 'see `recording.copy_damaged` in the evidence'),
      ]
    return [ok('copies', text)]
  } catch (error) {
    // A store of an earlier release has no such table; anything else wrong with it is the ledger's check to fail.
    return [warn('copies', `cannot be told: ${plain(messageOf(error))}`, 'the next start brings the store up to date')]
  }
}

async function countsIn(file: string): Promise<CopyCounts> {
  const db = openSqlite(file)
  try {
    return await copiesIn(db).counts()
  } finally {
    await db.destroy()
  }
}

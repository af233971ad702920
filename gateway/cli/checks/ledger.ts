// Doctor on evidence: does what would be signed next go on from what was signed last. Asks what a start asks, reads the
// store and changes nothing in it.

import { stat } from 'node:fs/promises'
import type { Config } from '../../config.ts'
import { checkpointCopies } from '../../data-folder.ts'
import { checkContinuity, type Ledger } from '../../evidence/continuity.ts'
import { storeFile } from '../../keys.ts'
import { evidenceIn } from '../../store/evidence.ts'
import type { Db } from '../../store/schema.ts'
import { setbacksIn } from '../../store/setbacks.ts'
import { openSqlite } from '../../store/sqlite.ts'
import type { Verifier } from '../../../recorder/index.ts'
import { codeOf, messageOf } from '../failure.ts'
import { plain } from '../plain.ts'
import { fail, failOn, ok, warn, type Check } from './check.ts'

export interface LedgerChecks {
  readonly checks: readonly Check[]
  /** When the newest entry was written; null where there is none. */
  readonly newest: number | null
}

/** @param verifier of the key that would sign next. */
export async function checkLedger(config: Config, verifier: Verifier): Promise<LedgerChecks> {
  const signer = ok('evidence signer', plain(verifier.vkey))
  const file = storeFile(config.dataFolder)
  // A file that may not be looked at is not a missing one: opening it says so below.
  if ((await stat(file).catch(codeOf)) === 'ENOENT')
    return { checks: [signer, ok('ledger', 'nothing is signed yet')], newest: null }
  try {
    const db = openSqlite(file)
    try {
      const ledger = { evidence: evidenceIn(db), verifier, origin: config.evidence.origin }
      const { checks, newest } = await compare(ledger, checkpointCopies(config))
      return { checks: [signer, ...checks, ...(await setbackChecks(db))], newest }
    } finally {
      await db.destroy()
    }
  } catch (error) {
    return {
      checks: [
        signer,
        fail(
          'store',
          `${plain(file)}: ${plain(messageOf(error))}`,
          'look at who owns it; restore it from the backup if it is damaged',
        ),
      ],
      newest: null,
    }
  }
}

/** What cannot be brought out of the gateway at the moment. A store of an earlier release has no table for it yet. */
async function setbackChecks(db: Db): Promise<readonly Check[]> {
  const tables = await db.introspection.getTables()
  if (!tables.some(({ name }) => name === 'setback')) return []
  return (await setbacksIn(db).list()).map(({ what, to, since, reason }) =>
    warn(
      'delivery',
      `${what} to ${plain(to)} has failed since ${new Date(since).toISOString()}: ${plain(reason)}`,
      'look at what is named: the gateway tries again by itself',
    ),
  )
}

async function compare(ledger: Ledger, copies: readonly string[]): Promise<LedgerChecks> {
  const { problems, size, last } = await checkContinuity(ledger, copies)
  const newest = size === 0 ? null : ((await ledger.evidence.event(size - 1))?.at ?? null)
  if (problems.length > 0) return { checks: problems.map(failOn), newest }
  const misfiled = await ledger.evidence.misfiled()
  if (misfiled !== null) {
    const found = `entry ${misfiled} is filed under another type or session than it says: somebody changed the store`
    return {
      checks: [fail('ledger', found, 'keep the store aside, restore the backup, and look at who did it')],
      newest,
    }
  }
  const signed =
    last === null ? 'no checkpoint yet' : `checkpoint of ${last.size} at ${new Date(last.at).toISOString()}`
  return { checks: [ok('ledger', `${size} entries, ${signed}`)], newest }
}

// Doctor on evidence: does the key that would sign next belong to what was signed last, and is the ledger what the last
// checkpoint says. Reads the store and changes nothing in it.

import { stat } from 'node:fs/promises'
import type { Config } from '../../config.ts'
import { readSigner, storeFile } from '../../keys.ts'
import { evidenceIn, type Evidence } from '../../store/evidence.ts'
import { openSqlite } from '../../store/sqlite.ts'
import { parseVerifierKey, verifyCheckpoint } from '../../../recorder/index.ts'
import { messageOf } from '../failure.ts'
import { plain } from '../plain.ts'
import { fail, ok, type Check } from './check.ts'

export interface LedgerChecks {
  readonly checks: readonly Check[]
  /** When the newest entry was written; null where there is none. */
  readonly newest: number | null
}

export async function checkLedger(config: Config): Promise<LedgerChecks> {
  const what = 'evidence signer'
  let vkey: string
  try {
    vkey = (await readSigner(config)).vkey
  } catch (error) {
    return { checks: [fail(what, plain(messageOf(error)), 'put the evidence-signing key there')], newest: null }
  }
  const file = storeFile(config.dataFolder)
  if ((await stat(file).catch(() => null)) === null) {
    return { checks: [ok(what, `${plain(vkey)}; nothing is signed yet`)], newest: null }
  }
  try {
    const db = openSqlite(file)
    try {
      return await compare(evidenceIn(db), vkey, config.evidence.origin)
    } finally {
      await db.destroy()
    }
  } catch (error) {
    return {
      checks: [
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

async function compare(evidence: Evidence, vkey: string, origin: string): Promise<LedgerChecks> {
  const what = 'evidence signer'
  const size = await evidence.size()
  const newest = size === 0 ? null : ((await evidence.event(size - 1))?.at ?? null)
  const last = await evidence.latestCheckpoint()
  if (last === null) return { checks: [ok(what, `${plain(vkey)}; ${size} entries, no checkpoint yet`)], newest }
  const verifier = parseVerifierKey(vkey)
  const verdict = verifier.kind === 'ok' ? verifyCheckpoint(Buffer.from(last.note), [verifier.value]) : verifier
  if (verdict.kind !== 'trusted') {
    const found = `not the one that signed the last checkpoint: ${plain(verdict.reason)}`
    return { checks: [fail(what, found, 'put the old key back: auditors trust that one')], newest }
  }
  const checks: Check[] = [ok(what, `${plain(vkey)}, as in the last checkpoint`)]
  const { checkpoint } = verdict
  const text = `${size} entries, checkpoint of ${checkpoint.size} at ${new Date(last.at).toISOString()}`
  if (checkpoint.origin !== origin) {
    checks.push(
      fail('ledger', `is of \`${plain(checkpoint.origin)}\`, not of evidence.origin`, 'set evidence.origin back'),
    )
  } else if (size < checkpoint.size) {
    checks.push(fail('ledger', `${text}: entries were lost`, 'restore a later backup of the store'))
  } else if (!Buffer.from(await evidence.root(checkpoint.size)).equals(checkpoint.root)) {
    checks.push(
      fail('ledger', `${text}: its root is another`, 'the store was changed: keep it aside and restore the backup'),
    )
  } else {
    checks.push(ok('ledger', `${text}, which its entries give`))
  }
  return { checks, newest }
}

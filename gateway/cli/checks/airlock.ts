// Doctor on the malware scanner: does it answer, and how old are its signatures.

import { parseClamdAddress } from '../../clamd-address.ts'
import { openClamd } from '../../airlock/clamd.ts'
import { parseVersion } from '../../airlock/verdict.ts'
import type { Config } from '../../config.ts'
import { plain } from '../plain.ts'
import { fail, ok, warn, type Check } from './check.ts'

const what = 'malware scanner'
const hourMs = 3_600_000
const mostWaitMs = 10_000

export async function checkAirlock({ airlock }: Pick<Config, 'airlock'>, now: number): Promise<Check> {
  const address = airlock.clamd === undefined ? null : parseClamdAddress(airlock.clamd)
  if (address === null)
    return warn(what, 'none configured: there is no verdict on any file', 'set airlock.clamd, where files are to cross')
  const asked = await openClamd(address, Math.min(airlock.timeoutSeconds * 1_000, mostWaitMs)).version()
  const name = `clamd at ${plain(airlock.clamd ?? '')}`
  if (asked.kind === 'unavailable')
    return fail(what, `${name}: ${plain(asked.text)}`, 'start it: files without a verdict wait or are refused')
  const { engine, signaturesAt } = parseVersion(asked.text)
  if (signaturesAt === null)
    return fail(what, `${name}: ${plain(engine)} has no dated signatures`, 'have freshclam fetch them')
  const hours = Math.floor((now - signaturesAt) / hourMs)
  return hours > airlock.signaturesHours
    ? fail(what, `${name}: its signatures are ${hours} hours old`, 'have freshclam fetch new ones: these count as none')
    : ok(what, `${name}: ${plain(engine)}, signatures ${Math.max(0, hours)} hours old`)
}

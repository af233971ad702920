// The golden files of the revised format, read and verified as an auditor does, and copies of them to tamper with.

import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import {
  type JudgeTimestamp,
  type LogPolicy,
  parseLogPolicy,
  parseTrust,
  type Report,
  type Trust,
  verifyExport,
} from '../../recorder/index.ts'
import { readTimeAuthorities, verifyTimestamp } from '../../recorder/timestamp/token.ts'
import { resign } from './resign.ts'
import { makeFolder, origin, signerOf } from './sample.ts'
import type { Tamper } from './tamper.ts'

const vectors = fileURLToPath(new URL('../vectors/recorder', import.meta.url))
export const revised = join(vectors, 'v1-revised')
export const loss = join(vectors, 'v1-loss')
/** Who signed: `old` was retired, `fresh` signs now, `second` the ledger after the loss. Nobody trusts `foreign`. */
export const [old, fresh, second, foreign] = [signerOf(1), signerOf(2), signerOf(3, `${origin}/2`), signerOf(9)]

export function readTrust(value: unknown): Trust {
  const parsed = parseTrust(value)
  if (parsed.kind === 'malformed') throw new Error(parsed.problems.join('; '))
  return parsed.trust
}
const trustOf = (golden: string): Trust => readTrust(JSON.parse(readFileSync(join(golden, 'trust.json'), 'utf8')))

function readPolicy(text: string): LogPolicy {
  const parsed = parseLogPolicy(Buffer.from(text))
  if (parsed.kind === 'malformed') throw new Error(parsed.problems.join('; '))
  return parsed.policy
}
export const policy = readPolicy(readFileSync(join(revised, 'policy.txt'), 'utf8'))

const authorities = readTimeAuthorities(readFileSync(join(revised, 'tsa-ca.pem'), 'utf8'))
const judgeTimestamp: JudgeTimestamp = (response, document) => {
  if (authorities === null) throw new Error('tsa-ca.pem: holds no certificate')
  return verifyTimestamp(response, document, authorities, null)
}

/** What does not hold, each with its place. */
export const faultsOf = ({ findings }: Report): string[] =>
  findings.filter(({ holds }) => !holds).map(({ where, what }) => `${where}: ${what}`)

export const verified = (golden: string, dir = join(golden, 'export')): Promise<Report> =>
  verifyExport(dir, trustOf(golden), golden === revised ? policy : null, { judgeTimestamp })

/** A copy that was tampered with, behind a MANIFEST by the key that signs now. */
export function tampered(golden: string, tamper: Tamper): string {
  const dir = join(makeFolder(), 'export')
  cpSync(join(golden, 'export'), dir, { recursive: true })
  tamper(dir)
  resign(dir, golden === revised ? fresh : second)
  return dir
}

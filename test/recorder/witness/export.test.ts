// An export under a trust policy: its checkpoint counts only if the witnesses asked for have cosigned it.

import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { parseLogPolicy, parseNote, type Report, verifyExport } from '../../../recorder/index.ts'
import { resign } from '../resign.ts'
import { makeExport, makeFolder, signer, trust } from '../sample.ts'
import { newWitness } from './keys.ts'

const one = newWitness('one.example', 'ml-dsa-44')
const two = newWitness('two.example')

function policyOf(...lines: readonly string[]) {
  const text = [`log ${signer.vkey}`, `witness 1 ${one.key.vkey}`, `witness 2 ${two.key.vkey}`, ...lines].join('\n')
  const parsed = parseLogPolicy(Buffer.from(text))
  if (parsed.kind === 'malformed') throw new Error(parsed.problems.join('\n'))
  return parsed.policy
}

/** An export whose checkpoint these have cosigned. */
async function exportCosignedBy(...witnesses: readonly (typeof one)[]): Promise<string> {
  const { dir } = await makeExport(makeFolder())
  const checkpoint = join(dir, 'ledger', 'checkpoint')
  const note = parseNote(readFileSync(checkpoint))
  if (note.kind === 'malformed') throw new Error(note.reason)
  for (const { key } of witnesses) appendFileSync(checkpoint, key.cosign(note.value.text, 1_700_000_000))
  resign(dir, signer)
  return dir
}

const faultsOf = (report: Report) => report.findings.filter(({ holds }) => !holds).map(({ what }) => what)

describe('an export under a trust policy', () => {
  it('holds where the quorum has cosigned, and says who and when', async () => {
    const dir = await exportCosignedBy(one, two)
    const report = await verifyExport(dir, trust, policyOf('group both all 1 2', 'quorum both'))
    expect(faultsOf(report)).toEqual([])
    expect(report.findings.map(({ what }) => what)).toEqual(
      expect.arrayContaining([
        'cosigned by `one.example` at 2023-11-14T22:13:20.000Z',
        'cosigned by `two.example` at 2023-11-14T22:13:20.000Z',
        'trust policy: its quorum of witnesses is there',
      ]),
    )
  })

  it('does not hold with too few, and holds where none is asked for', async () => {
    const dir = await exportCosignedBy(two)
    expect(faultsOf(await verifyExport(dir, trust, policyOf('quorum 1')))).toEqual([
      'trust policy: cosigned by 1 of the known witnesses, which is no quorum',
    ])
    expect(faultsOf(await verifyExport(dir, trust, policyOf('quorum none')))).toEqual([])
    expect(faultsOf(await verifyExport(dir, trust))).toEqual([])
  })
})

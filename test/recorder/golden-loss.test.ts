// The golden files of a declared loss (FORMAT.md section 2.6): they verify, and each way to tamper with them is found at its
// place, behind a MANIFEST that the trusted key signed anew.

import { rmSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { trustText, verifyExport } from '../../recorder/index.ts'
import { faultsOf, loss, old, readTrust, second, tampered, verified } from './golden-files.ts'
import { origin, sessionA } from './sample.ts'
import { both, doubled, reframe, relog, reword, reworded, sealAnew, swapped, without, type Tamper } from './tamper.ts'

const a = `recordings/${sessionA}`

describe('the golden files of a declared loss', () => {
  it('verify, say what was lost, and hold the recording that was found', async () => {
    const report = await verified(loss)
    expect(faultsOf(report)).toEqual([])
    expect(report.recordings).toMatchObject([{ session: sessionA, status: 'complete', frames: 4 }])
    expect(report.findings.map(({ what }) => what)).toContainEqual(
      expect.stringContaining(`entries 2 to 5 of the ledger \`${origin}\` are lost`),
    )
  })

  const rightKeys = [second]
  it.each<[string, Tamper, RegExp]>([
    ['the declaration left out', relog(rightKeys, without(2)), /ledger entry 2: expected it to declare the loss/],
    ['the declaration duplicated', relog(rightKeys, doubled(2)), /ledger entry 3: declares a loss, and the trust file/],
    [
      'the declaration reordered',
      relog(rightKeys, swapped(2, 3)),
      /ledger entry 3: declares a loss, and the trust file names no/,
    ],
    [
      'an entry before it changed',
      relog(rightKeys, reworded(0, '0.2.0', '0.2.1')),
      /ledger: its first 2 entries are not/,
    ],
    [
      'less lost than was',
      relog(rightKeys, reworded(2, '"size":6', '"size":5')),
      /ledger entry 2: lost: its checkpoint is of another/,
    ],
    [
      'the lost checkpoint reworded',
      relog(rightKeys, reworded(2, 'gateway-ledger\\n6\\n', 'gateway-ledger\\n7\\n')),
      /ledger entry 2: lost: its checkpoint is of another/,
    ],
    [
      'signed by the key of the former ledger',
      relog([old], (entries) => entries),
      /ledger\/checkpoint: no signature by a trusted key/,
    ],
    [
      'the found recording named with another manifest',
      relog(rightKeys, (entries) =>
        entries.map((entry, i) =>
          i === 3
            ? Buffer.from(entry.toString().replace(/"manifest":"[0-9a-f]{64}"/, `"manifest":"${'0'.repeat(64)}"`))
            : entry,
        ),
      ),
      /qrs: ledger entry 3 names another manifest/,
    ],
    [
      'the found recording cut and sealed anew',
      both(
        reframe(`${a}/0000.stream`, (frames) => [...frames.slice(0, 1), ...frames.slice(-1)]),
        sealAnew(a, [old]),
      ),
      /qrs: ledger entry 3 names another seal/,
    ],
  ])('are found tampered with at the place: %s', async (_, tamper, place) => {
    expect(faultsOf(await verified(loss, tampered(loss, tamper))).join('\n')).toMatch(place)
  })

  it('let the found recording be deleted later, by the entry that names it', async () => {
    const drop = (entries: readonly Buffer[]): Buffer[] => {
      const seal = /"seal":"([0-9a-f]{64})"/.exec(entries[3]?.toString('utf8') ?? '')?.[1] ?? ''
      const data = `{"confirmedBy":"per_two","deletion":"dln_1","proposedBy":"per_one","seal":"${seal}","session":"${sessionA}"}`
      const confirmed = `{"at":1767225600008,"data":{"by":"per_two","deletion":"dln_1"},"type":"evidence.deletion_confirmed","v":1}`
      const deleted = `{"at":1767225600009,"data":${data},"type":"recording.deleted","v":1}`
      return [...entries, Buffer.from(confirmed), Buffer.from(deleted)]
    }
    const goneFrom = reword('export.json', `"sessions":["${sessionA}"]`, '"sessions":[]')
    const emptied = (dir: string): void => {
      for (const folder of ['recordings', 'keys', 'casts']) rmSync(join(dir, folder), { recursive: true })
    }
    const report = await verified(loss, tampered(loss, both(relog(rightKeys, drop), emptied, goneFrom)))
    expect(faultsOf(report)).toEqual([])
    expect(report.deleted).toMatchObject([{ session: sessionA, entry: 6 }])
  })

  it('do not verify for who trusts the new ledger alone', async () => {
    const alone = readTrust(JSON.parse(trustText(second.name, [second.vkey])))
    expect(faultsOf(await verifyExport(join(loss, 'export'), alone)).join('\n')).toMatch(
      /^ledger entry 2: declares a loss/m,
    )
  })
})

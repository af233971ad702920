// Timestamps in an export: found, judged with an auditor's own authorities, and of this very ledger or refused.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { entryBytes, type JudgeTimestamp, verifyExport, writeExport } from '../../../recorder/index.ts'
import { readTimeAuthorities, timestampRequest, verifyTimestamp } from '../../../recorder/timestamp/token.ts'
import { hasPart } from '../../support/parts.ts'
import { makeTimeAuthority, opensslVerifies } from '../../support/time-authority.ts'
import { checkpointOf, makeFolder, openedAt, origin, signer, signerOf, trust } from '../sample.ts'

const entries = Array.from({ length: 300 }, (_, i) =>
  entryBytes({ v: 1, at: openedAt + i, type: 'gateway.noted', data: { i } }),
)
const noteOf = (size: number, by = signer): Buffer => checkpointOf(entries.slice(0, size), by)

describe.skipIf(!hasPart('openssl'))('an export with timestamps', () => {
  let folder: string
  let ca: string
  let judgeTimestamp: JudgeTimestamp
  let stamp: (note: Buffer) => Promise<Buffer>
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-time-'))
    const authority = makeTimeAuthority(folder)
    ca = authority.ca
    const trusted = readTimeAuthorities(readFileSync(ca, 'utf8'))
    if (trusted === null) throw new Error('no authority')
    judgeTimestamp = (response, document) => verifyTimestamp(response, document, trusted, null)
    stamp = (note) => authority.reply(timestampRequest(note).request)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  async function exported(
    timestamps: readonly {
      readonly size: number
      readonly name: string
      readonly note: Buffer
      readonly response: Buffer
    }[],
  ): Promise<string> {
    const dir = join(makeFolder(), 'export')
    const scope = { version: '1', covered: 'line 1', notCovered: [] }
    await writeExport({
      out: dir,
      signer,
      header: { origin, createdAt: openedAt, purpose: 'audit', scope },
      ledger: { entries, checkpoint: checkpointOf(entries, signer), timestamps },
      recordings: [],
      disclosures: [],
    })
    return dir
  }
  const faults = async (dir: string, judge = judgeTimestamp): Promise<string[]> =>
    (await verifyExport(dir, trust, null, { judgeTimestamp: judge })).findings
      .filter(({ holds }) => !holds)
      .map(({ where, what }) => `${where}: ${what}`)

  it('holds, and openssl says the same of the files as they stand', async () => {
    const timestamps = []
    for (const size of [7, 256, 300])
      timestamps.push({ size, name: 'one', note: noteOf(size), response: await stamp(noteOf(size)) })
    timestamps.push({ size: 7, name: 'two', note: noteOf(7), response: await stamp(noteOf(7)) })
    const dir = await exported(timestamps)
    expect(await faults(dir)).toEqual([])
    const stamps = join(dir, 'ledger', 'timestamps')
    expect(opensslVerifies(join(stamps, '7.two.tsr'), join(stamps, '7.checkpoint'), ca)).toBe(true)
    expect(opensslVerifies(join(stamps, '7.two.tsr'), join(stamps, '256.checkpoint'), ca)).toBe(false)
    const report = await verifyExport(dir, trust)
    expect(report.holds).toBe(true)
    expect(report.findings.map(({ what }) => what)).toContainEqual(
      expect.stringContaining(
        'openssl ts -verify -in ledger/timestamps/7.one.tsr -data ledger/timestamps/7.checkpoint',
      ),
    )
  })

  it('holds where the attested checkpoint was signed by a key that is gone: the entries say the same', async () => {
    const note = noteOf(7, signerOf(5))
    expect(await faults(await exported([{ size: 7, name: 'one', note, response: await stamp(note) }]))).toEqual([])
  })

  it('does not hold with a timestamp of another ledger, of another size, or of other bytes', async () => {
    const other = checkpointOf([entryBytes({ v: 1, at: 1, type: 'gateway.noted', data: {} })], signer)
    const fork = [{ size: 1, name: 'one', note: other, response: await stamp(other) }]
    expect(await faults(await exported(fork))).toEqual([
      expect.stringContaining('1.checkpoint: root: is not that of the first 1 entries'),
    ])
    const misnamed = [{ size: 8, name: 'one', note: noteOf(7), response: await stamp(noteOf(7)) }]
    expect(await faults(await exported(misnamed))).toEqual([expect.stringContaining('8.checkpoint: size: expected 8')])
    const changed = [{ size: 7, name: 'one', note: noteOf(7), response: await stamp(noteOf(8)) }]
    expect(await faults(await exported(changed))).toEqual([
      expect.stringContaining('7.one.tsr: message imprint: is of other bytes'),
    ])
    const later = Buffer.from(noteOf(7).toString().replace('\n7\n', '\n301\n'))
    const beyond = [{ size: 301, name: 'one', note: later, response: await stamp(later) }]
    expect(await faults(await exported(beyond))).toEqual([expect.stringContaining('has no first 301 entries')])
  })

  it('does not hold where the token is not what the authority gave', async () => {
    const response = await stamp(noteOf(7))
    response[response.length - 5] = (response.at(-5) ?? 0) ^ 1
    const dir = await exported([{ size: 7, name: 'one', note: noteOf(7), response }])
    expect(await faults(dir)).toEqual([expect.stringMatching(/7\.one\.tsr: signature/)])
  })
})

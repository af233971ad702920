// The golden files of narrowed exports (format version 2): they verify entry by entry, say what they are and what was left
// out, and each way to tamper with them is found at its place, behind a MANIFEST that the trusted key signed anew.

import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { describe, expect, it } from 'vitest'

import { formatReport, trustText, verifyExport, type Report } from '../../recorder/index.ts'
import { faultsOf, foreign, readTrust } from './golden-files.ts'
import { resign } from './resign.ts'
import { makeFolder, origin, sessionA, signer } from './sample.ts'
import { add, edit, remove, reword, signAgain, type Tamper } from './tamper.ts'

const golden = fileURLToPath(new URL('../vectors/recorder/v2-narrowed', import.meta.url))
const trust = readTrust(JSON.parse(readFileSync(join(golden, 'trust.json'), 'utf8')))
const excerpt = 'ledger/excerpt.jsonl'

const verified = (dir = join(golden, 'export')): Promise<Report> => verifyExport(dir, trust)

function tampered(tamper: Tamper, by = signer): string {
  const dir = join(makeFolder(), 'export')
  cpSync(join(golden, 'export'), dir, { recursive: true })
  tamper(dir)
  resign(dir, by)
  return dir
}

/** Lines of the excerpt, in the order and number that `change` gives. */
const relined = (change: (lines: readonly string[]) => readonly string[]): Tamper =>
  edit(excerpt, (bytes) =>
    Buffer.from(
      change(bytes.toString('utf8').trimEnd().split('\n'))
        .map((line) => `${line}\n`)
        .join(''),
    ),
  )

describe('the golden files of narrowed exports', () => {
  it('verify, and say that they hold an excerpt, under which agreement, and what was left out', async () => {
    const report = await verified()
    expect(faultsOf(report)).toEqual([])
    expect(report).toMatchObject({
      ledger: { size: 21 },
      recordings: [{ session: sessionA, status: 'complete', channels: 2, frames: 15, decrypted: true }],
    })
    const text = formatReport(report).join('\n')
    expect(text).toContain('EXCERPT: 3 of 21 entries')
    expect(text).toContain('narrowed to agreement `parts` with `Customer of line 1` (`QA-2026-1`)')
    expect(text).toContain('left out: 18')
  })

  it.each<[string, Tamper, RegExp]>([
    ['the excerpt truncated in a line', edit(excerpt, (bytes) => bytes.subarray(0, -9)), /excerpt\.jsonl|ledger entry/],
    ['an entry left out', relined((lines) => lines.slice(0, 2)), /disclosures\.json: .*stands in no ledger entry/],
    ['the entry of the seal left out', relined(([one = '', , three = '']) => [one, three]), /qrs: /],
    [
      'entries reordered',
      relined(([one = '', two = '', ...rest]) => [two, one, ...rest]),
      /excerpt\.jsonl|ledger entry/,
    ],
    ['an entry twice', relined(([one = '', ...rest]) => [one, one, ...rest]), /excerpt\.jsonl|ledger entry/],
    ['an entry at another place', reword(excerpt, '"index":9', '"index":8'), /ledger entry 8/],
    [
      'a proof without its last hash',
      relined((lines) => lines.map((line) => line.replace(/,"[^"]*"\]\}$/, ']}'))),
      /ledger entry/,
    ],
    ['a checkpoint by a foreign key', signAgain('ledger/checkpoint', [foreign]), /ledger\/checkpoint: /],
    ['a header that says it is of version 1', reword('export.json', 'export/v2', 'export/v1'), /export\.json: /],
    [
      'a header of an unknown version',
      reword('export.json', 'export/v2', 'export/v3'),
      /export\.json: format: expected/,
    ],
    [
      'a header that says it holds the whole ledger',
      reword('export.json', '"excerpt"', '"ledger"'),
      /export\.json|ledger/,
    ],
    ['the whole ledger beside it', add('ledger/entries.jsonl', '{}\n'), /ledger\/entries\.jsonl/],
    ['no excerpt at all', remove(excerpt), /excerpt\.jsonl/],
    ['a disclosure of another value', reword('disclosures.json', 'faulty', 'sound!'), /disclosures\.json: /],
  ])('are found tampered with at the place: %s', async (_, tamper, place) => {
    expect(faultsOf(await verified(tampered(tamper))).join('\n')).toMatch(place)
  })

  it('do not verify behind a MANIFEST by a foreign key, or for who trusts another one', async () => {
    expect((await verified(tampered(() => undefined, foreign))).holds).toBe(false)
    const other = readTrust(JSON.parse(trustText(origin, [foreign.vkey])))
    expect((await verifyExport(join(golden, 'export'), other)).holds).toBe(false)
  })

  it('are found wherever one byte is another', async () => {
    const bytes = readFileSync(join(golden, 'export', excerpt))
    for (let at = 0; at < bytes.length; at += 17) {
      const flipped = edit(excerpt, (whole) => {
        const copy = Buffer.from(whole)
        copy.writeUInt8(copy.readUInt8(at) ^ 1, at)
        return copy
      })
      expect((await verified(tampered(flipped))).holds, `byte ${at}`).toBe(false)
    }
  })
})

// Exports that are narrowed: a header of version 2, and an excerpt of the ledger that proves itself entry by entry.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { entryBytes, formatReport, inclusionProof, leafHash, verifyExport, writeExport } from '../../recorder/index.ts'
import { nodesForAppend } from '../../recorder/merkle.ts'
import { excerptFile, excerptLine, parseExcerptLine, type ProvedEntry } from '../../recorder/excerpt.ts'
import { checkpointOf, makeFolder, origin, signer, trust } from './sample.ts'

const entries = Array.from({ length: 13 }, (_, n) => entryBytes({ v: 1, at: n, type: 'gateway.noted', data: { n } }))

function proofsOf(...indexes: readonly number[]): ProvedEntry[] {
  const nodes = new Map<string, Uint8Array>()
  const read = (level: number, index: number) => nodes.get(`${level}/${index}`)
  entries.forEach((entry, at) => {
    for (const { level, index, hash } of nodesForAppend(at, leafHash(entry), read)) nodes.set(`${level}/${index}`, hash)
  })
  return indexes.map((index) => ({
    index,
    entry: entries[index] ?? new Uint8Array(),
    proof: inclusionProof(index, entries.length, read),
  }))
}

const extent = {
  agreement: { id: 'a', customer: 'Customer', reference: 'QA-1', until: '2030-12-31' },
  entries: 'excerpt',
  leftOut: [{ why: 'entry not covered by the agreement', count: 10 }],
  plants: ['north'],
} as const
const header = {
  origin,
  createdAt: 1,
  purpose: 'p',
  scope: { version: '1', covered: 'line 1', notCovered: [] },
  extent,
}

async function narrowed(excerpt: readonly ProvedEntry[]): Promise<string> {
  const out = join(makeFolder(), 'export')
  const ledger = { entries: { excerpt }, checkpoint: checkpointOf(entries, signer) }
  await writeExport({ out, signer, header, ledger, recordings: [], disclosures: [] })
  return out
}

function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the vectors lack an entry')
  return value
}

describe('an excerpt of the ledger', () => {
  it('verifies entry by entry, and says that it is one and what was left out', async () => {
    const seen: number[] = []
    const dir = await narrowed(proofsOf(0, 6, 12))
    const report = await verifyExport(dir, trust, null, { visitEntry: (index) => seen.push(index) })
    expect(report.findings.filter(({ holds }) => !holds)).toEqual([])
    expect(seen).toEqual([0, 6, 12])
    const text = formatReport(report).join('\n')
    expect(text).toContain('EXCERPT: 3 of 13 entries')
    expect(text).toContain('narrowed to agreement `a` with `Customer`')
    expect(text).toContain('left out: 10, `entry not covered by the agreement`')
  })

  it('does not hold where an entry or its proof is another, or stands twice', async () => {
    for (const spoil of [
      (one: ProvedEntry) => [{ ...one, entry: there(entries[3]) }],
      (one: ProvedEntry) => [{ ...one, index: 5 }],
      (one: ProvedEntry) => [{ ...one, proof: one.proof.slice(1) }],
      (one: ProvedEntry) => [one, one],
    ]) {
      const dir = await narrowed(proofsOf(4))
      writeFileSync(join(dir, excerptFile), Buffer.concat(spoil(there(proofsOf(4)[0])).map(excerptLine)))
      const report = await verifyExport(dir, trust)
      const bad = report.findings.filter(({ holds }) => !holds).map(({ where }) => where)
      expect(bad.some((where) => where === excerptFile || where.startsWith('ledger entry'))).toBe(true)
    }
  })

  it('is not written of entries that the checkpoint does not prove', async () => {
    await expect(narrowed([{ ...there(proofsOf(4)[0]), index: 5 }])).rejects.toMatchObject({
      code: 'ledger-inconsistent',
    })
  })

  it('cannot be compared with a checkpoint from before, and says so', async () => {
    const dir = await narrowed(proofsOf(1))
    const earlier = [{ where: 'kept', note: checkpointOf(entries.slice(0, 4), signer) }]
    const report = await verifyExport(dir, trust, null, { earlier })
    expect(report.holds).toBe(false)
    expect(report.findings.find(({ where }) => where === '`kept`')?.what).toContain('take an export of all of it')
  })

  it('has lines of one form', () => {
    const line = excerptLine(there(proofsOf(2)[0])).subarray(0, -1)
    expect(parseExcerptLine(line)).toMatchObject({ kind: 'ok', value: { index: 2 } })
    for (const bad of ['{}', '{"entry":"*","index":0,"proof":[]}', '{"entry":"","index":-1,"proof":[]}', 'x'])
      expect(parseExcerptLine(Buffer.from(bad)).kind).toBe('malformed')
  })

  it('names no tile: an excerpt with tiles beside it is refused', async () => {
    const dir = await narrowed(proofsOf(1))
    expect(readFileSync(join(dir, 'MANIFEST'), 'utf8')).not.toContain('ledger/tile')
  })
})

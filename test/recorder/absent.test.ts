// What an export does not show though its ledger names it, and ledgers that are another history than the one seen before.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  entryBytes,
  formatReport,
  type JsonObject,
  type Report,
  signCheckpoint,
  verifyExport,
  writeExport,
} from '../../recorder/index.ts'
import { checkpointOf, makeExport, makeFolder, openedAt, origin, sessionA, sessionB, signer, trust } from './sample.ts'

const seal = 'ab'.repeat(32)
const entry = (type: string, data: JsonObject): Buffer => entryBytes({ v: 1, at: openedAt, type, data })
const begun = (session: string): Buffer => entry('session.recording_started', { session, manifest: seal })
const ended = (session: string): Buffer => entry('session.ended', { session })
const sealed = (session: string): Buffer =>
  entry('session.recording_sealed', { session, seal, status: 'complete', channels: 1, frames: 3 })
const deleted = (session: string): Buffer =>
  entry('recording.deleted', { session, seal, proposedBy: 'per_one', confirmedBy: 'per_two' })
const noted = (i: number): Buffer => entry('gateway.noted', { i })

async function verified(entries: readonly Buffer[], kept?: Buffer): Promise<Report> {
  const out = join(makeFolder(), 'export')
  const header = {
    origin,
    createdAt: openedAt,
    purpose: 'audit',
    scope: { version: '1', covered: 'a', notCovered: [] },
  }
  const ledger = { entries, checkpoint: checkpointOf(entries, signer) }
  await writeExport({ out, signer, header, ledger, recordings: [], disclosures: [] })
  return verifyExport(out, trust, null, kept === undefined ? {} : { earlier: [{ where: 'kept', note: kept }] })
}
const faultsOf = (report: Report): string[] =>
  report.findings.filter(({ holds }) => !holds).map(({ where, what }) => `${where}: ${what}`)

describe('a recording that the ledger names and the export does not hold', () => {
  it('is told where it was sealed, which is no fault', async () => {
    const report = await verified([begun(sessionA), ended(sessionA), sealed(sessionA)])
    expect(report).toMatchObject({ holds: true, absent: [{ session: sessionA, entry: 2, state: 'sealed' }] })
    expect(formatReport(report)).toContain(
      `absent recording ${sessionA}: sealed in ledger entry 2, and not in this export`,
    )
    expect(formatReport(report)).toContain('holds  recordings: NOT HERE: 1 that the ledger says were sealed')
  })

  it('is told where the session ended and nothing was ever sealed', async () => {
    const report = await verified([begun(sessionA), ended(sessionA), begun(sessionB)])
    expect(report.absent).toEqual([
      { session: sessionA, entry: 1, state: 'unsealed' },
      { session: sessionB, entry: 2, state: 'running' },
    ])
    expect(formatReport(report).join('\n')).toContain('NEVER SEALED: 1 of sessions that ended')
  })

  it('is not told where it was deleted, nor where it is there', async () => {
    expect((await verified([begun(sessionA), sealed(sessionA), deleted(sessionA)])).absent).toEqual([])
    const { dir } = await makeExport(makeFolder())
    expect((await verifyExport(dir, trust)).absent).toEqual([])
  })
})

describe('a checkpoint kept from before', () => {
  const first = [noted(1), noted(2)]
  const kept = checkpointOf(first, signer)

  it('holds where the ledger goes on from it, and where it is the very same', async () => {
    expect(faultsOf(await verified([...first, noted(3)], kept))).toEqual([])
    expect(faultsOf(await verified(first, kept))).toEqual([])
    expect(faultsOf(await verified(first, checkpointOf([], signer)))).toEqual([])
  })

  it.each([
    ['an entry was changed', [noted(1), noted(9), noted(3)], 'its first 2 entries are others than they were'],
    ['entries were taken away', [noted(1)], 'is of 2 entries, and the ledger here has 1: entries were taken away'],
  ])('does not where %s, though the trusted key signed it', async (_, entries, what) => {
    expect(faultsOf(await verified(entries, kept))).toEqual([expect.stringContaining(what)])
  })

  it('does not where it is of another ledger, or is none', async () => {
    const other = signCheckpoint({ origin: 'other.example', size: 1, root: Buffer.alloc(32), extensions: [] }, [signer])
    expect(faultsOf(await verified(first, other))).toEqual([expect.stringContaining('is of ledger `other.example`')])
    expect((await verified(first, Buffer.from('no checkpoint\n'))).holds).toBe(false)
  })

  it('can be taken from an export as it stands', async () => {
    const { dir } = await makeExport(makeFolder())
    const note = readFileSync(join(dir, 'ledger', 'checkpoint'))
    expect(faultsOf(await verifyExport(dir, trust, null, { earlier: [{ where: 'kept', note }] }))).toEqual([])
  })
})

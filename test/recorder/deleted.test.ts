// Exports of a ledger that says recordings were deleted: the verifier tells of them, and fails only where the ledger
// contradicts itself.

import { join } from 'node:path'
import { expect, it } from 'vitest'
import {
  entryBytes,
  formatReport,
  type JsonObject,
  type Report,
  verifyExport,
  writeExport,
} from '../../recorder/index.ts'
import {
  checkpointOf,
  makeEscrow,
  makeFolder,
  openedAt,
  origin,
  sealedRecording,
  sessionA,
  sessionB,
  signer,
  trust,
} from './sample.ts'

const seal = 'ab'.repeat(32)
const sealed = (session: string, digest = seal): Entry => ({
  type: 'session.recording_sealed',
  data: { session, seal: digest, status: 'complete', channels: 1, frames: 3 },
})
const deleted = (session: string, change: JsonObject = {}): Entry => ({
  type: 'recording.deleted',
  data: { session, seal, proposedBy: 'per_one', confirmedBy: 'per_two', deletion: 'dln_1', ...change },
})
const confirmed = (change: JsonObject = {}): Entry => ({
  type: 'evidence.deletion_confirmed',
  data: { deletion: 'dln_1', by: 'per_two', proposedBy: 'per_one', sessions: [sessionA], ...change },
})
interface Entry {
  readonly type: string
  readonly data: JsonObject
}

/** An export of a ledger that says this, with these recordings in it. */
async function verified(entries: readonly Entry[], recordings: readonly string[] = []): Promise<Report> {
  const bytes = entries.map(({ type, data }, n) => entryBytes({ v: 1, at: openedAt + n, type, data }))
  const out = join(makeFolder(), 'export')
  await writeExport({
    out,
    signer,
    header: { origin, createdAt: openedAt, purpose: 'audit', scope: { version: '1', covered: 'all', notCovered: [] } },
    ledger: { entries: bytes, checkpoint: checkpointOf(bytes, signer) },
    recordings: recordings.map((dir) => ({ dir })),
    disclosures: [],
  })
  return verifyExport(out, trust)
}
const faultsOf = (report: Report) => report.findings.filter(({ holds }) => !holds)

it('says when a recording was deleted, by whom, and which seal it had, and holds', async () => {
  const report = await verified([sealed(sessionA), confirmed(), deleted(sessionA)])
  expect(faultsOf(report)).toEqual([])
  expect(report.deleted).toEqual([
    { session: sessionA, at: openedAt + 2, seal, proposedBy: 'per_one', confirmedBy: 'per_two', entry: 2 },
  ])
  const day = new Date(openedAt + 2).toISOString()
  expect(formatReport(report)).toContainEqual(
    `holds  recordings/${sessionA}: deleted on ${day} by \`per_one\` and \`per_two\`, its seal digest was \`${seal}\` (ledger entry 2)`,
  )
})

it.each([
  ['by one person alone', [sealed(sessionA), deleted(sessionA, { confirmedBy: 'per_one' })]],
  [
    'with another seal than the ledger has',
    [sealed(sessionA), confirmed(), deleted(sessionA, { seal: 'cd'.repeat(32) })],
  ],
  ['that the ledger never saw sealed', [sealed(sessionB), confirmed(), deleted(sessionA)]],
  ['twice', [sealed(sessionA), confirmed(), deleted(sessionA), deleted(sessionA)]],
  ['that no entry says was confirmed', [sealed(sessionA), deleted(sessionA)]],
  ['that another one confirmed', [sealed(sessionA), confirmed({ by: 'per_three' }), deleted(sessionA)]],
  ['when another one was confirmed', [sealed(sessionA), confirmed({ sessions: [sessionB] }), deleted(sessionA)]],
  ['before its day', [sealed(sessionA), confirmed(), deleted(sessionA, { keptUntil: openedAt + 99 })]],
  ['without saying which seal it had', [sealed(sessionA), deleted(sessionA, { seal: null })]],
])('does not hold for one deleted %s', async (_, entries) => {
  const report = await verified(entries)
  expect(report.holds).toBe(false)
  expect(faultsOf(report)).toHaveLength(1)
})

it('does not hold where a deleted recording is there all the same', async () => {
  const { recording, sealed: result } = await sealedRecording(makeFolder(), await makeEscrow())
  const { sealDigest, channels, frames } = result
  const entries = [
    { type: 'session.recording_started', data: { session: sessionA, manifest: recording.manifestDigest } },
    {
      type: 'session.recording_sealed',
      data: { session: sessionA, seal: sealDigest, status: 'complete', channels, frames },
    },
  ]
  expect(faultsOf(await verified(entries, [recording.dir]))).toEqual([])
  const report = await verified([...entries, confirmed(), deleted(sessionA, { seal: sealDigest })], [recording.dir])
  expect(faultsOf(report)).toEqual([
    { where: `recordings/${sessionA}`, holds: false, what: 'ledger entry 3 says it was deleted, and it is here' },
  ])
})

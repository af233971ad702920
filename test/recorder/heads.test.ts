// Heads written to the ledger while a recording ran: whoever holds the signing key can seal anew what is left of a
// recording, and can not take back what the ledger said of it before.

import { dirname, join } from 'node:path'
import { readFileSync, truncateSync } from 'node:fs'
import { rm } from 'node:fs/promises'

import { describe, expect, it } from 'vitest'

import {
  entryBytes,
  type Recording,
  type Report,
  sealInterrupted,
  unwrapSessionKey,
  verifyExport,
  writeExport,
} from '../../recorder/index.ts'
import {
  checkpointOf,
  makeEscrow,
  makeFolder,
  openedAt,
  openRecording,
  origin,
  sessionA,
  signer,
  trust,
} from './sample.ts'

const header = {
  origin,
  createdAt: openedAt,
  purpose: 'surveillance audit',
  scope: { version: '1', covered: 'plant 1', notCovered: [] },
}
const faultsOf = (report: Report) =>
  report.findings.filter(({ holds }) => !holds).map(({ where, what }) => `${where}: ${what}`)
const entry = (type: string, data: object) =>
  entryBytes({ v: 1, at: openedAt, type, data: { session: sessionA, ...data } })

function headEntry(recording: Recording, change: (head: object) => object = (head) => head) {
  const streams = recording.heads().map((head, channel) => change({ channel, ...head }))
  return entry('session.recording_head', { streams })
}

/** Half of a terminal session, a head, the other half; `finish` seals it, and gives what the ledger then says. */
async function exportWith(
  finish: (recording: Recording) => Promise<{ sealDigest: string; status: string; channels: number; frames: number }>,
  change?: (head: object) => object,
): Promise<Report> {
  const folder = makeFolder()
  const escrow = await makeEscrow()
  const recording = await openRecording(folder, escrow)
  const terminal = recording.openChannel({ kind: 'pty', cols: 80, rows: 24 })
  const entries = [entry('session.recording_started', { manifest: recording.manifestDigest }), headEntry(recording)]
  for (let i = 0; i < 5; i++) terminal.data('out', Buffer.from(`line ${i}\r\n`))
  entries.push(headEntry(recording, change))
  for (let i = 5; i < 9; i++) terminal.data('out', Buffer.from(`line ${i}\r\n`))
  const { sealDigest: seal, status, channels, frames } = await finish(recording)
  entries.push(entry('session.recording_sealed', { seal, status, channels, frames }))
  const out = join(folder, 'export')
  const ledger = { entries, checkpoint: checkpointOf(entries, signer) }
  const key = await unwrapSessionKey(recording.dir, [escrow.identity])
  await writeExport({ out, signer, header, ledger, recordings: [{ dir: recording.dir, key }], disclosures: [] })
  return verifyExport(out, trust)
}

const asUsual = (recording: Recording) => recording.seal({ status: 'complete', reason: 'client' })

/** What a holder of the signing key can do: cut the stream, and seal the rest as if the gateway had died there. */
const cutAfter = (frames: number) => async (recording: Recording) => {
  await asUsual(recording)
  const stream = join(recording.dir, '0000.stream')
  const lengths = [121]
  const bytes = readFileSync(stream)
  for (let at = 121; at < bytes.length; at += 4 + bytes.readUInt32BE(at)) lengths.push(at + 4 + bytes.readUInt32BE(at))
  truncateSync(stream, lengths[frames] ?? 0)
  await rm(join(recording.dir, 'seal'))
  const outcome = await sealInterrupted({
    root: dirname(recording.dir),
    sessionId: sessionA,
    signer,
    now: () => openedAt,
  })
  if (outcome.kind !== 'sealed') throw new Error(`not sealed: ${outcome.kind}`)
  return outcome
}

describe('heads in the ledger', () => {
  it('hold for the recording they were taken of', async () => {
    const report = await exportWith(asUsual)
    expect(faultsOf(report)).toEqual([])
    expect(report.findings).toContainEqual(
      expect.objectContaining({ holds: true, what: '2 heads written to the ledger while it ran' }),
    )
  })

  it('tell of a recording that was cut before them and sealed anew with the right key', async () => {
    const report = await exportWith(cutAfter(3))
    expect(faultsOf(report)).toEqual([
      expect.stringMatching(/0000\.stream: ledger entry 2 has a head after 6 frames, and 3 are/),
    ])
  })

  it('cannot tell of what was cut after the last of them', async () => {
    expect(faultsOf(await exportWith(cutAfter(8)))).toEqual([])
  })

  it('are compared in frames, length and digest', async () => {
    const other = (head: object) => ({ ...head, head: 'ab'.repeat(32) })
    expect(faultsOf(await exportWith(asUsual, other))).toEqual([expect.stringMatching(/another head after 6 frames/)])
    const longer = (head: object) => ({ ...head, length: 5 })
    expect(faultsOf(await exportWith(asUsual, longer))).toEqual([expect.stringMatching(/another head after 6 frames/)])
  })

  it('must be of streams that are there, and say what a head says', async () => {
    const elsewhere = (head: object) => ({ ...head, channel: 7 })
    expect(faultsOf(await exportWith(asUsual, elsewhere))).toEqual([
      expect.stringMatching(/the ledger has heads of stream 0007, and the seal has no such stream/),
    ])
    const nothing = () => ({ channel: 0 })
    expect(faultsOf(await exportWith(asUsual, nothing))).toEqual([expect.stringMatching(/entry 2: expected heads/)])
  })
})

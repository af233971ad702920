// One bit of every byte of a small export is flipped, one after the other, and every flip is found: as it was handed over,
// and again behind a MANIFEST that a holder of the trusted key made to fit. `EVERY_BIT=1` flips all eight of each.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { entryBytes, unwrapSessionKey, verifyExport, writeExport } from '../../recorder/index.ts'
import { filesIn, resign } from './resign.ts'
import { checkpointOf, makeEscrow, openedAt, openRecording, origin, sessionA, signer, trust } from './sample.ts'

const root = mkdtempSync(join(tmpdir(), 'sallyport-mutation-'))
const dir = join(root, 'export')
afterAll(() => rmSync(root, { recursive: true }))

/** One session with one command, and the two entries about it: each kind of file there is, as short as it gets. */
beforeAll(async () => {
  const escrow = await makeEscrow()
  const recording = await openRecording(root, escrow)
  const channel = recording.openChannel({ kind: 'exec', command: 'plc-read' })
  channel.data('out', Buffer.from('coil 1 on\n'))
  channel.exit({ code: 0 })
  const { sealDigest: seal, status, channels, frames } = await recording.seal({ status: 'complete', reason: 'client' })
  const started = { session: sessionA, manifest: recording.manifestDigest }
  const sealed = { session: sessionA, status, seal, channels, frames }
  const entries = [
    entryBytes({ v: 1, at: openedAt, type: 'session.recording_started', data: started }),
    entryBytes({ v: 1, at: openedAt, type: 'session.recording_sealed', data: sealed }),
  ]
  const scope = { version: '1', covered: 'line 1', notCovered: [] }
  await writeExport({
    out: dir,
    signer,
    header: { origin, createdAt: openedAt, purpose: 'audit', scope },
    ledger: { entries, checkpoint: checkpointOf(entries, signer) },
    recordings: [{ dir: recording.dir, key: await unwrapSessionKey(recording.dir, [escrow.identity]) }],
    disclosures: [],
  })
})

/** The files of the export, as a table needs them before it is made. */
const files = [
  'MANIFEST',
  `casts/${sessionA}.0000.cast`,
  'disclosures.json',
  'export.json',
  `keys/${sessionA}`,
  'ledger/checkpoint',
  'ledger/tile/0/000.p/2',
  'ledger/tile/entries/000.p/2',
  ...['0000.stream', 'key.age', 'manifest.json', 'seal'].map((name) => `recordings/${sessionA}/${name}`),
]

/** Which bits of the byte at `at` are flipped: another one from byte to byte, or all. */
const bitsAt = (at: number): readonly number[] =>
  process.env['EVERY_BIT'] === '1' ? [0, 1, 2, 3, 4, 5, 6, 7] : [(at * 5) % 8]

/** The offsets whose flip was not found. */
async function unnoticed(path: string, settle: () => void): Promise<string[]> {
  const whole = readFileSync(join(dir, path))
  const missed: string[] = []
  for (let at = 0; at < whole.length; at++)
    for (const bit of bitsAt(at)) {
      const changed = Buffer.from(whole)
      changed[at] = (whole[at] ?? 0) ^ (1 << bit)
      writeFileSync(join(dir, path), changed)
      settle()
      if ((await verifyExport(dir, trust)).holds) missed.push(`${path}: byte ${at}, bit ${bit}`)
    }
  writeFileSync(join(dir, path), whole)
  settle()
  expect((await verifyExport(dir, trust)).holds).toBe(true)
  return missed
}

describe('every byte of an export', () => {
  it('is in one of these files', () => {
    expect(filesIn(dir)).toEqual(files)
  })

  it.each(files)('counts: %s', { timeout: 600_000 }, async (path) => {
    expect(await unnoticed(path, () => undefined)).toEqual([])
  })

  // What export.json says of purpose and time rests on the signature of MANIFEST, and on nothing else.
  const held = files.filter((path) => path !== 'MANIFEST' && path !== 'export.json')
  it.each(held)('counts behind a MANIFEST signed anew: %s', { timeout: 600_000 }, async (path) => {
    expect(await unnoticed(path, () => resign(dir))).toEqual([])
  })
})

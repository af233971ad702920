// Writing an export: it is whole and verifies, or it is not there.

import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { entryBytes, formatReport, verifyExport, writeExport } from '../../recorder/index.ts'
import {
  checkpointOf,
  disclosureOf,
  makeEscrow,
  makeExport,
  makeFolder,
  openedAt,
  openRecording,
  origin,
  sealedRecording,
  sessionA,
  sessionB,
  signer,
  trust,
} from './sample.ts'
import { filesIn } from './resign.ts'

const entries = [entryBytes({ v: 1, at: 1, type: 'gateway.noted', data: {} })]
const header = { origin, createdAt: 1, purpose: 'audit', scope: { version: '1', covered: 'line 1', notCovered: [] } }
const base = {
  signer,
  header,
  ledger: { entries, checkpoint: checkpointOf(entries, signer) },
  recordings: [],
  disclosures: [],
}

describe('an export', () => {
  it('verifies, and its report says what it covers and what not', async () => {
    const { dir } = await makeExport(makeFolder(), { sessions: [sessionB, sessionA] })
    const report = await verifyExport(dir, trust)
    expect(report.findings.filter(({ holds }) => !holds)).toEqual([])
    expect(report).toMatchObject({
      holds: true,
      header: {
        origin,
        purpose: 'surveillance audit',
        scope: { version: '2026-1', notCovered: ['safety systems', 'office IT'] },
      },
      ledger: { size: 7 },
      recordings: [sessionB, sessionA]
        .sort()
        .map((session) => ({ session, holds: true, status: 'complete', decrypted: true })),
    })
    const lines = formatReport(report)
    expect(lines).toContain('  - `safety systems`')
    expect(lines).toContain(`holds  recording ${sessionA}: complete (client), 2 channels, 15 frames`)
    expect(lines.at(-1)).toBe('VERIFIED: everything holds')
    expect(JSON.parse(JSON.stringify(report))).toEqual(report)
  })

  it('has the files FORMAT.md names, private, with the recordings byte for byte', async () => {
    const { dir, recordings } = await makeExport(makeFolder())
    expect(filesIn(dir)).toEqual([
      'MANIFEST',
      `casts/${sessionA}.0000.cast`,
      `casts/${sessionA}.0001.cast`,
      'disclosures.json',
      'export.json',
      `keys/${sessionA}`,
      'ledger/checkpoint',
      'ledger/tile/0/000.p/5',
      'ledger/tile/entries/000.p/5',
      `recordings/${sessionA}/0000.stream`,
      `recordings/${sessionA}/0001.stream`,
      `recordings/${sessionA}/key.age`,
      `recordings/${sessionA}/manifest.json`,
      `recordings/${sessionA}/seal`,
    ])
    for (const name of readdirSync(join(recordings, sessionA)))
      expect(
        readFileSync(join(dir, 'recordings', sessionA, name)).equals(readFileSync(join(recordings, sessionA, name))),
      ).toBe(true)
    for (const path of filesIn(dir)) expect(statSync(join(dir, path)).mode & 0o777).toBe(0o600)
  })

  it('can be checked with sha256sum', async () => {
    const { dir } = await makeExport(makeFolder())
    const checked = execFileSync('sha256sum', ['-c', 'MANIFEST'], {
      cwd: dir,
      stdio: ['ignore', 'pipe', 'ignore'],
    }).toString()
    expect(checked.trim().split('\n')).toHaveLength(13)
    expect(checked).not.toContain('FAILED')
  })

  it('verifies without the key of a recording, and says that its content was not looked at', async () => {
    const folder = makeFolder()
    const { recording, sealed } = await sealedRecording(folder, await makeEscrow())
    const { sealDigest: seal, ...counts } = sealed
    const ledger = [
      entryBytes({ v: 1, at: 1, type: 'session.recording_sealed', data: { session: sessionA, seal, ...counts } }),
    ]
    const dir = join(folder, 'export')
    await writeExport({
      ...base,
      out: dir,
      ledger: { entries: ledger, checkpoint: checkpointOf(ledger, signer) },
      recordings: [{ dir: recording.dir }],
    })
    const report = await verifyExport(dir, trust)
    expect(report).toMatchObject({ holds: true, recordings: [{ decrypted: false }] })
    expect(formatReport(report).join('\n')).toContain('content not decrypted: no key in the export')
  })

  it('of a ledger over several tiles verifies', async () => {
    const { dir } = await makeExport(makeFolder(), { sessions: [], padding: 700 })
    expect(filesIn(dir)).toContain('ledger/tile/1/000.p/2')
    expect(await verifyExport(dir, trust)).toMatchObject({ holds: true, ledger: { size: 700 } })
  })

  it('of an empty ledger verifies', async () => {
    const dir = join(makeFolder(), 'export')
    await writeExport({ ...base, out: dir, ledger: { entries: [], checkpoint: checkpointOf([], signer) } })
    expect(await verifyExport(dir, trust)).toMatchObject({ holds: true, ledger: { size: 0 } })
  })

  it('refuses to write over anything', async () => {
    const folder = makeFolder()
    mkdirSync(join(folder, 'empty'))
    writeFileSync(join(folder, 'file'), 'x')
    for (const name of ['empty', 'file'])
      await expect(writeExport({ ...base, out: join(folder, name) })).rejects.toMatchObject({ code: 'exists' })
    expect(readdirSync(folder).sort()).toEqual(['empty', 'file'])
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('x')
  })

  it.each([
    ['a ledger shorter than its checkpoint', { ledger: { ...base.ledger, entries: [] } }, 'ledger-inconsistent'],
    ['a checkpoint that is none', { ledger: { entries, checkpoint: Buffer.from('x') } }, 'invalid-argument'],
    ['another origin', { header: { ...header, origin: 'plant2.example/ledger' } }, 'invalid-argument'],
    ['no purpose', { header: { ...header, purpose: ' ' } }, 'invalid-argument'],
    ['no scope version', { header: { ...header, scope: { ...header.scope, version: '' } } }, 'invalid-argument'],
    ['a disclosure that opens nothing', { disclosures: [{ ...disclosureOf('a'), value: 'b' }] }, 'invalid-argument'],
    ['a folder that is no recording', { recordings: [{ dir: '/tmp' }] }, 'invalid-argument'],
  ])('is not written with %s, and leaves nothing behind', async (_, change, code) => {
    const folder = makeFolder()
    await expect(writeExport({ ...base, out: join(folder, 'export'), ...change })).rejects.toMatchObject({ code })
    expect(readdirSync(folder)).toEqual([])
  })

  it('is not written with a scope left out', async () => {
    const folder = makeFolder()
    const { scope: _left, ...rest } = header
    const options = { ...base, out: join(folder, 'export'), header: rest as typeof header }
    await expect(writeExport(options)).rejects.toMatchObject({ code: 'invalid-argument' })
    expect(readdirSync(folder)).toEqual([])
  })

  it('is not written of a live recording, nor of one twice', async () => {
    const folder = makeFolder()
    const { dir } = await openRecording(folder, await makeEscrow())
    const out = join(folder, 'export')
    await expect(writeExport({ ...base, out, recordings: [{ dir }] })).rejects.toMatchObject({ code: 'not-sealed' })
    await expect(writeExport({ ...base, out, recordings: [{ dir }, { dir }] })).rejects.toMatchObject({
      code: 'invalid-argument',
    })
  })

  it('takes a damaged recording with it as it is: verifying tells what is wrong with which one', async () => {
    const folder = makeFolder()
    const escrow = await makeEscrow()
    const sessions = [sessionA, sessionB]
    const made = []
    for (const session of sessions) made.push({ session, ...(await sealedRecording(folder, escrow, session)) })
    const ledger = made.map(({ session, sealed: { sealDigest: seal, ...counts } }) =>
      entryBytes({ v: 1, at: openedAt, type: 'session.recording_sealed', data: { session, seal, ...counts } }),
    )
    const stream = join(folder, sessionA, '0000.stream')
    const bytes = readFileSync(stream)
    bytes[400] = (bytes[400] ?? 0) ^ 1
    writeFileSync(stream, bytes)
    // Neither is read nor followed.
    rmSync(join(folder, sessionA, '0001.stream'))
    symlinkSync('/dev/zero', join(folder, sessionA, '0001.stream'))
    const out = join(folder, 'export')
    await writeExport({
      ...base,
      out,
      ledger: { entries: ledger, checkpoint: checkpointOf(ledger, signer) },
      recordings: made.map(({ recording, key }) => ({ dir: recording.dir, key })),
    })
    const report = await verifyExport(out, trust)
    expect(report.recordings.map(({ session, holds }) => ({ session, holds }))).toEqual([
      { session: sessionB, holds: true },
      { session: sessionA, holds: false },
    ])
    expect(report.findings.filter(({ holds }) => !holds).map(({ where }) => where)).toEqual(
      expect.arrayContaining([`recordings/${sessionA}/0000.stream`, `recordings/${sessionA}/0001.stream`]),
    )
  })
})

// `sallyport verify` as an auditor runs it: an export, a trust file, nothing else.

import { createHash, createPublicKey } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { entryBytes, sealInterrupted, trustText, unwrapSessionKey, writeExport } from '../../../recorder/index.ts'
import {
  checkpointOf,
  fillRecording,
  makeEscrow,
  makeExport,
  makeFolder,
  openedAt,
  openRecording,
  origin,
  sessionA,
  signer,
  signerOf,
} from '../../recorder/sample.ts'
import { sallyport, sallyportProcess } from './run-sallyport.ts'

interface Evidence {
  readonly dir: string
  readonly trust: string
}

async function evidence(trustName = 'export.trust.json'): Promise<Evidence> {
  const { dir } = await makeExport(makeFolder())
  const trust = join(dirname(dir), trustName)
  writeFileSync(trust, trustText(origin, [signer.vkey]))
  return { dir, trust }
}

function flip(path: string): void {
  const bytes = readFileSync(path)
  const at = Math.floor(bytes.length / 2)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(path, bytes)
}

describe('sallyport verify', () => {
  it('says of an intact export that everything holds, and whom it trusted', async () => {
    const { dir, trust } = await evidence()
    const { status, stdout, stderr } = await sallyportProcess(['verify', dir, '--trust', trust])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout.split('\n').slice(0, 2)).toEqual([`TRUST  ${trust}`, `       key ${signer.vkey}`])
    expect(stdout).toContain('not covered:\n  - `safety systems`')
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('VERIFIED: everything holds')
  })

  it('tells of entries whose type or data it does not know, which is no fault', async () => {
    const { dir, trust } = await evidence()
    const json = await sallyport(['verify', dir, '--trust', trust, '--json'])
    const kinds = [{ type: 'gateway.noted', of: 'type', entries: 3, first: 0, faults: [] }]
    expect(JSON.parse(json.stdout)).toMatchObject({ holds: true, unknown: { entries: 3, kinds } })
    const { status, stdout } = await sallyport(['verify', dir, '--trust', trust])
    expect(status).toBe(0)
    expect(stdout).toContain('`gateway.noted`: unknown type, 3 entries, the first is 0\n')
  })

  it('shows the fingerprint of the public key in its usual form, so that it can be compared with the key file', async () => {
    const { dir, trust } = await evidence()
    const { stdout } = await sallyport(['verify', dir, '--trust', trust])
    const raw = Buffer.from(signer.vkey.slice(signer.name.length + 10), 'base64').subarray(1)
    const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw])
    const pem = `-----BEGIN PUBLIC KEY-----\n${spki.toString('base64')}\n-----END PUBLIC KEY-----\n`
    const der = createPublicKey(pem).export({ type: 'spki', format: 'der' })
    expect(stdout).toContain(`fingerprint sha256:${createHash('sha256').update(der).digest('hex')}\n`)
  })

  it.each(['export.trust.json', 'trust.json', 'trust-2026.json'])(
    'finds %s beside the export, and says loudly that it was not given',
    async (name) => {
      const { dir, trust } = await evidence(name)
      const { status, stdout } = await sallyport(['verify', dir])
      expect(status).toBe(0)
      expect(stdout).toContain(`TRUST  ${trust} (found beside the export, not given)`)
      expect(stdout).toContain('Whoever wrote the export may have written this file too')
    },
  )

  it('does not choose between two trust files', async () => {
    const { dir } = await evidence('trust-a.json')
    writeFileSync(join(dirname(dir), 'trust-b.json'), trustText(origin, [signerOf(2).vkey]))
    const { status, stderr } = await sallyport(['verify', dir])
    expect(status).toBe(2)
    expect(stderr).toContain('2 stand beside the export (trust-a.json, trust-b.json): choose with --trust FILE')
  })

  it('asks for a trust file where there is none', async () => {
    const { dir, trust } = await evidence()
    rmSync(trust)
    const { status, stderr } = await sallyport(['verify', dir])
    expect(status).toBe(1)
    expect(stderr).toContain('get it from the gateway\u2019s operator and give it with --trust FILE')
  })

  it.each([
    'MANIFEST',
    'export.json',
    'disclosures.json',
    'ledger/checkpoint',
    'ledger/tile/entries/000.p/5',
    `recordings/${sessionA}/0000.stream`,
    `recordings/${sessionA}/seal`,
    `casts/${sessionA}.0000.cast`,
    `keys/${sessionA}`,
  ])('rejects the export after one bit of %s was changed, and names it', async (path) => {
    const { dir, trust } = await evidence()
    flip(join(dir, path))
    const { status, stdout } = await sallyport(['verify', dir, '--trust', trust])
    expect(status).toBe(1)
    expect(stdout).toMatch(/^NOT VERIFIED: \d+ of \d+ findings fail$/m)
    expect(stdout.split('\n').filter((line) => line.startsWith(`FAILS  ${path}:`))).not.toEqual([])
  })

  it('exits 1 as a command after one bit was changed', async () => {
    const { dir, trust } = await evidence()
    flip(join(dir, `recordings/${sessionA}/0001.stream`))
    const { status, stdout } = await sallyportProcess(['verify', dir, '--trust', trust])
    expect(status).toBe(1)
    expect(stdout).toContain('NOT VERIFIED')
  })

  it('rejects an export signed by somebody else', async () => {
    const { dir, trust } = await evidence()
    writeFileSync(trust, trustText(origin, [signerOf(2).vkey]))
    const { status, stdout } = await sallyport(['verify', dir, '--trust', trust])
    expect(status).toBe(1)
    expect(stdout).toMatch(/^FAILS  MANIFEST: signature by .*, which is not a trusted key$/m)
  })

  it('gives the report as one JSON document', async () => {
    const { dir, trust } = await evidence()
    flip(join(dir, 'export.json'))
    const { status, stdout, stderr } = await sallyport(['verify', dir, '--trust', trust, '--json'])
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({
      format: 'sallyport-report/v1',
      holds: false,
      trust: { file: trust, given: true, origin, keys: [{ vkey: signer.vkey }] },
    })
  })

  it('accepts an interrupted recording that is intact, with a note', async () => {
    const folder = makeFolder()
    const escrow = await makeEscrow()
    const recording = await openRecording(folder, escrow)
    fillRecording(recording)
    const sealed = await sealInterrupted({ root: folder, sessionId: sessionA, signer, now: () => openedAt })
    if (sealed.kind !== 'sealed') throw new Error(sealed.kind)
    const { sealDigest: seal, status: state, channels, frames } = sealed
    const data = { session: sessionA, seal, status: state, channels, frames }
    const entries = [
      { type: 'session.recording_started', data: { session: sessionA, manifest: recording.manifestDigest } },
      { type: 'session.recording_sealed', data },
    ].map(({ type, data: given }) => entryBytes({ v: 1, at: openedAt, type, data: given }))
    const out = join(folder, 'export')
    await writeExport({
      out,
      signer,
      header: {
        origin,
        createdAt: openedAt,
        purpose: 'audit',
        scope: { version: '1', covered: 'all', notCovered: [] },
      },
      ledger: { entries, checkpoint: checkpointOf(entries, signer) },
      recordings: [{ dir: recording.dir, key: await unwrapSessionKey(recording.dir, [escrow.identity]) }],
      disclosures: [],
    })
    writeFileSync(join(folder, 'trust.json'), trustText(origin, [signer.vkey]))
    const { status, stdout } = await sallyport(['verify', out])
    expect(status).toBe(0)
    expect(stdout).toContain('note: 1 recording was interrupted: what stands is intact up to there')
  })

  it.each<[string, string]>([
    ['not JSON', 'expected JSON'],
    ['{}', 'expected an object with the keys format, origin and keys'],
    [JSON.stringify({ format: 'sallyport-trust/v1', origin, keys: [] }), 'expected at least one verifier key'],
  ])('refuses the trust file %j', async (text, reason) => {
    const { dir, trust } = await evidence()
    writeFileSync(trust, text)
    const { status, stderr } = await sallyport(['verify', dir, '--trust', trust])
    expect(status).toBe(1)
    expect(stderr).toContain(reason)
    expect(stderr).toContain('give the one you got from the gateway\u2019s operator')
  })

  it('says so when there is no export, or a file in its place', async () => {
    const { dir, trust } = await evidence()
    expect((await sallyport(['verify', `${dir}-not`])).stderr).toContain('give the folder of an export')
    expect((await sallyport(['verify', trust])).stderr).toContain('expected a folder, got a file: unpack it first')
  })
})

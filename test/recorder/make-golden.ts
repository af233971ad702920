// Makes the golden files of the current format version, once: `node test/recorder/make-golden.ts`. Session keys and age
// files are random, so making them again gives other bytes; those that are committed stay, for every later reader must
// still verify and replay them. A new version of FORMAT.md gets a folder of its own beside them.

import { mkdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import {
  commitment,
  entryBytes,
  sealInterrupted,
  trustText,
  unwrapSessionKey,
  writeExport,
} from '../../recorder/index.ts'
import {
  checkpointOf,
  fillRecording,
  makeEscrow,
  openedAt,
  openRecording,
  origin,
  sealedRecording,
  sessionA,
  sessionB,
  signer,
} from './sample.ts'

const golden = fileURLToPath(new URL('../vectors/recorder/v1', import.meta.url))
const root = await mkdtemp(join(tmpdir(), 'sallyport-golden-'))
const escrow = await makeEscrow()

const { recording, sealed, key } = await sealedRecording(root, escrow, sessionA)
const left = await openRecording(root, escrow, { session: sessionB })
fillRecording(left)
await left.sync()
writeFileSync(join(left.dir, '0001.stream'), 'torn', { flag: 'a' })
const prefix = await sealInterrupted({ root, sessionId: sessionB, signer, now: () => openedAt + 60_000 })
if (prefix.kind !== 'sealed') throw new Error(`expected a sealed recording, got ${prefix.kind}`)

const salt = Buffer.alloc(32, 7)
const reason = 'line stands, drive faulty'
const entries = [
  { type: 'gateway.started', data: { version: '0.1.0' } },
  { type: 'session.recording_started', data: { session: sessionA, manifest: recording.manifestDigest } },
  {
    type: 'session.recording_sealed',
    data: { session: sessionA, seal: sealed.sealDigest, status: sealed.status, channels: 2, frames: sealed.frames },
  },
  { type: 'grant.revoked', data: { reason: commitment(salt, reason) } },
  {
    type: 'session.recording_sealed',
    data: { session: sessionB, seal: prefix.sealDigest, status: prefix.status, channels: 2, frames: prefix.frames },
  },
].map(({ type, data }, i) => entryBytes({ v: 1, at: openedAt + i, type, data }))

mkdirSync(golden, { recursive: true })
await writeExport({
  out: join(golden, 'export'),
  signer,
  header: {
    origin,
    createdAt: openedAt + 120_000,
    purpose: 'golden files of format version 1',
    scope: { version: '2026-1', covered: 'remote access to line 1 of plant 1', notCovered: ['safety systems'] },
  },
  ledger: { entries, checkpoint: checkpointOf(entries, signer) },
  recordings: [
    { dir: recording.dir, key },
    { dir: left.dir, key: await unwrapSessionKey(left.dir, [escrow.identity]) },
  ],
  disclosures: [{ commitment: commitment(salt, reason), salt, value: reason }],
})
writeFileSync(join(golden, 'trust.json'), trustText(origin, [signer.vkey]))
writeFileSync(join(golden, 'escrow.txt'), `${escrow.identity}\n`)
await rm(root, { recursive: true })

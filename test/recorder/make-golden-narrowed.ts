// Makes the golden files of narrowed exports (export format version 2), once: `node test/recorder/make-golden-narrowed.ts`. As with
// those of version 1, what is committed stays: every later verifier must still take it.

import { mkdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { commitment, entryBytes, inclusionProof, leafHash, trustText, writeExport } from '../../recorder/index.ts'
import { nodesForAppend } from '../../recorder/merkle.ts'
import { checkpointOf, makeEscrow, openedAt, origin, sealedRecording, sessionA, signer } from './sample.ts'

const golden = fileURLToPath(new URL('../vectors/recorder/v2-narrowed', import.meta.url))
const root = await mkdtemp(join(tmpdir(), 'sallyport-golden-'))
const { recording, sealed, key } = await sealedRecording(root, await makeEscrow(), sessionA)

const salt = Buffer.alloc(32, 7)
const reason = 'line stands, drive faulty'
const noted = Array.from({ length: 9 }, (_, n) => ({ type: 'gateway.noted', data: { n } }))
const entries = [
  ...noted,
  { type: 'session.recording_started', data: { session: sessionA, manifest: recording.manifestDigest } },
  {
    type: 'session.recording_sealed',
    data: { session: sessionA, seal: sealed.sealDigest, status: sealed.status, channels: 2, frames: sealed.frames },
  },
  { type: 'grant.revoked', data: { reason: commitment(salt, reason) } },
  ...noted,
].map(({ type, data }, i) => entryBytes({ v: 1, at: openedAt + i, type, data }))

const nodes = new Map<string, Uint8Array>()
const read = (level: number, index: number) => nodes.get(`${level}/${index}`)
entries.forEach((entry, at) => {
  for (const { level, index, hash } of nodesForAppend(at, leafHash(entry), read)) nodes.set(`${level}/${index}`, hash)
})
const kept = [noted.length, noted.length + 1, noted.length + 2]
const excerpt = kept.map((index) => ({
  index,
  entry: entries[index] ?? new Uint8Array(),
  proof: inclusionProof(index, entries.length, read),
}))

mkdirSync(golden, { recursive: true })
await writeExport({
  out: join(golden, 'export'),
  signer,
  header: {
    origin,
    createdAt: openedAt + 120_000,
    purpose: 'golden files of narrowed exports',
    scope: { version: '2026-1', covered: 'remote access to line 1 of plant 1', notCovered: [] },
    extent: {
      agreement: { id: 'parts', customer: 'Customer of line 1', reference: 'QA-2026-1', until: '2030-12-31' },
      entries: 'excerpt',
      leftOut: [{ why: 'entry not covered by the agreement', count: entries.length - kept.length }],
      plants: ['north'],
    },
  },
  ledger: { entries: { excerpt }, checkpoint: checkpointOf(entries, signer) },
  recordings: [{ dir: recording.dir, key }],
  disclosures: [{ commitment: commitment(salt, reason), salt, value: reason }],
})
writeFileSync(join(golden, 'trust.json'), trustText(origin, [signer.vkey]))
await rm(root, { recursive: true })

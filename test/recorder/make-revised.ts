// Makes the golden files of format v1 as it was revised, once: `node test/recorder/make-revised.ts`. Two folders: `v1-revised`,
// whose ledger has had a change of keys, deletions, cosignatures and timestamps, and `v1-loss`, whose ledger goes on from one
// that was restored too old. Those that are committed stay (see make-golden.ts). Needs openssl, for the timestamp.

import { createPrivateKey, type KeyObject } from 'node:crypto'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import {
  commitment,
  cosignerFrom,
  entryBytes,
  FileRecord,
  inclusionProof,
  type JsonObject,
  leafHash,
  nodesForAppend,
  parseNote,
  type Recording,
  type Signer,
  signCheckpoint,
  TileTree,
  trustTextOf,
  unwrapSessionKey,
  writeExport,
  writeProof,
} from '../../recorder/index.ts'
import { timestampRequest } from '../../recorder/timestamp/token.ts'
import { makeTimeAuthority } from '../support/time-authority.ts'
import { makeEscrow, openedAt, openRecording, origin, sessionA, sessionB, signerOf } from './sample.ts'

const vectors = fileURLToPath(new URL('../vectors/recorder', import.meta.url))
const [old, fresh, second] = [signerOf(1), signerOf(2), signerOf(3, `${origin}/2`)]
const gone = 'ses_0000000000000000000000000c'
const salt = Buffer.alloc(32, 7)
const told = 'line stands, drive faulty'
const scope = { version: '2026-2', covered: 'remote access to line 1 of plant 1', notCovered: ['safety systems'] }

interface Entry {
  readonly type: string
  readonly data: JsonObject
}
const bytesOf = (entries: readonly Entry[]): Buffer[] =>
  entries.map(({ type, data }, i) => entryBytes({ v: 1, at: openedAt + i, type, data }))

function treeOf(entries: readonly Uint8Array[]): TileTree {
  const tree = new TileTree()
  for (const entry of entries) tree.append(entry)
  return tree
}

function checkpointOf(name: string, entries: readonly Uint8Array[], by: readonly Signer[]): Buffer {
  const tree = treeOf(entries)
  return signCheckpoint({ origin: name, size: tree.size, root: tree.root(), extensions: [] }, by)
}

/** A witness's key that is the same in every run. */
function witnessKey(seed: number, kind: 'ed25519' | 'ml-dsa-44'): KeyObject {
  // RFC 8410 section 7; RFC 9881 section 6, the seed alone.
  const prefix =
    kind === 'ed25519' ? '302e020100300506032b657004220420' : '3034020100300b060960864801650304031104228020'
  const key = Buffer.concat([Buffer.from(prefix, 'hex'), Buffer.alloc(32, seed)])
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' })
}
const witnesses = [
  cosignerFrom('one.example', witnessKey(11, 'ed25519')),
  cosignerFrom('two.example', witnessKey(12, 'ml-dsa-44')),
]

const started = (session: string, { manifestDigest: manifest }: Recording): Entry => ({
  type: 'session.recording_started',
  data: { session, manifest },
})
const headOf = (session: string, recording: Recording): Entry => ({
  type: 'session.recording_head',
  data: { session, streams: recording.heads().map((head, channel) => ({ channel, ...head })) },
})
async function sealedAs(type: string, session: string, recording: Recording, more: JsonObject = {}): Promise<Entry> {
  const { sealDigest: seal, status, channels, frames } = await recording.seal({ status: 'complete', reason: 'client' })
  return { type, data: { session, seal, status, channels, frames, ...more } }
}

async function makeRevised(folder: string): Promise<void> {
  const out = join(vectors, 'v1-revised')
  mkdirSync(out, { recursive: true })
  const escrow = await makeEscrow()
  const entries: Entry[] = [{ type: 'gateway.started', data: { version: '0.2.0' } }]

  // A terminal with a password prompt, and a tunnel, while the ledger notes heads; sealed by the key that is retired later.
  const terminal = await openRecording(folder, escrow, { session: sessionA, by: old })
  entries.push(started(sessionA, terminal))
  const pty = terminal.openChannel({ kind: 'pty', term: 'xterm-256color', cols: 100, rows: 30 })
  const tunnel = terminal.openChannel({ kind: 'raw', to: 'opc-1:4840' })
  pty.data('out', Buffer.from('ews-1$ '))
  pty.data('in', Buffer.from('sudo plc-write coil 1 on\r'))
  pty.data('out', Buffer.from('sudo plc-write coil 1 on\r\n[sudo] password for service: '))
  pty.masked(13)
  tunnel.data('in', Buffer.from([0x48, 0x45, 0x4c, 0x46, 0x00, 0xff]))
  entries.push(headOf(sessionA, terminal))
  pty.data('out', Buffer.from('\r\ncoil 1: on\r\n'))
  tunnel.data('out', Buffer.from([0x41, 0x43, 0x4b, 0x46, 0x80]))
  pty.resize(120, 40)
  entries.push(headOf(sessionA, terminal))
  pty.exit({ code: 0 })
  for (const channel of [pty, tunnel]) channel.close()
  entries.push(await sealedAs('session.recording_sealed', sessionA, terminal))
  entries.push({ type: 'grant.revoked', data: { reason: commitment(salt, told) } })

  const from = entries.length
  const rotation = { next: fresh.vkey, old: 'signs-along', previous: old.vkey, reason: commitment(salt, 'yearly') }
  entries.push({ type: 'ledger.key_rotated', data: rotation })

  // Two files, one of them broken off; sealed by the new key.
  const files = await openRecording(folder, escrow, { session: sessionB, by: fresh })
  entries.push(started(sessionB, files))
  const whole = new FileRecord(files, { path: '/plc/program.zip', direction: 'in' })
  whole.data(Buffer.from('PK\u0003\u0004 a program'))
  whole.data(Buffer.from(' in two pieces'))
  whole.end('whole')
  const broken = new FileRecord(files, { path: '/plc/backup.zip', direction: 'out' })
  broken.data(Buffer.from('PK\u0003\u0004 half'))
  entries.push(headOf(sessionB, files))
  broken.end('broken-off')
  entries.push(await sealedAs('session.recording_sealed', sessionB, files))

  const until = entries.length + 1
  entries.push({ type: 'ledger.key_retired', data: { key: old.vkey, reason: commitment(salt, 'yearly') } })

  // A recording that two people deleted after its day, and a value that was erased.
  const seal = 'ab'.repeat(32)
  entries.push({
    type: 'session.recording_sealed',
    data: { session: gone, seal, status: 'complete', channels: 1, frames: 3 },
  })
  entries.push({ type: 'evidence.deletion_confirmed', data: { deletion: 'dln_1', by: 'per_two' } })
  entries.push({
    type: 'recording.deleted',
    data: {
      session: gone,
      seal,
      proposedBy: 'per_one',
      confirmedBy: 'per_two',
      deletion: 'dln_1',
      retention: 'standard',
      keptUntil: openedAt - 1,
      bytes: 4711,
      reason: commitment(salt, 'past its day'),
    },
  })
  const erased = { erasure: 'era_1', part: 1, parts: 1, subject: { kind: 'commitment' } }
  entries.push({
    type: 'evidence.erased',
    data: { ...erased, commitments: [commitment(salt, 'a name')], proposedBy: 'per_one', by: 'per_two' },
  })

  const attestedSize = entries.length
  const attested = checkpointOf(origin, bytesOf(entries), [fresh])
  const authority = makeTimeAuthority(join(folder, 'authority'))
  const response = await authority.reply(timestampRequest(attested).request)
  copyFileSync(authority.ca, join(out, 'tsa-ca.pem'))
  entries.push({ type: 'evidence.exported', data: { purpose: commitment(salt, 'golden') } })

  const bytes = bytesOf(entries)
  const bare = checkpointOf(origin, bytes, [fresh])
  const note = parseNote(bare)
  if (note.kind === 'malformed') throw new Error(note.reason)
  const { text } = note.value
  const checkpoint = Buffer.concat([bare, ...witnesses.map((key) => Buffer.from(key.cosign(text, 1_767_225_700)))])
  await writeExport({
    out: join(out, 'export'),
    signer: fresh,
    header: { origin, createdAt: openedAt + 120_000, purpose: 'golden files of format version 1, revised', scope },
    ledger: { entries: bytes, checkpoint, timestamps: [{ size: attestedSize, name: 'one', note: attested, response }] },
    recordings: [
      { dir: terminal.dir, key: await unwrapSessionKey(terminal.dir, [escrow.identity]) },
      { dir: files.dir, key: await unwrapSessionKey(files.dir, [escrow.identity]) },
    ],
    disclosures: [{ commitment: commitment(salt, told), salt, value: told }],
  })
  const keys = [
    { vkey: old.vkey, from: 0, until },
    { vkey: fresh.vkey, from, until: null },
  ]
  writeFileSync(join(out, 'trust.json'), trustTextOf([{ origin, keys, end: null }]))
  writeFileSync(join(out, 'escrow.txt'), `${escrow.identity}\n`)
  const known = witnesses.map(({ vkey }, i) => `witness w${i + 1} ${vkey}`)
  writeFileSync(
    join(out, 'policy.txt'),
    [`log ${fresh.vkey}`, ...known, 'group both all w1 w2', 'quorum both\n'].join('\n'),
  )

  const nodes = new Map<string, Uint8Array>()
  const readNode = (level: number, index: number): Uint8Array | undefined => nodes.get(`${level}/${index}`)
  for (const [i, entry] of bytes.entries())
    for (const { level, index, hash } of nodesForAppend(i, leafHash(entry), readNode))
      nodes.set(`${level}/${index}`, hash)
  const index = from
  const proof = inclusionProof(index, bytes.length, readNode)
  writeFileSync(join(out, 'entry.tlog-proof'), writeProof({ index, proof, checkpoint, extra: null }))
  writeFileSync(join(out, 'entry.json'), bytes[index] ?? Buffer.alloc(0))
}

async function makeLoss(folder: string): Promise<void> {
  const out = join(vectors, 'v1-loss')
  mkdirSync(out, { recursive: true })
  const escrow = await makeEscrow()
  const kept: Entry[] = [
    { type: 'gateway.started', data: { version: '0.2.0' } },
    { type: 'grant.revoked', data: { reason: commitment(salt, told) } },
  ]
  const end = { size: kept.length, root: treeOf(bytesOf(kept)).root() }
  const lost = checkpointOf(origin, bytesOf([...kept, ...kept, ...kept]), [old]).toString('utf8')
  // Its entries were lost with the ledger; the recording was found on disk, sealed by the former key.
  const found = await openRecording(folder, escrow, { session: sessionA, by: old })
  const exec = found.openChannel({ kind: 'exec', command: 'plc-read --all' })
  exec.data('out', Buffer.from('coil 1 on\n'))
  exec.exit({ code: 0 })
  exec.close()
  const entries: Entry[] = [
    ...kept,
    {
      type: 'ledger.loss_declared',
      data: {
        key: second.vkey,
        lost: { note: lost, size: 6, witness: null },
        origin: second.name,
        previous: { key: old.vkey, origin, root: Buffer.from(end.root).toString('base64'), size: end.size },
        reason: commitment(salt, 'disk failed'),
        reference: commitment(salt, 'INC-1'),
      },
    },
    await sealedAs('session.recording_found', sessionA, found, { manifest: found.manifestDigest }),
    { type: 'gateway.started', data: { version: '0.2.0' } },
  ]
  const bytes = bytesOf(entries)
  await writeExport({
    out: join(out, 'export'),
    signer: second,
    header: { origin: second.name, createdAt: openedAt, purpose: 'golden files of a declared loss', scope },
    ledger: { entries: bytes, checkpoint: checkpointOf(second.name, bytes, [second]) },
    recordings: [{ dir: found.dir, key: await unwrapSessionKey(found.dir, [escrow.identity]) }],
    disclosures: [{ commitment: commitment(salt, told), salt, value: told }],
  })
  const always = (vkey: string) => [{ vkey, from: 0, until: null }]
  const ledgers = [
    { origin, keys: always(old.vkey), end },
    { origin: second.name, keys: always(second.vkey), end: null },
  ]
  writeFileSync(join(out, 'trust.json'), trustTextOf(ledgers))
  writeFileSync(join(out, 'escrow.txt'), `${escrow.identity}\n`)
}

const folder = await mkdtemp(join(tmpdir(), 'sallyport-golden-'))
await makeRevised(join(folder))
await makeLoss(await mkdtemp(join(folder, 'loss-')))
await rm(folder, { recursive: true })

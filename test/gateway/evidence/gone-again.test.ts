// A restored backup brings back what was erased and deleted after it was made. Where the lost entries are still published,
// declaring the loss does it again, and an auditor's verifier takes the proof for the entry that was lost.

import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, it } from 'vitest'

import { lookForGone, type GoneLook } from '../../../gateway/evidence/gone-again.ts'
import { declareLoss, lookForLoss } from '../../../gateway/evidence/loss.ts'
import { copyStore } from '../../../gateway/store/store-copy.ts'
import { openSqlite } from '../../../gateway/store/sqlite.ts'
import { openStore, type Store } from '../../../gateway/store/store.ts'
import {
  DeletedRecordings,
  parseVerifierKey,
  publishLedger,
  signCheckpoint,
  type JsonObject,
} from '../../../recorder/index.ts'
import type { Commitment, SessionId } from '../../../policy/index.ts'
import { handClock, ledgerOf } from '../../support/memory-store.ts'
import { openSessionScene, type SessionScene } from '../../support/session-scene.ts'
import { recordNow } from '../../support/recording-now.ts'
import { signerOf } from '../../recorder/sample-keys.ts'
import { idOf } from '../../support/ids.ts'

const origin = 'plant.example/ledger'
const signer = signerOf(3)

let folder: string
let scene: SessionScene
let restored: Store
let session: SessionId
let source: Commitment
let size: number
let published: string

function verifierOf(vkey: string) {
  const parsed = parseVerifierKey(vkey)
  if (parsed.kind === 'malformed') throw new Error(parsed.reason)
  return parsed.value
}

async function publish(): Promise<string> {
  const { evidence } = scene.store
  const held = await evidence.size()
  const root = await evidence.root(held)
  const note = signCheckpoint({ origin, size: held, root, extensions: [] }, [signer])
  await publishLedger(published, note, {
    hashes: (level, first, count) => evidence.hashes(level, first, count),
    entries: (first, until) => evidence.someEntries(first, until),
    root: (each) => evidence.root(each),
  })
  return note.toString('utf8')
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-gone-'))
  published = join(folder, 'published')
  scene = await openSessionScene({ file: join(folder, 'store') })
  const admission = await scene.admission().admit(scene.visitor, 'ews-1')
  if (admission.kind !== 'admitted') throw new Error(admission.text)
  session = admission.session.id
  recordNow(admission.session, { kind: 'exec', command: 'plc-read', terminal: null }).data('out', 'coil 1 on\n')
  admission.session.ending('client')
  await admission.session.closed()
  const started = (await ledgerOf(scene.store)).find(({ type }) => type === 'session.started')
  source = String(started?.data['source']) as Commitment
  size = await scene.store.evidence.size()
  await copyStore(join(folder, 'store'), join(folder, 'backup'))

  // After the backup two people erase a value and delete the recording; many more entries follow.
  const seal = (await scene.store.sessions.byId(session))?.seal ?? ''
  await scene.store.change(async (tx) => {
    const by = { proposedBy: scene.approver.id, by: scene.approver.id } as const
    const erasure = idOf.erasure('era_01h2xcejqtf2nbrexx3vqjhp41')
    const subject = { kind: 'commitment', commitment: source } as const
    await tx.ledger.append('evidence.erased', 1, {
      ...by,
      erasure,
      subject,
      part: 1,
      parts: 1,
      commitments: [source],
    })
    await tx.ledger.append('recording.deleted', 2, {
      session,
      deletion: idOf.deletion('dln_01h2xcejqtf2nbrexx3vqjhp41'),
      seal,
      reason: await tx.ledger.commit('past its day'),
      proposedBy: scene.approver.id,
      confirmedBy: scene.visitor.person.id,
      retention: 'standard',
      keptUntil: 1,
      bytes: 10,
    })
    for (let i = 0; i < 600; i++) await tx.ledger.append('gateway.stopped', i, { reason: 'test' })
  })
  restored = await openStore(openSqlite(join(folder, 'backup')))
})
afterEach(async () => {
  await restored.close()
  await scene.close()
  await rm(folder, { recursive: true })
})

const ledger = () => ({ evidence: restored.evidence, verifier: verifierOf(signer.vkey), origin })
const look = (had: number, from: string | null = published): Promise<GoneLook> =>
  lookForGone({ store: restored, folder: from, ledger: ledger(), size, had })

it('is found in the lost entries, done again with the loss, and proven to an auditor', async () => {
  const note = await publish()
  const had = await scene.store.evidence.size()
  expect(await restored.erasures.kept([source])).toEqual([source])
  const found = await look(had)
  if (found.kind !== 'known') throw new Error(found.unknown)
  expect(found).toMatchObject({
    unknown: null,
    gone: { erased: [source], shown: [{ kind: 'source', session }], deleted: [{ session, index: size + 1, note }] },
  })
  const lost = await lookForLoss(ledger(), [{ where: 'a', note }], [])
  if (lost.kind !== 'lost') throw new Error(lost.kind)
  const next = { signer, verifier: verifierOf(signer.vkey) }
  const words = { reason: 'disk', reference: 'INC-1' }
  const at = {
    store: restored,
    clock: handClock(),
    ledger: ledger(),
    look: lost,
    next,
    found: [],
    rows: [],
    gone: found.gone,
  }
  await declareLoss({ ...at, ...words })
  expect(await restored.erasures.kept([source])).toEqual([])
  expect(await restored.sessions.byId(session)).toMatchObject({ recording: 'deleted', source: 'erased' })
  const events = await ledgerOf(restored)
  expect(events.slice(size).map(({ type }) => type)).toEqual([
    'ledger.loss_declared',
    'evidence.erased_again',
    'recording.deleted_again',
  ])
  const said = new DeletedRecordings()
  for (const { index, at: when, type, data } of events) said.visit(index, { at: when, type, data: data as JsonObject })
  expect([said.faults, said.list]).toMatchObject([[], [{ session, at: 2, confirmedBy: scene.visitor.person.id }]])
  // What somebody wrote into the entry, or of a ledger that is no former one, is believed by no verifier.
  const again = events.at(-1)
  if (again === undefined) throw new Error('expected an entry')
  const faultsOf = (data: object, isFormer = true): readonly unknown[] => {
    const verifier = new DeletedRecordings(() => isFormer)
    verifier.visit(again.index, { at: again.at, type: again.type, data: { ...again.data, ...data } as JsonObject })
    return verifier.faults.map(({ what }) => what)
  }
  const other = (await ledgerOf(scene.store)).find(({ type }) => type === 'recording.deleted')
  expect(faultsOf({ entry: Buffer.from(JSON.stringify(other)).toString('base64') })[0]).toContain('does not show')
  expect(faultsOf({ index: size })[0]).toContain('does not show')
  expect(faultsOf({ session: 'ses_01h2xcejqtf2nbrexx3vqjhp41' })[0]).toContain('does not say that this recording')
  expect(faultsOf({ proof: ['?'] })[0]).toContain('does not show')
  expect(faultsOf({ note: 'x' })[0]).toContain('checkpoint of the lost entry')
  expect(faultsOf({}, false)).toEqual(['the checkpoint of the lost entry is not one of a former ledger'])
})

it('says which entries are not to be had, where fewer or none are published', async () => {
  const had = await scene.store.evidence.size()
  expect(await look(had, null)).toMatchObject({
    kind: 'unknown',
    unknown: expect.stringContaining(`${size} to ${had - 1}`),
  })
  expect(await look(had)).toMatchObject({ kind: 'unknown' })
  await publish()
  expect(await look(had + 40)).toMatchObject({
    kind: 'known',
    unknown: expect.stringContaining(`entries ${had} to ${had + 39} are not to be had`),
  })
})

it('believes no tile and no checkpoint that was changed', async () => {
  await publish()
  const had = await scene.store.evidence.size()
  const tile = join(published, 'tile/entries/000')
  const bytes = await readFile(tile)
  await access(tile)
  const forged = Buffer.from(bytes)
  const at = forged.indexOf(source, forged.lastIndexOf('evidence.erased'))
  forged[at + 10] = (forged[at + 10] ?? 0) ^ 1
  await writeFile(tile, forged)
  await expect(look(had)).rejects.toThrow('is not what the tree has there')
  await writeFile(tile, bytes)
  await writeFile(
    join(published, 'checkpoint'),
    signCheckpoint({ origin, size: had, root: Buffer.alloc(32), extensions: [] }, [signerOf(4)]),
  )
  await expect(look(had)).rejects.toThrow('no key of this ledger signed its checkpoint')
})

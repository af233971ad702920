// Exports while the gateway works, and of what is not there any more: an honest one verifies, and what was taken away or
// changed in the store does not keep the rest from the auditor.

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openCheckpoints } from '../../../gateway/evidence/checkpoints.ts'
import { GatewayError } from '../../../gateway/errors.ts'
import { openExports, type Exports } from '../../../gateway/evidence/exports.ts'
import { readKeyHistory } from '../../../gateway/evidence/ledger-keys.ts'
import { openRecordings } from '../../../gateway/evidence/recordings.ts'
import { openViewingGate } from '../../../gateway/evidence/viewing.ts'
import { parseTrust, verifyExport, type Report } from '../../../recorder/index.ts'
import type { SessionId } from '../../../policy/index.ts'
import { codeOf } from '../../support/access-scene.ts'
import { openCustodyScene, type CustodyScene } from '../../support/custody-scene.ts'
import { origin } from '../../recorder/sample-keys.ts'

let stage: CustodyScene
let scratch: string
let exports: Exports
/** Happens between the checkpoint and the writing of the export, as on a gateway that works. */
let meanwhile: () => Promise<void>
/** A recording whose copy in the object store cannot be given out. */
let away: SessionId | null

beforeEach(async () => {
  stage = await openCustodyScene()
  scratch = await mkdtemp(join(tmpdir(), 'sallyport-exports-'))
  meanwhile = async () => undefined
  away = null
  const { store, clock, log, signer, recordings: root, identities, door } = stage.scene
  const bundle = () => door.bundle()
  const checkpoints = openCheckpoints({ store, origin, signer, clock, log, copies: [], witnesses: null })
  const recordings = openRecordings({
    store,
    root,
    identities,
    keys: () => readKeyHistory(store.evidence, signer.vkey),
  })
  exports = openExports({
    store,
    recordings: {
      ...recordings,
      async hold(session) {
        if (session === away) throw new GatewayError('recording-away', 'its copy is not what was put there')
        return recordings.hold(session)
      },
    },
    gate: openViewingGate({ store, clock, bundle }),
    checkpoints: {
      ...checkpoints,
      async cosigned() {
        const checkpoint = await checkpoints.cosigned()
        await meanwhile()
        return checkpoint
      },
    },
    bundle,
    signer,
    origin,
    scratch,
    clock,
    log,
  })
})
afterEach(async () => {
  await stage.close()
  await rm(scratch, { recursive: true })
})

async function verified(sessions: readonly SessionId[] = []): Promise<{ report: Report; disclosures: string }> {
  const { dir, dispose } = await exports.make(stage.auditor, sessions, 'surveillance audit')
  const trust = parseTrust(JSON.parse(await exports.trust()))
  if (trust.kind === 'malformed') throw new Error(trust.problems.join('; '))
  const report = await verifyExport(dir, trust.trust)
  const disclosures = await readFile(join(dir, 'disclosures.json'), 'utf8')
  await dispose()
  return { report, disclosures }
}
const faultsOf = ({ findings }: Report): string[] =>
  findings.filter(({ holds }) => !holds).map(({ where, what }) => `${where}: ${what}`)

const note = (value: string): Promise<unknown> =>
  stage.scene.store.change(async ({ ledger }) =>
    ledger.append('ledger.key_retired', 0, { key: 'none', reason: await ledger.commit(value) }),
  )

it('verifies where others write while it is made, and opens nothing that came after its checkpoint', async () => {
  const id = await stage.sealed()
  await note('written before')
  meanwhile = () => note('written meanwhile').then(() => undefined)
  const { report, disclosures } = await verified()
  expect(faultsOf(report)).toEqual([])
  expect(report.recordings).toMatchObject([{ session: id, decrypted: true }])
  expect(disclosures).toContain('written before')
  expect(disclosures).toContain('surveillance audit')
  expect(disclosures).not.toContain('written meanwhile')
})

it('goes without a recording that somebody took away, and the verifier tells of it', async () => {
  const [gone, there] = [await stage.sealed(), await stage.sealed()]
  await rm(join(stage.scene.recordings, gone), { recursive: true })
  const { report } = await verified()
  expect(faultsOf(report)).toEqual([])
  expect(report.recordings.map(({ session }) => session)).toEqual([there])
  expect(report.absent).toMatchObject([{ session: gone, state: 'sealed' }])
  expect(await codeOf(verified([gone]))).toBe('state-conflict')
})

it('goes without a recording whose copy cannot be given out, and writes that it left only what it did', async () => {
  const there = await stage.sealed()
  away = await stage.sealed()
  expect(await codeOf(verified([away]))).toBe('recording-away')
  const { report } = await verified()
  expect(faultsOf(report)).toEqual([])
  expect(report.recordings.map(({ session }) => session)).toEqual([there])
  const exported = await stage.scene.store.evidence.list(
    { types: ['evidence.exported'], session: null },
    { limit: 5, before: null },
  )
  expect(exported.map(({ data }) => data['sessions'])).toEqual([[there]])
})

it('tells of a recording whose row somebody changed so that it would not be exported', async () => {
  const id = await stage.sealed()
  await stage.scene.store.bookkeep((tx) => tx.sessions.update(id, { seal: null, recording: 'missing' }))
  expect((await verified()).report.absent).toMatchObject([{ session: id, state: 'sealed' }])
})

it('goes without the key of a recording whose key file was damaged, and the verifier names the file', async () => {
  const id = await stage.sealed()
  await rm(join(stage.scene.recordings, id, 'key.age'))
  const { report } = await verified()
  expect(report.recordings).toMatchObject([{ session: id, holds: false, decrypted: false }])
  expect(faultsOf(report)).toEqual([expect.stringContaining('key.age')])
})

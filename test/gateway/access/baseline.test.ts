// The baseline: what is configured and stored is held against what the ledger says is in force, and a difference is
// evidence once.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { openBaseline, type Baseline } from '../../../gateway/access/baseline.ts'
import { textOfFiles } from '../../../gateway/store/bundles.ts'
import { openLog } from '../../../gateway/log.ts'
import { bundleDigest } from '../../../policy/index.ts'
import { filesWith, openBundleScene, type BundleScene, type Files } from '../../support/bundle-scene.ts'
import { ledgerOf } from '../../support/memory-store.ts'

let scene: BundleScene
let folder: string
beforeEach(async () => {
  scene = await openBundleScene()
  folder = await mkdtemp(join(tmpdir(), 'sallyport-baseline-'))
})
afterEach(async () => {
  await scene.store.close()
  await rm(folder, { recursive: true, force: true })
})

const smaller = filesWith({ 'suppliers.yaml': (text) => text.replace('maxSessions: 4', 'maxSessions: 2') })
const another = filesWith({ 'suppliers.yaml': (text) => text.replace('maxSessions: 4', 'maxSessions: 3') })

async function put(files: Files): Promise<void> {
  for (const [name, text] of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
}
const open = (): Baseline => openBaseline({ store: scene.store, folder, clock: scene.clock, log: openLog('silent') })
const drifts = async () =>
  (await ledgerOf(scene.store)).filter(({ type }) => type === 'policy.baseline_drift').map(({ data }) => data)
const base = (): string => scene.inForce.bundle().digest

describe('the configured folder', () => {
  it('that is in force writes nothing', async () => {
    await put(filesWith({}))
    await open().look()
    expect(await drifts()).toEqual([])
  })

  it('that differs is evidence once, after a restart too, and again when it agrees', async () => {
    await put(smaller)
    const baseline = open()
    await baseline.look()
    await baseline.look()
    await open().look()
    const differs = { of: 'folder', state: 'differs', expected: base(), found: bundleDigest(smaller) }
    expect(await drifts()).toEqual([differs])

    await put(another)
    await baseline.look()
    expect(await drifts()).toEqual([differs, { ...differs, found: bundleDigest(another) }])

    await put(filesWith({}))
    await baseline.look()
    await baseline.look()
    expect((await drifts()).slice(2)).toEqual([{ of: 'folder', state: 'agrees', expected: base(), found: base() }])
  })

  it('is held against what is in force now, and not when the gateway started', async () => {
    await put(smaller)
    const baseline = open()
    const id = await scene.life.propose(scene.people.proposer, smaller, 'fewer')
    await scene.life.activate(scene.people.activator, id, base())
    await baseline.look()
    expect(await drifts()).toEqual([])
  })

  it('that cannot be read differs', async () => {
    await rm(folder, { recursive: true })
    await open().look()
    expect(await drifts()).toMatchObject([{ of: 'folder', state: 'differs', found: null }])
  })
})

describe('the store', () => {
  beforeEach(() => put(filesWith({})))

  it('that names a bundle which no activation in the ledger put there is drift', async () => {
    await scene.store.bookkeep(async (tx) => {
      const latest = (await tx.bundles.latest()) ?? expect.fail('nothing was activated')
      await tx.bundles.activate(smaller, { ...latest, digest: bundleDigest(smaller), previous: latest.digest })
    })
    await open().look()
    expect(await drifts()).toEqual([{ of: 'store', state: 'differs', expected: base(), found: bundleDigest(smaller) }])
  })

  it('whose files of the bundle in force were changed is drift', async () => {
    const stored = (await scene.store.bundles.byDigest(base())) ?? expect.fail('nothing is stored')
    const changed = filesWith({ 'suppliers.yaml': (text) => text.replace('maxSessions: 4', 'maxSessions: 400') })
    expect(textOfFiles(changed)).not.toBe(textOfFiles(stored.files))
    const tampered: BundleScene['store'] = {
      ...scene.store,
      bundles: { ...scene.store.bundles, byDigest: async () => ({ ...stored, files: changed }) },
    }
    await openBaseline({ store: tampered, folder, clock: scene.clock, log: openLog('silent') }).look()
    expect(await drifts()).toEqual([{ of: 'files', state: 'differs', expected: base(), found: bundleDigest(changed) }])
  })
})

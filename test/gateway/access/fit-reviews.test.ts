// The scope-fit report over a store: what is new since the last review, names nobody declared, and the review as evidence.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Actor } from '../../../gateway/access/authorize.ts'
import { openScopeFits, type ScopeFits } from '../../../gateway/access/fit-reviews.ts'
import { openCoverage } from '../../../gateway/evidence/coverage.ts'
import { openRegister } from '../../../gateway/evidence/register.ts'
import type { AssetId, FitTopic, PlantId, Supplier, SupplierId } from '../../../policy/index.ts'
import { codeOf, openStandingScene, type StandingScene } from '../../support/standing-scene.ts'

let scene: StandingScene
let fits: ScopeFits
let isms: Actor
let vendor: Actor

beforeEach(async () => {
  scene = await openStandingScene()
  const { store, clock, bundle, standing } = scene
  const register = openRegister(store, bundle, clock)
  fits = openScopeFits({ store, clock, bundle, world: standing.world.now, register })
  isms = await scene.person('isms', ['isms-manager'], [])
  vendor = await scene.person('vendor', ['vendor'], ['north'], 'acme-drives')
})
afterEach(() => scene.store.close())

async function itemsOf(topic: FitTopic): Promise<readonly string[]> {
  const { fit } = await fits.report()
  return fit.findings.find((one) => one.topic === topic)?.items.map(({ id }) => id) ?? []
}
const tryName = (named: string): Promise<unknown> =>
  scene.store.change((tx) => scene.door.refuseUnknown(tx, vendor, 'connect', named))
const review = (by: Actor, bundle = scene.bundle().digest) =>
  fits.review(by, { bundle, decisions: 'laser-7 stays out' })

describe('the scope-fit report', () => {
  it('lists what came since somebody last looked', async () => {
    await review(isms)
    expect(await itemsOf('new-suppliers')).toEqual([])
    const [[, known] = []] = scene.bundle().suppliers
    if (known === undefined) throw new Error('the demo has no suppliers')
    const id = 'nordfluid-2' as SupplierId
    const supplier: Supplier = { ...known, id, name: 'Nordfluid' }
    scene.setBundle({ suppliers: new Map([...scene.bundle().suppliers, [id, supplier]]) })
    expect(await itemsOf('new-suppliers')).toEqual([id])
  })

  it('names what was asked for and never declared, but repeats nothing that is no name', async () => {
    await tryName('laser-7')
    await tryName('laser-7')
    await tryName('Correct Horse Battery!')
    expect(await itemsOf('unregistered')).toEqual(['laser-7', '(no asset name)'])
    scene.clock.at += 1_000
    await review(isms)
    expect(await itemsOf('unregistered')).toEqual([])
  })

  it('names an address of a plant that was asked for at the door and that nobody declared', async () => {
    const answer = await tryName('10.20.99.7')
    expect(answer).toMatchObject({ kind: 'deny' })
    await tryName('::ffff:a14:6307')
    for (const said of ['192.0.2.1', '10.20.1.11', 'laser-7']) await tryName(said)
    expect(await itemsOf('undeclared-addresses')).toEqual(['10.20.99.7'])
    const entries = await scene.events('asset.unregistered_seen')
    expect(entries).toMatchObject([{ plant: 'north', by: vendor.person.id }])
    expect(JSON.stringify(entries)).not.toContain('10.20.99.7')
    const [seen] = await scene.store.seenAddresses.list({ open: true, plants: null }, { limit: 10, before: null })
    if (seen === undefined) throw new Error('nothing was kept')
    expect(
      await scene.store.seenAddresses.list({ open: true, plants: ['south' as PlantId] }, { limit: 10, before: null }),
    ).toEqual([])
    const known = { verdict: 'known', by: isms.person.id, at: scene.clock.at, reason: 'broadcast' } as const
    await scene.store.bookkeep((tx) => tx.seenAddresses.decide(seen.id, known))
    expect(await itemsOf('undeclared-addresses')).toEqual([])
  })

  it('is reviewed by an isms-manager, as evidence, and due again in a quarter', async () => {
    expect((await fits.report()).fit.isDue).toBe(true)
    expect(await codeOf(review(vendor))).toBe('role-missing')
    expect(await codeOf(review(await scene.person('auditor', ['auditor'], [])))).toBe('role-missing')
    expect(await codeOf(review(isms, 'another bundle'))).toBe('state-conflict')
    await review(isms)
    const [entry] = await scene.events('scope.fit_reviewed')
    expect(entry).toMatchObject({ by: isms.person.id, bundle: scene.bundle().digest, wasDueAt: null })
    expect(JSON.stringify(entry)).not.toContain('laser-7')
    expect((await fits.report()).fit.isDue).toBe(false)
    scene.clock.at += 92 * 24 * 3_600_000
    expect((await fits.report()).fit.isDue).toBe(true)
  })
})

describe('a coverage snapshot', () => {
  it('is kept with its counts and the digest of all of it', async () => {
    const { store, clock, bundle } = scene
    const reader = openCoverage({ store, clock, bundle, register: openRegister(store, bundle, clock) })
    const kept = await reader.record(isms.person.id)
    const [entry] = await scene.events('register.coverage_recorded')
    expect(entry).toMatchObject({ by: isms.person.id, digest: kept.digest, counts: kept.counts })
    expect(kept.counts.uncovered + kept.counts.untested + kept.counts.covered).toBeGreaterThan(0)
    const { report } = await reader.coverage()
    expect(report.items.some(({ id }) => id === ('ews-1' as AssetId))).toBe(true)
  })
})

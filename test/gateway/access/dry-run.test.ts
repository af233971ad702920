// A dry run asks the recorded decisions again: it finds those that turn, says which it cannot rebuild, and writes nothing.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { dryRun, type DryRunReport, type DryRunStep } from '../../../gateway/access/dry-run.ts'
import type { AccessAsk, AssetId, Bundle, Grant } from '../../../policy/index.ts'
import { goesDuring } from '../../support/goes.ts'
import { filesWith, openBundleScene, type BundleScene, type Changes } from '../../support/bundle-scene.ts'

let scene: BundleScene
beforeEach(async () => (scene = await openBundleScene()))
afterEach(() => scene.store.close())

const day = 86_400_000
const observeOnly: Changes = {
  'zones.yaml': (text) => text.replace('operationClass: engineer', 'operationClass: observe'),
}
const shorter: Changes = {
  'scope.yaml': (text) => text.replace('maxWindowMinutes: 480', 'maxWindowMinutes: 30'),
}
const longer: Changes = {
  'scope.yaml': (text) => text.replace('maxWindowMinutes: 480', 'maxWindowMinutes: 900'),
}

async function bundleOf(changes: Changes): Promise<Bundle> {
  const taken = await scene.shelf.take(filesWith(changes))
  if (taken.kind === 'invalid') throw new Error('the bundle of the test is not valid')
  return taken.bundle
}

async function stepsOf(bundle: Bundle, days = 7): Promise<DryRunStep[]> {
  const steps: DryRunStep[] = []
  for await (const step of dryRun(scene, bundle, days)) steps.push(step)
  return steps
}

async function run(bundle: Bundle, days = 7): Promise<DryRunReport> {
  const last = (await stepsOf(bundle, days)).at(-1)
  return last?.kind === 'report' ? last.report : expect.fail('the dry run ended without a report')
}

const connect = (grant: Grant) =>
  scene.store.change((tx) =>
    scene.door.authorize(
      tx,
      scene.people.vendor,
      { action: 'connect', asset: grant.asset, protocol: 'ssh', grant },
      { grant: grant.id, request: grant.request },
    ),
  )

function askFor(asset: string, minutes: number): AccessAsk {
  const from = scene.clock.now()
  return {
    asset: asset as AssetId,
    protocol: 'ssh',
    operationClass: 'operate',
    window: { from, until: from + minutes * 60_000 },
    schedule: { kind: 'whole' },
    tier: 'normal',
    criteria: scene.inForce.bundle().access.tiers.normal.criteria.map(({ id }) => id),
    purpose: 'exchange a drive',
    ticket: 'CHG-1',
    rollback: 'the old drive goes back in',
    files: [],
  }
}

/** A request that policy refuses leaves its decision and no row. */
const ask = (asset: string, minutes: number) =>
  scene.store.change((tx) =>
    scene.door.authorize(tx, scene.people.vendor, { action: 'request', ask: askFor(asset, minutes) }),
  )

describe('a dry run', () => {
  it('finds permits that become denies, by action and reason, with where to look', async () => {
    const grant = await scene.grant('ews-1')
    await connect(grant)
    await connect(grant)
    const size = await scene.store.evidence.size()
    const report = await run(await bundleOf(observeOnly))
    expect(report).toMatchObject({ decisions: 3, rebuilt: 3, notRebuilt: {}, nowPermitted: { count: 0 } })
    expect(report.nowDenied.count).toBe(3)
    expect(report.nowDenied.groups[0]).toMatchObject({ action: 'connect', asset: 'ews-1', count: 2 })
    expect(report.nowDenied.groups[0]?.rules.some((rule) => rule.startsWith('conduit'))).toBe(true)
    expect(await scene.store.evidence.size()).toBe(size)
  })

  it('finds denies that become permits, of requests that were never kept as a row', async () => {
    expect((await ask('ews-1', 600)).kind).toBe('deny')
    const report = await run(await bundleOf(longer))
    expect(report).toMatchObject({ decisions: 1, rebuilt: 1, nowDenied: { count: 0 }, nowPermitted: { count: 1 } })
    expect(report.nowPermitted.groups).toMatchObject([{ action: 'request', asset: 'ews-1', count: 1 }])
  })

  it('finds nothing under the bundle in force', async () => {
    await connect(await scene.grant('ews-1'))
    await ask('ews-1', 600)
    const report = await run(scene.inForce.bundle())
    expect(report).toMatchObject({ rebuilt: 3, nowDenied: { count: 0 }, nowPermitted: { count: 0 }, otherRules: 0 })
  })

  it('decides each under the bundle of its day, also when that is not in force any more', async () => {
    await scene.grant('ews-1')
    const id = await scene.life.propose(scene.people.proposer, filesWith(shorter), 'shorter')
    await scene.life.activate(scene.people.activator, id, scene.inForce.bundle().digest)
    expect((await ask('ews-1', 60)).kind).toBe('deny')
    const report = await run(await bundleOf(longer))
    expect(report).toMatchObject({ decisions: 2, rebuilt: 2, nowDenied: { count: 0 }, nowPermitted: { count: 1 } })
  })

  it('gives way between the entries, also where none of them is a decision', async () => {
    const { person } = scene.people.vendor
    await scene.store.change(async (tx) => {
      const source = await tx.ledger.commit('192.0.2.7')
      const entry = { person: person.id, route: 'GET /', code: 'not-found', source } as const
      for (let each = 0; each < 100; each++) await tx.ledger.append('input.refused', scene.clock.now(), entry)
    })
    const { goes, value } = await goesDuring(() => run(scene.inForce.bundle()))
    expect(value.decisions).toBe(0)
    expect(goes).toBeGreaterThanOrEqual(100)
  })

  it('leaves out what is older than asked for', async () => {
    await scene.grant('ews-1')
    scene.clock.at += 3 * day
    await ask('ews-1', 30)
    expect((await run(await bundleOf(observeOnly), 1)).decisions).toBe(1)
    expect((await run(await bundleOf(observeOnly), 7)).decisions).toBe(2)
  })

  it('takes what ended since for what it was', async () => {
    const grant = await scene.grant('ews-1')
    await connect(grant)
    scene.clock.at += day
    await scene.store.change(async (tx) => {
      await tx.grants.update({ ...grant, kind: 'expired', at: scene.clock.now() })
      await tx.people.setDisabled(grant.person, true)
      await tx.ledger.append('grant.expired', scene.clock.now(), { grant: grant.id })
    })
    expect(await run(await bundleOf(observeOnly))).toMatchObject({ rebuilt: 2, nowDenied: { count: 2 } })
  })

  it('says what it cannot rebuild instead of guessing', async () => {
    const unknown = scene.store.change((tx) =>
      scene.door.refuseUnknown(tx, scene.people.vendor, 'connect', 'no-such-asset'),
    )
    await unknown
    // A place and a suspension of that moment are kept nowhere: the recorded answer does not come again.
    const grant = await scene.grant('ews-1')
    await scene.store.change((tx) =>
      tx.ledger.append('policy.decision', scene.clock.now(), {
        action: 'connect',
        outcome: 'deny',
        person: grant.person,
        asset: grant.asset,
        plant: null,
        grant: grant.id,
        rules: ['supplier-suspended'],
        texts: ['suspended'],
        controls: [],
        exceptions: [],
        bundle: scene.inForce.bundle().digest,
        scopeVersion: '2026-1',
        scope: 'in',
      }),
    )
    await scene.store.change((tx) =>
      tx.ledger.append('policy.decision', scene.clock.now(), {
        action: 'connect',
        outcome: 'permit',
        person: grant.person,
        asset: grant.asset,
        plant: null,
        grant: grant.id,
        rules: [],
        texts: [],
        controls: [],
        exceptions: [],
        bundle: 'e'.repeat(64),
        scopeVersion: '2020-1',
        scope: 'in',
      }),
    )
    const report = await run(await bundleOf(observeOnly))
    expect(report.notRebuilt).toEqual({ 'unknown-asset': 1, 'facts-gone': 1, 'bundle-gone': 1 })
    expect(report).toMatchObject({ decisions: 4, rebuilt: 1 })
  })

  it('tells how far it is, and lets go of the old bundles', async () => {
    for (let i = 0; i < 30; i++) await ask('ews-1', 600)
    const candidate = await bundleOf(longer)
    const before = scene.shelf.size
    const steps = await stepsOf(candidate)
    const total = steps.flatMap((step) => (step.kind === 'progress' ? [[step.done, step.total]] : []))
    expect(total.at(-1)?.[0]).toBe(total.at(-1)?.[1])
    expect(scene.shelf.size).toBe(before)
    expect(steps.map(({ kind }) => kind).at(-1)).toBe('report')
  })
})

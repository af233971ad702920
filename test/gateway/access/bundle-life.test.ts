// The life of bundles on the real store: who may, what is refused and kept as evidence, what comes into force when, and
// what a restart finds.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { GatewayError } from '../../../gateway/errors.ts'
import type { EventType } from '../../../policy/index.ts'
import { ledgerOf } from '../../support/memory-store.ts'
import { filesWith, openBundleScene, type BundleScene } from '../../support/bundle-scene.ts'

let scene: BundleScene
beforeEach(async () => (scene = await openBundleScene()))
afterEach(() => scene.store.close())

const stricter = filesWith({
  'scope.yaml': (text) => text.replace('version: 2026-1', 'version: 2026-2'),
  'zones.yaml': (text) => text.replace('operationClass: engineer', 'operationClass: observe'),
})
const other = filesWith({ 'suppliers.yaml': (text) => text.replace('maxSessions: 4', 'maxSessions: 2') })
const broken = filesWith({
  'zones.yaml': (text) => text.replace('level: 3.5', 'level: 9').replace('reviewBy: 2035-12-31', 'reviewBy: soon'),
})

const problemOf = (work: Promise<unknown>): Promise<GatewayError> =>
  work.then(
    () => Promise.reject(new Error('nothing was refused')),
    (error: GatewayError) => error,
  )
const codeOf = async (work: Promise<unknown>): Promise<string> => (await problemOf(work)).code

async function events(type: EventType): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return (await ledgerOf(scene.store)).filter((event) => event.type === type).map(({ data }) => data)
}

const propose = (files = stricter) => scene.life.propose(scene.people.proposer, files, 'observe only in operations')
const base = (): string => scene.inForce.bundle().digest

describe('the first start', () => {
  it('puts the folder in force, as evidence, and a second start adds nothing', async () => {
    expect(await events('policy.changed')).toMatchObject([{ from: null, to: base(), kind: 'start', activator: null }])
    expect(await events('scope.version_published')).toMatchObject([{ scopeVersion: '2026-1' }])
    const size = await scene.store.evidence.size()
    const again = await scene.restart()
    expect(again.inForce.bundle().digest).toBe(base())
    expect(await scene.store.evidence.size()).toBe(size)
  })
})

describe('a proposal', () => {
  it('changes nothing until another person activates it', async () => {
    const before = base()
    const id = await propose()
    expect(base()).toBe(before)
    expect(scene.signals).toEqual([])

    const activation = await scene.life.activate(scene.people.activator, id, before)
    expect(activation).toMatchObject({ digest: base(), previous: before, kind: 'activate', proposal: id })
    expect(base()).not.toBe(before)
    expect(scene.signals).toContainEqual({ kind: 'reevaluate', because: 'bundle' })
    expect((await events('policy.changed')).at(-1)).toMatchObject({
      from: before,
      to: base(),
      kind: 'activate',
      proposer: scene.people.proposer.person.id,
      activator: scene.people.activator.person.id,
    })
    expect((await events('scope.version_published')).at(-1)).toMatchObject({ scopeVersion: '2026-2', bundle: base() })
    expect((await scene.store.proposals.byId(id))?.state).toBe('activated')
  })

  it('is refused with every problem when it is not valid', async () => {
    const { code, extra } = await problemOf(propose(broken))
    expect(code).toBe('bundle-invalid')
    expect(extra['problems']).toEqual(
      expect.arrayContaining([expect.stringMatching(/^zones\.yaml:\d+: .*level/), expect.stringContaining('reviewBy')]),
    )
    expect(await events('policy.step_refused')).toMatchObject([{ step: 'propose', code: 'bundle-invalid' }])
    expect(await scene.store.proposals.list({ state: null }, { limit: 9, before: null })).toEqual([])
  })

  it('of what is in force already is refused', async () => {
    expect(await codeOf(propose(filesWith({})))).toBe('state-conflict')
  })

  it('is not activated by who made it, and that they tried is evidence', async () => {
    const id = await propose()
    expect(await codeOf(scene.life.activate(scene.people.proposer, id, base()))).toBe('own-proposal')
    expect(await events('policy.step_refused')).toMatchObject([
      { step: 'activate', code: 'own-proposal', proposal: id, person: scene.people.proposer.person.id },
    ])
    expect((await scene.store.proposals.byId(id))?.state).toBe('open')
  })

  it('that another activation has outdated is refused, says what changed, and can be put on that', async () => {
    const first = await propose(stricter)
    const second = await propose(other)
    const old = base()
    await scene.life.activate(scene.people.activator, second, old)

    expect(await codeOf(scene.life.activate(scene.people.activator, first, old))).toBe('bundle-outdated')
    expect(await codeOf(scene.life.activate(scene.people.activator, first, base()))).toBe('bundle-outdated')
    const row = await scene.store.proposals.byId(first)
    const { since, comparison } = await scene.life.review(row ?? expect.fail('the proposal is gone'))
    expect(since.flatMap(({ lines }) => lines)).toEqual(['supplier acme-drives changed: maxSessions from 4 to 2'])
    // Activated as it is, it would take that back: the comparison with what is in force shows it.
    expect(comparison?.words.flatMap(({ lines }) => lines)).toContain(
      'supplier acme-drives changed: maxSessions from 2 to 4',
    )

    expect(await codeOf(scene.life.rebase(scene.people.third, first, base()))).toBe('role-missing')
    await scene.life.rebase(scene.people.proposer, first, base())
    await scene.life.activate(scene.people.activator, first, base())
    expect(base()).toBe(row?.digest)
  })

  it('is activated once when two people are quick', async () => {
    const id = await propose()
    const old = base()
    const both = await Promise.allSettled([
      scene.life.activate(scene.people.activator, id, old),
      scene.life.activate(scene.people.third, id, old),
    ])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect((await events('policy.changed')).length).toBe(2)
    expect((await events('policy.step_refused')).length).toBe(1)
  })

  it('can be refused by another and taken back by its proposer only, and is then closed', async () => {
    const [refused, withdrawn] = [await propose(stricter), await propose(other)]
    await scene.life.reject(scene.people.third, refused, 'operations needs more than observing')
    expect(await codeOf(scene.life.withdraw(scene.people.third, withdrawn))).toBe('role-missing')
    await scene.life.withdraw(scene.people.proposer, withdrawn)
    expect(await events('policy.rejected')).toMatchObject([
      { proposal: refused, kind: 'rejected', by: scene.people.third.person.id },
      { proposal: withdrawn, kind: 'withdrawn', by: scene.people.proposer.person.id },
    ])
    for (const id of [refused, withdrawn])
      expect(await codeOf(scene.life.activate(scene.people.activator, id, base()))).toBe('state-conflict')
  })
})

describe('a rollback', () => {
  it('goes one step, alone, and not two', async () => {
    const old = base()
    await scene.life.activate(scene.people.activator, await propose(), old)
    const fresh = base()
    await scene.life.rollback(scene.people.activator, fresh, 'nobody can operate the presses')
    expect(base()).toBe(old)
    expect((await events('policy.changed')).at(-1)).toMatchObject({
      from: fresh,
      to: old,
      kind: 'rollback',
      activator: scene.people.activator.person.id,
      reason: expect.stringMatching(/^sha256:/),
    })
    expect(await codeOf(scene.life.rollback(scene.people.activator, old, 'again'))).toBe('state-conflict')
    expect(base()).toBe(old)
  })

  it('names what it goes back from, and has nowhere to go at first', async () => {
    expect(await codeOf(scene.life.rollback(scene.people.third, base(), 'why not'))).toBe('state-conflict')
    const old = base()
    await scene.life.activate(scene.people.activator, await propose(), old)
    expect(await codeOf(scene.life.rollback(scene.people.third, old, 'what I saw yesterday'))).toBe('bundle-outdated')
  })
})

describe('a restart', () => {
  it('finds the latest activation in force and not the folder', async () => {
    await scene.life.activate(scene.people.activator, await propose(), base())
    const size = await scene.store.evidence.size()
    const again = await scene.restart()
    expect(again.inForce.bundle().digest).toBe(base())
    expect(again.inForce.folderDiffers()).toBe(true)
    // The folder was in force before: it is no news.
    expect(await scene.store.evidence.size()).toBe(size)
  })

  it('takes a folder nobody has seen as a proposal, which one person may then activate', async () => {
    const again = await scene.restart(other)
    expect(again.inForce.bundle().digest).toBe(base())
    const [proposal] = await scene.store.proposals.list({ state: 'open' }, { limit: 9, before: null })
    expect(proposal).toMatchObject({ by: null, base: base() })
    expect(await events('policy.proposed')).toMatchObject([{ by: null, proposal: proposal?.id }])
    await scene.restart(other)
    expect((await events('policy.proposed')).length).toBe(1)

    const newer = await scene.restart(stricter)
    expect(await events('policy.rejected')).toMatchObject([{ proposal: proposal?.id, kind: 'withdrawn', by: null }])
    const [left] = await scene.store.proposals.list({ state: 'open' }, { limit: 9, before: null })
    await newer.life.activate(newer.people.proposer, left?.id ?? expect.fail('no proposal'), base())
    expect(newer.inForce.bundle().scope.version).toBe('2026-2')
  })

  it('between proposal and activation loses neither', async () => {
    const id = await propose()
    const again = await scene.restart()
    await again.life.activate(again.people.activator, id, base())
    expect(again.inForce.bundle().scope.version).toBe('2026-2')
  })

  it('is refused when what is in force is not valid any more', async () => {
    await scene.life.activate(scene.people.activator, await propose(), base())
    const stored = await scene.store.bundles.byDigest(base())
    const spoilt = new Map([...(stored?.files ?? []), ['zones.yaml', 'zones: 7\n']])
    await scene.store.change(async (tx) => {
      const latest = (await tx.bundles.latest()) ?? expect.fail('nothing was activated')
      await tx.bundles.activate(spoilt, { ...latest, digest: 'f'.repeat(64) })
      await tx.ledger.append('gateway.stopped', scene.clock.now(), { reason: 'test' })
    })
    await expect(scene.restart()).rejects.toThrow(/^bundle in force: zones\.yaml.*bundle activate --folder`$/ms)
  })
})

describe('files that were changed in the store', () => {
  it('are not started with, rolled back to or activated', async () => {
    const old = base()
    const id = await propose()
    const tampered = filesWith({ 'suppliers.yaml': (text) => text.replace('maxSessions: 4', 'maxSessions: 400') })
    await scene.store.change(async (tx) => {
      const latest = (await tx.bundles.latest()) ?? expect.fail('nothing was activated')
      await tx.bundles.activate(tampered, { ...latest, digest: 'e'.repeat(64), previous: latest.digest })
      await tx.ledger.append('gateway.stopped', scene.clock.now(), { reason: 'test' })
    })
    await expect(scene.restart()).rejects.toThrow('the store was changed')
    // What runs stays as it is, and does not take it over.
    await scene.inForce.refresh()
    expect(base()).toBe(old)
    expect(await codeOf(scene.life.activate(scene.people.activator, id, old))).toBe('bundle-outdated')
  })
})

describe('another process that activates', () => {
  it('is noticed, once', async () => {
    const elsewhere = await scene.restart()
    await elsewhere.life.activate(elsewhere.people.activator, await propose(), base())
    await scene.inForce.refresh()
    expect(base()).toBe(elsewhere.inForce.bundle().digest)
    const heard = scene.signals.length
    expect(heard).toBeGreaterThan(0)
    await scene.inForce.refresh()
    expect(scene.signals.length).toBe(heard)
  })
})

describe('a bundle that takes too much to check', () => {
  it('is refused with what it took, as evidence, wherever it is looked at', async () => {
    const costly = await openBundleScene(async () => ({ kind: 'too-costly', reason: 'it took more than it may' }))
    try {
      const { life, people, inForce, store } = costly
      const proposing = await problemOf(life.propose(people.proposer, stricter, 'large'))
      expect(proposing).toMatchObject({ code: 'bundle-too-costly', message: 'it took more than it may' })
      expect(await codeOf(life.compare(stricter))).toBe('bundle-too-costly')
      const refused = (await ledgerOf(store)).filter(({ type }) => type === 'policy.step_refused')
      expect(refused.map(({ data }) => data)).toMatchObject([{ step: 'propose', code: 'bundle-too-costly' }])
      expect(inForce.bundle().assets.size).toBeGreaterThan(0)
    } finally {
      await costly.store.close()
    }
  })
})

describe('old policies', () => {
  it('are let go: only what is in force and the one before it stay parsed', async () => {
    for (let round = 0; round < 6; round++) {
      const files = filesWith({
        'suppliers.yaml': (text) => text.replace('maxSessions: 4', `maxSessions: ${round + 10}`),
      })
      await scene.life.activate(scene.people.activator, await propose(files), base())
      expect(scene.shelf.size).toBeLessThanOrEqual(2)
    }
    // What is in force is not touched by that.
    const grant = await scene.grant('ews-1')
    const connect = { action: 'connect', asset: grant.asset, protocol: 'ssh', grant } as const
    expect(scene.door.preview(scene.people.vendor, connect).kind).toBe('permit')
  })
})

describe('what an activation would end', () => {
  it('names grants, people and reasons, and leaves the others out', async () => {
    const ends = await scene.grant('ews-1')
    await scene.grant('hist-1')
    const { impact } = await scene.life.compare(stricter)
    expect(impact.ends.items.filter(({ grant }) => grant.id === ends.id)).toMatchObject([
      { grant: { id: ends.id }, person: { login: 'vendor' }, reasons: [{ rule: expect.stringContaining('conduit') }] },
    ])
    expect(impact.ends.count).toBe(2)
    const { impact: nothing } = await scene.life.compare(other)
    expect(nothing.ends.count).toBe(0)
    expect(nothing.grants).toBeGreaterThan(0)
  })
})

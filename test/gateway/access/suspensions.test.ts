import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { suspend } from '../../../gateway/access/suspensions.ts'
import type { Actor } from '../../../gateway/access/authorize.ts'
import type { NamedTarget } from '../../../gateway/access/ending.ts'
import { wantedOf } from '../../support/wanted.ts'
import { codeOf, openStandingScene, type StandingScene } from '../../support/standing-scene.ts'
import { idOf } from '../../support/ids.ts'

const hour = 3_600_000
let scene: StandingScene
let vendor: Actor
let colleague: Actor
let other: Actor
let approver: Actor
let second: Actor
let admin: Actor
let isms: Actor

beforeEach(async () => {
  scene = await openStandingScene()
  vendor = await scene.person('vendor', ['vendor'], ['north'], 'acme-drives')
  colleague = await scene.person('colleague', ['vendor'], ['north'], 'acme-drives')
  other = await scene.person('other', ['engineer'], ['north'])
  approver = await scene.person('approver', ['approver'], ['north'])
  second = await scene.person('second', ['approver'], ['north'])
  admin = await scene.person('admin', ['admin'], [])
  isms = await scene.person('isms', ['isms-manager'], [])
})
afterEach(() => scene.store.close())

const suspensions = () => scene.standing.suspensions
const stateOf = async (grant: string): Promise<string | undefined> =>
  (await scene.store.grants.byId(idOf.grant(grant)))?.grant.kind
const ask = (by: Actor, asset = 'ews-1') =>
  scene.access.submit(by, wantedOf(asset, { from: scene.clock.at, until: scene.clock.at + hour }))
const connect = (by: Actor, asset: string) =>
  scene.store.change((tx) => scene.door.authorizeConnect(tx, by, asset, 'ssh'))

describe('a suspended supplier', () => {
  it('loses every open grant and session of its people, and nobody else does', async () => {
    const mine = await scene.grant(vendor, 'ews-1')
    const theirs = await scene.grant(colleague, 'ews-1')
    const stays = await scene.grant(other, 'ews-1')
    const session = await scene.session(vendor, mine, 'ews-1')
    await scene.session(other, stays, 'ews-1')
    const done = await suspensions().suspend(admin, { kind: 'supplier', id: 'acme-drives' }, 'their laptop was stolen')
    expect([...done.ended.grants].toSorted()).toEqual([mine, theirs].toSorted())
    expect(done.ended.sessions.map(({ id }) => id)).toEqual([session])
    expect(await stateOf(mine)).toBe('revoked')
    expect(await stateOf(stays)).toBe('open')
    expect(scene.signals).toContainEqual({ kind: 'grant-revoked', grant: mine, reason: 'their laptop was stolen' })
    expect(scene.signals).toContainEqual({ kind: 'reevaluate', because: 'world' })
    expect(await scene.events('supplier.suspended')).toMatchObject([{ supplier: 'acme-drives', by: admin.person.id }])
    expect(await scene.events('suspension.created')).toMatchObject([
      { target: { kind: 'supplier', id: 'acme-drives' }, via: 'https', sessions: [session] },
    ])
  })

  it('asks for nothing, is approved nothing and connects to nothing', async () => {
    const waiting = await ask(vendor)
    const [id] = waiting.ids
    if (id === undefined) throw new Error('expected a request')
    const digest = (await scene.store.requests.byId(id))?.digest ?? ''
    await suspensions().suspend(admin, { kind: 'supplier', id: 'acme-drives' }, 'stolen')
    expect(await codeOf(ask(vendor))).toBe('policy-denied')
    expect(await codeOf(scene.access.approve(approver, id, { digest, comment: '' }))).toBe('policy-denied')
    expect((await connect(vendor, 'ews-1')).decision.kind).toBe('deny')
    expect(await codeOf(ask(other))).toBe('done')
  })

  it('that comes back is evidence, each time', async () => {
    const { suspension } = await suspensions().suspend(admin, { kind: 'supplier', id: 'acme-drives' }, 'stolen')
    await connect(vendor, 'ews-1')
    await connect(colleague, 'ews-1')
    await connect(other, 'ews-1')
    expect(await scene.events('session.reconnect_blocked')).toMatchObject([
      { suspension: suspension.id, person: vendor.person.id, asset: 'ews-1', supplier: 'acme-drives' },
      { suspension: suspension.id, person: colleague.person.id },
    ])
  })

  it('stays off over a restart, until another person lifts it', async () => {
    const { suspension } = await suspensions().suspend(admin, { kind: 'supplier', id: 'acme-drives' }, 'stolen')
    const again = await scene.reopen()
    expect(again.world.now().suspensions).toHaveLength(1)
    expect(await codeOf(suspensions().lift(admin, suspension.id, 'found'))).toBe('policy-denied')
    expect(await codeOf(suspensions().lift(vendor, suspension.id, 'found'))).toBe('policy-denied')
    await suspensions().lift(isms, suspension.id, 'the laptop was found')
    expect(scene.standing.world.now().suspensions).toEqual([])
    expect(await codeOf(ask(vendor))).toBe('done')
    expect(await codeOf(suspensions().lift(second, suspension.id, 'again'))).toBe('state-conflict')
    expect(await scene.events('standing.step_refused')).toMatchObject([
      { step: 'lift', code: 'own-suspension', person: admin.person.id },
      { step: 'lift', code: 'suspended-party', person: vendor.person.id },
    ])
    expect(await scene.events('suspension.lifted')).toMatchObject([
      { suspension: suspension.id, suspendedBy: admin.person.id, by: isms.person.id },
    ])
  })

  it('is not suspended twice', async () => {
    const twice = await Promise.all(
      [admin, isms].map((who) => codeOf(suspensions().suspend(who, { kind: 'supplier', id: 'acme-drives' }, 'stolen'))),
    )
    expect(twice.toSorted()).toEqual(['done', 'state-conflict'])
    expect(await scene.events('suspension.created')).toHaveLength(1)
  })
})

describe('what can be suspended', () => {
  it.each<[NamedTarget, readonly string[]]>([
    [{ kind: 'person', id: 'vendor' }, ['colleague', 'other']],
    [{ kind: 'asset', id: 'ews-1' }, []],
    [{ kind: 'zone', id: 'north-operations' }, []],
    [{ kind: 'plant', id: 'north' }, []],
    [{ kind: 'all', id: '' }, []],
  ])('%j ends what is open under it', async (target, keep) => {
    const people: Record<string, Actor> = { vendor, colleague, other }
    const grants = new Map<string, string>()
    for (const [login, actor] of Object.entries(people)) grants.set(login, await scene.grant(actor, 'ews-1'))
    await suspensions().suspend(isms, target, 'an incident')
    for (const [login, grant] of grants)
      expect([login, await stateOf(grant)]).toEqual([login, keep.includes(login) ? 'open' : 'revoked'])
    expect((await connect(vendor, 'ews-1')).decision.kind).toBe('deny')
  })

  it('names what is not there, or cannot be suspended, and changes nothing', async () => {
    expect(await codeOf(suspensions().suspend(admin, { kind: 'supplier', id: 'nobody' }, 'x'))).toBe('not-found')
    expect(await codeOf(suspensions().suspend(admin, { kind: 'asset', id: '../etc' }, 'x'))).toBe('malformed-body')
    expect(await codeOf(suspensions().suspend(admin, { kind: 'grant', id: 'x' }, 'x'))).toBe('malformed-body')
    expect(scene.standing.world.now().suspensions).toEqual([])
  })
})

describe('who may suspend', () => {
  it('a zone or asset: an approver of its plant; a supplier: one of every plant it works in', async () => {
    expect(await codeOf(suspensions().suspend(second, { kind: 'asset', id: 'ews-1' }, 'smoke'))).toBe('done')
    await scene.person('abroad', ['vendor'], ['north', 'south'], 'acme-drives')
    const supplier = { kind: 'supplier', id: 'acme-drives' } as const
    expect(await codeOf(suspensions().suspend(second, supplier, 'x'))).toBe('role-missing')
    const both = await scene.person('both', ['approver'], ['north', 'south'])
    expect(await codeOf(suspensions().suspend(both, supplier, 'x'))).toBe('done')
  })

  it('nobody of a supplier, and not everybody of the plant', async () => {
    const everything = { kind: 'all', id: '' } as const
    for (const who of [vendor, other, second])
      expect(await codeOf(suspensions().suspend(who, everything, 'x'))).toBe('role-missing')
    expect(await scene.events('standing.step_refused')).toHaveLength(3)
  })

  it('and who is suspended lifts nothing', async () => {
    const { suspension } = await suspensions().suspend(admin, { kind: 'asset', id: 'ews-1' }, 'smoke')
    await suspensions().suspend(admin, { kind: 'person', id: 'isms' }, 'under suspicion')
    expect(await codeOf(suspensions().lift(isms, suspension.id, 'fine'))).toBe('policy-denied')
    expect(await scene.events('standing.step_refused')).toMatchObject([{ code: 'suspended-party' }])
  })
})

describe('a suspension by another process', () => {
  it('holds for the next decision, before anybody has read it', async () => {
    await scene.grant(vendor, 'ews-1')
    const before = scene.standing.world.now()
    await suspend(
      { store: scene.store, clock: scene.clock, bundle: scene.bundle },
      { person: admin.person, via: 'local' },
      { kind: 'person', id: 'vendor' },
      'the API is down',
    )
    expect(scene.standing.world.now()).toBe(before)
    expect((await connect(vendor, 'ews-1')).decision.kind).toBe('deny')
    await scene.standing.sweep()
    expect(scene.standing.world.now().suspensions).toHaveLength(1)
    expect(scene.signals).toContainEqual({ kind: 'reevaluate', because: 'world' })
  })

  it('has the sessions ended that outlived their grant', async () => {
    const grant = await scene.grant(vendor, 'ews-1')
    const session = await scene.session(vendor, grant, 'ews-1')
    scene.clock.at += hour
    await scene.access.sweep()
    expect(await stateOf(grant)).toBe('expired')
    await suspend(
      { store: scene.store, clock: scene.clock, bundle: scene.bundle },
      { person: admin.person, via: 'local' },
      { kind: 'all', id: '' },
      'the API is down',
    )
    expect(await scene.events('session.kill_ordered')).toMatchObject([{ session, by: admin.person.id }])
    await scene.standing.sweep()
    await scene.standing.sweep()
    expect(scene.signals.filter(({ kind }) => kind === 'session-kill')).toMatchObject([
      { session, reason: 'the API is down' },
    ])
  })
})

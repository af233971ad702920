// Several yeses: who is needed, who counts, what a change of the terms does, and what happens when people are fast.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openAccess } from '../../../gateway/access/requests.ts'
import type { Actor } from '../../../gateway/access/authorize.ts'
import type { GatewayError } from '../../../gateway/errors.ts'
import { blastRadius, type Decision, type RequestId } from '../../../policy/index.ts'
import { inProcessBus } from '../../../gateway/bus/bus.ts'
import { codeOf, hour, openAccessScene, type AccessScene } from '../../support/access-scene.ts'

let scene: AccessScene
let vendor: Actor
let approver: Actor
let safety: Actor

beforeEach(async () => {
  scene = await openAccessScene()
  vendor = await scene.person('vendor', { roles: ['vendor'], supplier: 'acme-drives' })
  approver = await scene.person('approver', { roles: ['approver'] })
  safety = await scene.person('safety', { roles: ['approver', 'safety-engineer'] })
})
afterEach(() => scene.close())

/** Operating a safety-related asset: an approver and a safety engineer have to say yes. */
const ask = (): Promise<RequestId> => scene.ask(vendor, 'hmi-3', { tier: 'standard' })
const stateOf = async (id: RequestId) => (await scene.store.requests.byId(id))?.request
const say = async (actor: Actor, id: RequestId, changes = {}, digest?: string) =>
  scene.access.approve(actor, id, { digest: digest ?? (await scene.digest(id)), comment: '', changes })

describe('a request that needs two', () => {
  it('is granted with the second yes, each of another person, each with its evidence', async () => {
    const id = await ask()
    expect(await say(approver, id)).toEqual({ kind: 'waiting', open: [{ kind: 'role', role: 'safety-engineer' }] })
    expect(await codeOf(say(approver, id))).toBe('state-conflict')
    expect(await say(safety, id)).toMatchObject({ kind: 'granted' })
    expect(await scene.types()).toEqual([
      'policy.decision',
      'request.submitted',
      'policy.decision',
      'request.approval_given',
      'policy.decision',
      'request.refused',
      'policy.decision',
      'request.approved',
    ])
    const [approved] = await scene.events('request.approved')
    expect(approved).toMatchObject({
      approver: safety.person.id,
      approvals: [
        { by: approver.person.id, onBehalfOf: approver.person.id },
        { by: safety.person.id, onBehalfOf: safety.person.id },
      ],
      needs: [
        { kind: 'role', role: 'approver' },
        { kind: 'role', role: 'safety-engineer' },
      ],
      digest: await scene.digest(id),
    })
  })

  it('keeps with each yes how far its giver was told the asset leads', async () => {
    const id = await ask()
    await say(approver, id)
    await say(safety, id)
    const bundle = scene.door.bundle()
    const [asset] = [...bundle.assets.values()].filter((each) => each.id === 'hmi-3')
    if (asset === undefined) throw new Error('the bundle of the scene has no such asset')
    const { assets, zones } = blastRadius(asset, bundle)
    expect(assets).toBeGreaterThan(0)
    for (const type of ['request.approval_given', 'request.approved'] as const) {
      const [entry] = await scene.events(type)
      expect(entry?.['reach']).toEqual({ assets, zones: zones.length })
    }
  })

  it('takes both at once, and a third who is not needed is told who is', async () => {
    const third = await scene.person('third', { roles: ['approver'] })
    const id = await ask()
    const digest = await scene.digest(id)
    const codes = await Promise.all([approver, safety, third].map((who) => codeOf(say(who, id, {}, digest))))
    expect(codes).toEqual(['done', 'done', 'state-conflict'])
    const next = await ask()
    await say(approver, next)
    expect(await codeOf(say(third, next))).toBe('policy-denied')
    expect((await scene.events('request.refused')).at(-1)).toMatchObject({ step: 'approve', code: 'not-needed' })
  })

  it('asks again whoever said yes before the terms were narrowed', async () => {
    const id = await ask()
    const before = await scene.digest(id)
    await say(approver, id)
    const changes = { operationClass: 'observe', escort: true, conditions: 'call the shift lead' } as const
    expect(await say(safety, id, changes)).toMatchObject({ kind: 'waiting' })
    const after = await scene.digest(id)
    expect(after).not.toBe(before)
    expect(await codeOf(say(approver, id, {}, before))).toBe('digest-mismatch')
    expect((await scene.types()).slice(5, 8)).toEqual([
      'request.terms_changed',
      'request.approval_lapsed',
      'request.approval_given',
    ])
    expect(await scene.events('request.terms_changed')).toMatchObject([{ from: before, to: after, escort: true }])
    expect(await scene.events('request.approval_lapsed')).toMatchObject([
      { approver: approver.person.id, because: 'terms-changed' },
    ])
    await say(approver, id)
    const [granted] = await scene.store.grants.openOf(vendor.person.id, scene.clock.at)
    expect(granted?.grant).toMatchObject({ operationClass: 'observe', escort: true, conditions: 'call the shift lead' })
  })

  it('lets who said yes make it less still: their own yes lapses and is given anew in the same act', async () => {
    const id = await ask()
    await say(approver, id)
    const stored = await scene.store.requests.byId(id)
    if (stored === null) throw new Error('expected the request')
    expect((await scene.access.outlook(approver, stored)).myYes).toMatchObject({ counts: false, narrows: true })
    expect((await scene.access.outlook(safety, stored)).myYes).toMatchObject({ counts: true, narrows: false })
    expect(await say(approver, id, { operationClass: 'observe' })).toMatchObject({
      kind: 'waiting',
      open: [{ role: 'safety-engineer' }],
    })
    const after = await scene.store.requests.byId(id)
    expect(after).toMatchObject({
      terms: { operationClass: 'observe' },
      request: { approvals: [{ by: approver.person.id, requestDigest: await scene.digest(id) }] },
      lapsed: [{ by: approver.person.id, because: 'terms-changed', lapsedAt: scene.clock.at }],
    })
    expect(await codeOf(say(approver, id))).toBe('state-conflict')
    expect(await say(safety, id)).toMatchObject({ kind: 'granted' })
  })

  it('keeps every yes that lapsed with its reason, also once it is granted', async () => {
    const id = await ask()
    await say(approver, id)
    await say(safety, id, { escort: true })
    await scene.setRoles(safety, ['auditor'])
    await say(approver, id)
    const fresh = await scene.person('fresh', { roles: ['approver', 'safety-engineer'] })
    await say(fresh, id)
    expect((await scene.store.requests.byId(id))?.lapsed).toMatchObject([
      { by: approver.person.id, because: 'terms-changed' },
      { by: safety.person.id, because: 'no-longer-theirs' },
    ])
    expect(await stateOf(id)).toMatchObject({ kind: 'approved' })
  })

  it('does not count who lost the role meanwhile, and says so', async () => {
    const id = await ask()
    await say(approver, id)
    await scene.setRoles(approver, ['auditor'])
    expect(await say(safety, id)).toMatchObject({ kind: 'waiting', open: [{ role: 'approver' }] })
    expect(await scene.events('request.approval_lapsed')).toMatchObject([
      { approver: approver.person.id, because: 'no-longer-theirs' },
    ])
    const fresh = await scene.person('fresh', { roles: ['approver'] })
    expect(await say(fresh, id)).toMatchObject({ kind: 'granted' })
  })

  it('does not count who was disabled meanwhile', async () => {
    const id = await ask()
    await say(approver, id)
    await scene.store.people.setDisabled(approver.person.id, true)
    expect(await say(safety, id)).toMatchObject({ kind: 'waiting' })
  })

  it('shows what is needed, who said yes, and whether one’s own yes would count', async () => {
    const id = await ask()
    await say(approver, id)
    const stored = await scene.store.requests.byId(id)
    if (stored === null) throw new Error('the request is gone')
    const mine = await scene.access.outlook(safety, stored)
    expect(mine.needs.map(({ metBy }) => metBy)).toEqual([approver.person.id, null])
    expect(mine.myYes).toEqual({ counts: true, onBehalfOf: null, text: 'your yes grants it', narrows: false })
    expect((await scene.access.outlook(approver, stored)).myYes).toMatchObject({ counts: false })
    expect((await scene.access.outlook(vendor, stored)).myYes).toBeNull()
    await scene.setRoles(approver, ['auditor'])
    expect((await scene.access.outlook(safety, stored)).lapses).toEqual([expect.stringContaining('nothing permits')])
    expect((await scene.access.outlook(safety, stored)).needs.map(({ metBy }) => metBy)).toEqual([null, null])
  })
})

describe('a delegated right', () => {
  const lend = (from: Actor, to: Actor, until = scene.clock.at + hour): void => {
    const window = { from: scene.clock.at, until }
    scene.world = { ...scene.world, delegations: [{ from: from.person, to: to.person.id, window }] }
  }

  it('counts as its owner’s, and both stand in the evidence', async () => {
    const deputy = await scene.person('deputy', { roles: ['engineer'] })
    const id = await ask()
    expect(await codeOf(say(deputy, id))).toBe('policy-denied')
    lend(safety, deputy)
    expect(await say(deputy, id)).toMatchObject({ kind: 'waiting' })
    expect(await codeOf(say(safety, id))).toBe('state-conflict')
    await say(approver, id)
    const [approved] = await scene.events('request.approved')
    expect(approved?.['approvals']).toEqual([
      { by: deputy.person.id, onBehalfOf: safety.person.id },
      { by: approver.person.id, onBehalfOf: approver.person.id },
    ])
    const decisions = await scene.events('policy.decision')
    expect(decisions.filter((data) => data['onBehalfOf'] !== undefined)).toMatchObject([
      { person: deputy.person.id, onBehalfOf: safety.person.id, outcome: 'permit' },
    ])
  })

  it('is used for the need one’s own right does not meet', async () => {
    const id = await ask()
    await say(safety, id)
    const deputy = await scene.person('deputy', { roles: ['safety-engineer'] })
    lend(approver, deputy)
    expect(await say(deputy, id)).toMatchObject({ kind: 'granted' })
  })

  it('never lets somebody decide on their own request, nor lend the right to do so', async () => {
    const engineer = await scene.person('engineer', { roles: ['engineer', 'approver'] })
    const id = await scene.ask(engineer, 'hmi-3', { tier: 'standard' })
    lend(safety, engineer)
    expect(await codeOf(say(engineer, id))).toBe('policy-denied')
    const deputy = await scene.person('deputy', { roles: ['auditor'] })
    lend(engineer, deputy)
    expect(await codeOf(say(deputy, id))).toBe('policy-denied')
    expect((await stateOf(id))?.kind).toBe('submitted')
  })

  it('never reaches the requester’s supplier', async () => {
    const colleague = await scene.person('colleague', { roles: ['vendor'], supplier: 'acme-drives' })
    const id = await ask()
    lend(safety, colleague)
    expect(await codeOf(say(colleague, id))).toBe('policy-denied')
  })

  it('ends with its time, and with its owner’s role', async () => {
    const deputy = await scene.person('deputy', { roles: ['auditor'] })
    const id = await ask()
    lend(safety, deputy, scene.clock.at + 1)
    scene.clock.at += 1
    expect(await codeOf(say(deputy, id))).toBe('policy-denied')
    lend(safety, deputy)
    await scene.setRoles(safety, ['auditor'])
    expect(await codeOf(say(deputy, id))).toBe('policy-denied')
  })

  it('may say no as well', async () => {
    const deputy = await scene.person('deputy', { roles: ['auditor'] })
    const id = await ask()
    lend(safety, deputy)
    await scene.access.deny(deputy, id, { digest: await scene.digest(id), comment: 'not today' })
    expect(await scene.events('request.denied')).toMatchObject([
      { approver: deputy.person.id, onBehalfOf: safety.person.id },
    ])
  })
})

describe('somebody else who is faster', () => {
  it('wins: revoking and extending at once leaves the grant revoked', async () => {
    const id = await scene.ask(vendor, 'ews-1', { tier: 'standard' })
    const grant = await scene.granted(approver, id)
    const codes = await Promise.all([
      codeOf(scene.access.revoke(safety, grant, 'line starts')),
      codeOf(scene.access.extend(approver, grant, scene.clock.at + 2 * hour, '')),
    ])
    expect(codes[0]).toBe('done')
    expect((await scene.store.grants.byId(grant))?.grant.kind).toBe('revoked')
    expect(scene.signals.at(-1)).toMatchObject({ kind: 'grant-revoked', grant })
    expect(await codeOf(scene.access.extend(approver, grant, scene.clock.at + 3 * hour, ''))).toBe('state-conflict')
  })

  it('wins: a request taken back while it is approved is not granted', async () => {
    const id = await scene.ask(vendor, 'ews-1', { tier: 'standard' })
    const digest = await scene.digest(id)
    const codes = await Promise.all([codeOf(scene.access.withdraw(vendor, id)), codeOf(say(approver, id, {}, digest))])
    expect(codes).toEqual(['done', 'state-conflict'])
    expect(await scene.store.grants.openOf(vendor.person.id, scene.clock.at)).toEqual([])
  })

  it('on another node wins too: what was judged on an older row is rolled back, and kept as evidence', async () => {
    const id = await scene.ask(vendor, 'ews-1', { tier: 'standard' })
    const { store, door, clock } = scene
    const world = { now: () => scene.world, refresh: () => Promise.resolve() }
    const tickets = { check: async () => scene.ticket }
    const late = openAccess({
      store: {
        ...store,
        // Between our look and our write the row moved.
        change: (work) =>
          store.change((tx) => work({ ...tx, requests: { ...tx.requests, update: () => Promise.resolve(false) } })),
      },
      door,
      clock,
      bus: inProcessBus(),
      world,
      tickets,
    })
    expect(await codeOf(late.approve(approver, id, { digest: await scene.digest(id), comment: '' }))).toBe(
      'state-conflict',
    )
    expect(await stateOf(id)).toMatchObject({ kind: 'submitted', approvals: [] })
    expect(await scene.types()).toEqual(['policy.decision', 'request.submitted', 'request.refused'])
    expect(await scene.events('request.refused')).toMatchObject([{ code: 'state-conflict' }])
  })
})

describe('making longer what needed two', () => {
  it('takes one yes, of the one for whom no other could stand', async () => {
    const id = await ask()
    await say(approver, id)
    const granted = await say(safety, id)
    if (granted.kind !== 'granted') throw new Error('two yeses were not enough')
    const until = scene.clock.at + 2 * hour
    expect(await codeOf(scene.access.extend(approver, granted.grant, until, 'needs longer'))).toBe('policy-denied')
    expect((await scene.events('request.refused')).at(-1)).toMatchObject({ step: 'extend', code: 'not-needed' })
    expect(await codeOf(scene.access.extend(safety, granted.grant, until, 'needs longer'))).toBe('done')
  })
})

describe('a refusal', () => {
  it('says what the policies would want otherwise, of an approval as of a request', async () => {
    const id = await ask()
    const outsider = await scene.person('outsider', { roles: ['engineer'] })
    const ways = await say(outsider, id).then(
      () => [],
      (error: GatewayError) => (error.extra['decision'] as Decision & { kind: 'deny' }).remedies,
    )
    expect(ways).toContainEqual({ kind: 'role', text: 'somebody with the role approver does it' })
    const stored = await scene.store.requests.byId(id)
    if (stored === null) throw new Error('the request is gone')
    expect((await scene.access.outlook(outsider, stored)).waysForMe()).toContainEqual({
      kind: 'role',
      text: 'somebody with the role approver does it',
    })
  })
})

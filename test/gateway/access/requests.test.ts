// One request through its life, on the demo's bundle: each step, each refusal, and what is left as evidence.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Actor } from '../../../gateway/access/authorize.ts'
import type { Access } from '../../../gateway/access/requests.ts'
import type { GatewayError } from '../../../gateway/errors.ts'
import type { RequestId } from '../../../policy/index.ts'
import { codeOf, demoBundle, hour, openAccessScene, type AccessScene } from '../../support/access-scene.ts'
import { ledgerOf } from '../../support/memory-store.ts'

let scene: AccessScene
let access: Access
let vendor: Actor
let former: Actor
let approver: Actor
let second: Actor

beforeEach(async () => {
  scene = await openAccessScene(demoBundle)
  access = scene.access
  vendor = await scene.person('vendor', { roles: ['vendor'], supplier: 'acme-drives', plants: ['north', 'south'] })
  former = await scene.person('former', { roles: ['vendor'], supplier: 'former-packaging' })
  approver = await scene.person('approver', { roles: ['approver'] })
  second = await scene.person('second', { roles: ['approver', 'engineer'] })
})
afterEach(() => scene.close())

const ask = (asset = 'ews-1', by = vendor): Promise<RequestId> => scene.ask(by, asset)
const stateOf = async (id: RequestId): Promise<string | undefined> =>
  (await scene.store.requests.byId(id))?.request.kind
const span = (from: number, until: number) => ({ from: scene.clock.at + from, until: scene.clock.at + until })
const types = () => scene.types()

describe('a request', () => {
  it('becomes a grant with an approval, each step with its evidence', async () => {
    const id = await ask()
    const grant = await scene.granted(approver, id)
    expect((await scene.store.grants.byId(grant))?.grant).toMatchObject({ kind: 'open', asset: 'ews-1' })
    expect(await types()).toEqual(['policy.decision', 'request.submitted', 'policy.decision', 'request.approved'])
  })

  it.each([
    ['south-ews-1', 'scope-out'],
    ['cam-9', 'scope-undetermined'],
    ['sis-1', 'sis-unreachable'],
    ['no-such-asset', 'unknown-asset'],
    ['../../etc', 'unknown-asset'],
    ['ews\u202e-1', 'unknown-asset'],
    ['x'.repeat(5000), 'unknown-asset'],
  ])('for `%s` is refused by %s, changes nothing, and is evidence', async (asset, rule) => {
    expect(await codeOf(ask(asset))).toBe('policy-denied')
    const decided = (await ledgerOf(scene.store)).findLast(({ type }) => type === 'policy.decision')
    expect(decided?.data).toMatchObject({ outcome: 'deny' })
    expect(decided?.data['rules']).toContain(rule)
    expect(await scene.store.requests.list({ kind: null, person: null }, { limit: 9, before: null })).toEqual([])
  })

  it('refused at a safety system, or where no conduit leads, is evidence of that boundary too', async () => {
    expect(await codeOf(ask('sis-1'))).toBe('policy-denied')
    expect(await codeOf(ask('cnc-1'))).toBe('policy-denied')
    const person = vendor.person.id
    expect(await scene.events('safety.block')).toMatchObject([
      { action: 'request', person, asset: 'sis-1', plant: 'north', rules: ['sis-unreachable'] },
    ])
    const flows = await scene.events('conduit.denied_flow')
    expect(flows.find(({ asset }) => asset === 'cnc-1')).toMatchObject({
      action: 'request',
      person,
      plant: 'north',
      protocol: 'ssh',
      conduit: null,
      levels: { from: 3.5 },
      rules: ['conduit-absent'],
    })
  })

  it.each([
    ['in the past', -2 * hour, -hour],
    ['reversed', hour, 0],
    ['longer than the plant allows', 0, 10 * hour],
  ])('with a window %s is refused', async (_name, from, until) => {
    const when = { kind: 'window' as const, ...span(from, until) }
    expect(await codeOf(scene.ask(vendor, 'ews-1', { when }))).toBe('policy-denied')
    expect(await types()).toEqual(['policy.decision'])
  })

  it('of a supplier whose contract is over is refused', async () => {
    expect(await codeOf(ask('ews-2', former))).toBe('policy-denied')
  })
})

describe('an approval', () => {
  it('happens once, however many approvers are fast', async () => {
    const id = await ask()
    const digest = await scene.digest(id)
    const codes = await Promise.all(
      [approver, second, approver].map((who) => codeOf(access.approve(who, id, { digest, comment: '' }))),
    )
    expect(codes.toSorted()).toEqual(['done', 'state-conflict', 'state-conflict'])
    expect((await types()).filter((type) => type === 'request.approved')).toHaveLength(1)
  })

  it('is never one’s own', async () => {
    const id = await ask('ews-1', second)
    expect(await codeOf(access.approve(second, id, { digest: await scene.digest(id), comment: '' }))).toBe(
      'policy-denied',
    )
    expect(await stateOf(id)).toBe('submitted')
  })

  it('is for the request that was read, and no other', async () => {
    const id = await ask()
    expect(await codeOf(access.approve(approver, id, { digest: '0'.repeat(64), comment: '' }))).toBe('digest-mismatch')
    expect(await stateOf(id)).toBe('submitted')
  })

  it('may shorten the window and never move it outside', async () => {
    const id = await ask()
    const digest = await scene.digest(id)
    const longer = span(0, 2 * hour)
    expect(await codeOf(access.approve(approver, id, { digest, comment: '', changes: { window: longer } }))).toBe(
      'invalid-window',
    )
    const shorter = span(0, hour / 2)
    await access.approve(approver, id, { digest, comment: '', changes: { window: shorter } })
    const [granted] = await scene.store.grants.openOf(vendor.person.id, scene.clock.at)
    expect(granted?.grant.window).toEqual(shorter)
  })

  it('without a second factor, or by a vendor, is refused', async () => {
    const id = await ask()
    const digest = await scene.digest(id)
    expect(await codeOf(access.approve({ ...approver, mfa: [] }, id, { digest, comment: '' }))).toBe('policy-denied')
    expect(await codeOf(access.approve(former, id, { digest, comment: '' }))).toBe('policy-denied')
    expect(await codeOf(access.deny(former, id, { digest, comment: 'no' }))).toBe('policy-denied')
  })
})

describe('ends', () => {
  it('a denied or withdrawn request stays so', async () => {
    const denied = await ask()
    await access.deny(approver, denied, { digest: await scene.digest(denied), comment: 'not today' })
    expect(await codeOf(access.approve(approver, denied, { digest: await scene.digest(denied), comment: '' }))).toBe(
      'state-conflict',
    )
    const withdrawn = await ask()
    expect(await codeOf(access.withdraw(approver, withdrawn))).toBe('not-found')
    await access.withdraw(vendor, withdrawn)
    expect([await stateOf(denied), await stateOf(withdrawn)]).toEqual(['refused', 'withdrawn'])
  })

  it('a revoked grant tells the sessions at once', async () => {
    const id = await ask()
    const grant = await scene.granted(approver, id)
    expect(await codeOf(access.revoke(former, grant, 'mine now'))).toBe('role-missing')
    await access.revoke(approver, grant, 'line 3 starts')
    expect(scene.signals).toEqual([{ kind: 'grant-revoked', grant, reason: 'line 3 starts' }])
    expect(await codeOf(access.revoke(approver, grant, 'again'))).toBe('state-conflict')
    expect(await codeOf(access.extend(approver, grant, scene.clock.at + 2 * hour, ''))).not.toBe('done')
  })

  it('an extension is an approver’s, inside the plant’s longest window', async () => {
    const id = await ask()
    const grant = await scene.granted(approver, id)
    expect(await codeOf(access.extend(vendor, grant, scene.clock.at + 2 * hour, ''))).toBe('policy-denied')
    expect(await codeOf(access.extend(approver, grant, scene.clock.at + 10 * hour, ''))).toBe('policy-denied')
    await access.extend(approver, grant, scene.clock.at + 2 * hour, 'needs longer')
    expect((await scene.store.grants.byId(grant))?.grant.window.until).toBe(scene.clock.at + 2 * hour)
    expect(scene.signals.map(({ kind }) => kind)).toEqual(['grant-extended'])
  })

  it('time ends what nobody answered and what was granted', async () => {
    const open = await ask()
    const granted = await ask('hist-1')
    const grant = await scene.granted(approver, granted)
    await access.sweep()
    expect(await stateOf(open)).toBe('submitted')
    scene.clock.at += hour
    await access.sweep()
    expect(await stateOf(open)).toBe('expired')
    expect((await scene.store.grants.byId(grant))?.grant.kind).toBe('expired')
    const size = await scene.store.evidence.size()
    await access.sweep()
    expect(await scene.store.evidence.size()).toBe(size)
  })
})

describe('a step that the state refuses', () => {
  const refusals = async () =>
    (await ledgerOf(scene.store)).filter(({ type }) => type === 'request.refused').map(({ data }) => data)

  it('is evidence: who tried which step, and why not', async () => {
    const id = await ask()
    const digest = await scene.digest(id)
    const longer = span(0, 2 * hour)
    await codeOf(access.approve(approver, id, { digest: '0'.repeat(64), comment: '' }))
    await codeOf(access.approve(approver, id, { digest, comment: '', changes: { window: longer } }))
    await codeOf(access.withdraw(approver, id))
    const grant = await scene.granted(approver, id)
    await codeOf(access.approve(second, id, { digest, comment: '' }))
    await codeOf(access.deny(second, id, { digest, comment: '' }))
    await codeOf(access.withdraw(vendor, id))
    await codeOf(access.extend(approver, grant, scene.clock.at + 1_000, ''))
    await codeOf(access.revoke(approver, grant, ' '))
    await access.revoke(approver, grant, 'over')
    await codeOf(access.revoke(second, grant, 'again'))
    const [first, other, asker] = [approver, second, vendor].map(({ person }) => person.id)
    expect(await refusals()).toEqual([
      { request: id, person: first, step: 'approve', code: 'digest-mismatch' },
      { request: id, person: first, step: 'approve', code: 'window-outside-ask' },
      { request: id, person: first, step: 'withdraw', code: 'not-the-requester' },
      { request: id, person: other, step: 'approve', code: 'already-decided' },
      { request: id, person: other, step: 'deny', code: 'already-decided' },
      { request: id, person: asker, step: 'withdraw', code: 'already-decided' },
      { grant, person: first, step: 'extend', code: 'window-not-longer' },
      { grant, person: first, step: 'revoke', code: 'reason-missing' },
      { grant, person: other, step: 'revoke', code: 'grant-not-open' },
    ])
  })

  it('is evidence also when somebody else was faster', async () => {
    const id = await ask()
    const digest = await scene.digest(id)
    await Promise.all([approver, second].map((who) => codeOf(access.approve(who, id, { digest, comment: '' }))))
    expect(await refusals()).toMatchObject([{ request: id, step: 'approve', code: 'already-decided' }])
  })
})

describe('a name that is no asset', () => {
  it('is told back to the user, and stands in the ledger as a commitment only', async () => {
    const typed = 'hunter2-secret'
    const error: GatewayError = await ask(typed).then(
      () => Promise.reject(new Error('it was taken')),
      (refusal: GatewayError) => refusal,
    )
    expect(error.message).toContain(`no asset is called \`${typed}\``)
    const last = (await ledgerOf(scene.store)).at(-1)
    expect(JSON.stringify(last)).not.toContain('hunter2')
    expect(last?.data).toMatchObject({ texts: ['what was named is no declared asset'] })
    const named = String(last?.data['named'])
    expect((await scene.store.evidence.disclosed([named])).get(named)).toBe(typed)
  })
})

import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadBundle } from '../../../gateway/access/bundles.ts'
import { openDoor, type Actor } from '../../../gateway/access/authorize.ts'
import { openAccess, type Access } from '../../../gateway/access/requests.ts'
import { inProcessBus, type Signal } from '../../../gateway/bus/bus.ts'
import { enrol } from '../../../gateway/identity/enrol.ts'
import type { GatewayError } from '../../../gateway/errors.ts'
import type { RequestId } from '../../../policy/index.ts'
import { ledgerOf, openBase, type Base } from '../../support/memory-store.ts'

const hour = 3_600_000
let base: Base
let access: Access
let signals: Signal[]
let vendor: Actor
let former: Actor
let approver: Actor
let second: Actor

beforeEach(async () => {
  base = await openBase()
  const loaded = await loadBundle(join(import.meta.dirname, '../../../gateway/demo/bundle'))
  if (loaded.kind === 'invalid') throw new Error('the demo bundle is not valid')
  const bus = inProcessBus()
  signals = []
  bus.subscribe((signal) => signals.push(signal))
  access = openAccess({ ...base, bus, door: openDoor(() => loaded.bundle, base.clock) })
  const person = async (login: string, roles: string[], supplier: string | null, plants: string[]): Promise<Actor> => {
    const enrolled = await enrol(base, { login, displayName: login, roles, supplier, plants, password: null, keys: [] })
    if (enrolled.kind === 'invalid') throw new Error(enrolled.problems.join())
    return { person: enrolled.person, mfa: ['totp'] }
  }
  vendor = await person('vendor', ['vendor'], 'acme-drives', ['north', 'south'])
  former = await person('former', ['vendor'], 'former-packaging', ['north'])
  approver = await person('approver', ['approver'], null, ['north'])
  second = await person('second', ['approver', 'engineer'], null, ['north'])
})
afterEach(() => base.store.close())

const ask = (over: { from?: number; until?: number } = {}) => ({
  protocol: 'ssh' as const,
  operationClass: 'operate' as const,
  window: { from: over.from ?? base.clock.at, until: over.until ?? base.clock.at + hour },
  purpose: 'exchange a drive',
  ticket: '',
})
const digestOf = async (id: RequestId): Promise<string> => (await base.store.requests.byId(id))?.digest ?? ''
const stateOf = async (id: RequestId): Promise<string | undefined> => (await base.store.requests.byId(id))?.request.kind
const types = async (): Promise<string[]> =>
  (await ledgerOf(base.store)).map(({ type }) => type).filter((type) => type !== 'identity.created')
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: GatewayError) => error.code,
  )

describe('a request', () => {
  it('becomes a grant with an approval, each step with its evidence', async () => {
    const id = await access.submit(vendor, 'ews-1', ask())
    const grant = await access.approve(approver, id, { digest: await digestOf(id), comment: 'go' })
    expect((await base.store.grants.byId(grant))?.grant).toMatchObject({ kind: 'open', asset: 'ews-1' })
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
    expect(await codeOf(access.submit(vendor, asset, ask()))).toBe('policy-denied')
    const events = await ledgerOf(base.store)
    expect(events.at(-1)).toMatchObject({ type: 'policy.decision', data: { outcome: 'deny' } })
    expect(events.at(-1)?.data['rules']).toContain(rule)
    expect(await base.store.requests.list({ kind: null, person: null }, { limit: 9, before: null })).toEqual([])
  })

  it.each([
    ['in the past', -2 * hour, -hour],
    ['reversed', hour, 0],
    ['longer than the plant allows', 0, 9 * hour],
  ])('with a window %s is refused', async (_name, from, until) => {
    const window = { from: base.clock.at + from, until: base.clock.at + until }
    expect(await codeOf(access.submit(vendor, 'ews-1', ask(window)))).toBe('policy-denied')
    expect(await types()).toEqual(['policy.decision'])
  })

  it('of a supplier whose contract is over is refused', async () => {
    expect(await codeOf(access.submit(former, 'ews-2', ask()))).toBe('policy-denied')
  })
})

describe('an approval', () => {
  it('happens once, however many approvers are fast', async () => {
    const id = await access.submit(vendor, 'ews-1', ask())
    const digest = await digestOf(id)
    const codes = await Promise.all(
      [approver, second, approver].map((who) => codeOf(access.approve(who, id, { digest, comment: '' }))),
    )
    expect(codes.toSorted()).toEqual(['done', 'state-conflict', 'state-conflict'])
    expect((await types()).filter((type) => type === 'request.approved')).toHaveLength(1)
  })

  it('is never one’s own', async () => {
    const id = await access.submit(second, 'ews-1', ask())
    expect(await codeOf(access.approve(second, id, { digest: await digestOf(id), comment: '' }))).toBe('policy-denied')
    expect(await stateOf(id)).toBe('submitted')
  })

  it('is for the request that was read, and no other', async () => {
    const id = await access.submit(vendor, 'ews-1', ask())
    expect(await codeOf(access.approve(approver, id, { digest: '0'.repeat(64), comment: '' }))).toBe('digest-mismatch')
    expect(await stateOf(id)).toBe('submitted')
  })

  it('may shorten the window and never move it outside', async () => {
    const id = await access.submit(vendor, 'ews-1', ask())
    const digest = await digestOf(id)
    const longer = { from: base.clock.at, until: base.clock.at + 2 * hour }
    expect(await codeOf(access.approve(approver, id, { digest, comment: '', window: longer }))).toBe('invalid-window')
    const shorter = { from: base.clock.at, until: base.clock.at + hour / 2 }
    const grant = await access.approve(approver, id, { digest, comment: '', window: shorter })
    expect((await base.store.grants.byId(grant))?.grant.window).toEqual(shorter)
  })

  it('without a second factor, or by a vendor, is refused', async () => {
    const id = await access.submit(vendor, 'ews-1', ask())
    const digest = await digestOf(id)
    expect(await codeOf(access.approve({ ...approver, mfa: [] }, id, { digest, comment: '' }))).toBe('policy-denied')
    expect(await codeOf(access.approve(former, id, { digest, comment: '' }))).toBe('policy-denied')
    expect(await codeOf(access.deny(former, id, { digest, comment: 'no' }))).toBe('policy-denied')
  })
})

describe('ends', () => {
  it('a denied or withdrawn request stays so', async () => {
    const denied = await access.submit(vendor, 'ews-1', ask())
    await access.deny(approver, denied, { digest: await digestOf(denied), comment: 'not today' })
    expect(await codeOf(access.approve(approver, denied, { digest: await digestOf(denied), comment: '' }))).toBe(
      'state-conflict',
    )
    const withdrawn = await access.submit(vendor, 'ews-1', ask())
    expect(await codeOf(access.withdraw(approver, withdrawn))).toBe('not-found')
    await access.withdraw(vendor, withdrawn)
    expect([await stateOf(denied), await stateOf(withdrawn)]).toEqual(['refused', 'withdrawn'])
  })

  it('a revoked grant tells the sessions at once', async () => {
    const id = await access.submit(vendor, 'ews-1', ask())
    const grant = await access.approve(approver, id, { digest: await digestOf(id), comment: '' })
    expect(await codeOf(access.revoke(former, grant, 'mine now'))).toBe('role-missing')
    await access.revoke(approver, grant, 'line 3 starts')
    expect(signals).toEqual([{ kind: 'grant-revoked', grant, reason: 'line 3 starts' }])
    expect(await codeOf(access.revoke(approver, grant, 'again'))).toBe('state-conflict')
    expect(await codeOf(access.extend(approver, grant, base.clock.at + 2 * hour, ''))).not.toBe('done')
  })

  it('an extension is an approver’s, inside the plant’s longest window', async () => {
    const id = await access.submit(vendor, 'ews-1', ask())
    const grant = await access.approve(approver, id, { digest: await digestOf(id), comment: '' })
    expect(await codeOf(access.extend(vendor, grant, base.clock.at + 2 * hour, ''))).toBe('policy-denied')
    expect(await codeOf(access.extend(approver, grant, base.clock.at + 9 * hour, ''))).toBe('policy-denied')
    await access.extend(approver, grant, base.clock.at + 2 * hour, 'needs longer')
    expect((await base.store.grants.byId(grant))?.grant.window.until).toBe(base.clock.at + 2 * hour)
    expect(signals.map(({ kind }) => kind)).toEqual(['grant-extended'])
  })

  it('time ends what nobody answered and what was granted', async () => {
    const open = await access.submit(vendor, 'ews-1', ask())
    const granted = await access.submit(vendor, 'hist-1', ask())
    const grant = await access.approve(approver, granted, { digest: await digestOf(granted), comment: '' })
    await access.sweep()
    expect(await stateOf(open)).toBe('submitted')
    base.clock.at += hour
    await access.sweep()
    expect(await stateOf(open)).toBe('expired')
    expect((await base.store.grants.byId(grant))?.grant.kind).toBe('expired')
    const size = await base.store.evidence.size()
    await access.sweep()
    expect(await base.store.evidence.size()).toBe(size)
  })
})

describe('a step that the state refuses', () => {
  const refusals = async () =>
    (await ledgerOf(base.store)).filter(({ type }) => type === 'request.refused').map(({ data }) => data)

  it('is evidence: who tried which step, and why not', async () => {
    const id = await access.submit(vendor, 'ews-1', ask())
    const digest = await digestOf(id)
    const longer = { from: base.clock.at, until: base.clock.at + 2 * hour }
    await codeOf(access.approve(approver, id, { digest: '0'.repeat(64), comment: '' }))
    await codeOf(access.approve(approver, id, { digest, comment: '', window: longer }))
    await codeOf(access.withdraw(approver, id))
    const grant = await access.approve(approver, id, { digest, comment: '' })
    await codeOf(access.approve(second, id, { digest, comment: '' }))
    await codeOf(access.deny(second, id, { digest, comment: '' }))
    await codeOf(access.withdraw(vendor, id))
    await codeOf(access.extend(approver, grant, base.clock.at + 1_000, ''))
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
    const id = await access.submit(vendor, 'ews-1', ask())
    const digest = await digestOf(id)
    await Promise.all([approver, second].map((who) => codeOf(access.approve(who, id, { digest, comment: '' }))))
    expect(await refusals()).toMatchObject([{ request: id, step: 'approve', code: 'state-conflict' }])
  })
})

describe('a name that is no asset', () => {
  it('is told back to the user, and stands in the ledger as a commitment only', async () => {
    const typed = 'hunter2-secret'
    const error: GatewayError = await access.submit(vendor, typed, ask()).then(
      () => Promise.reject(new Error('it was taken')),
      (refusal: GatewayError) => refusal,
    )
    expect(error.message).toContain(`no asset is called \`${typed}\``)
    const last = (await ledgerOf(base.store)).at(-1)
    expect(JSON.stringify(last)).not.toContain('hunter2')
    expect(last?.data).toMatchObject({ texts: ['what was named is no declared asset'] })
    const named = String(last?.data['named'])
    expect((await base.store.evidence.disclosed([named])).get(named)).toBe(typed)
  })
})

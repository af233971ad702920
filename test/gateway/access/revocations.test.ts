import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { revokeAccess } from '../../../gateway/access/revocations.ts'
import type { Actor } from '../../../gateway/access/authorize.ts'
import { suspend } from '../../../gateway/access/suspensions.ts'
import type { GatewayError } from '../../../gateway/errors.ts'
import { codeOf, openStandingScene, type StandingScene } from '../../support/standing-scene.ts'
import { idOf } from '../../support/ids.ts'

let scene: StandingScene
let vendor: Actor
let other: Actor
let approver: Actor
let admin: Actor

beforeEach(async () => {
  scene = await openStandingScene()
  vendor = await scene.person('vendor', ['vendor'], ['north'], 'acme-drives')
  other = await scene.person('other', ['engineer'], ['north'])
  approver = await scene.person('approver', ['approver'], ['north'])
  admin = await scene.person('admin', ['admin'], [])
})
afterEach(() => scene.store.close())

const revoke = (by: Actor, kind: string, id: string, insist = false) =>
  scene.standing.revocations.revoke(by, { kind: kind as 'all', id }, { reason: 'line 1 starts', insist })
const kindOf = async (grant: string) => (await scene.store.grants.byId(idOf.grant(grant)))?.grant.kind

describe('a revocation', () => {
  it.each([
    ['person', 'vendor', ['vendor']],
    ['supplier', 'acme-drives', ['vendor']],
    ['asset', 'ews-1', ['vendor', 'other']],
    ['zone', 'north-operations', ['vendor', 'other']],
    ['plant', 'north', ['vendor', 'other']],
    ['all', '', ['vendor', 'other']],
    ['asset', 'hist-1', []],
  ])('of %s `%s` ends what is open there, says what it ended, and keeps nobody off', async (kind, id, gone) => {
    const granted = await scene.grant(vendor, 'ews-1')
    const grants: Record<string, string> = {
      vendor: granted,
      other: await scene.grant(other, 'ews-1'),
    }
    const session = await scene.session(vendor, granted, 'ews-1')
    const { ended } = await revoke(admin, kind, id)
    expect(new Set(ended.grants)).toEqual(new Set(gone.map((login) => grants[login])))
    expect(ended.sessions.map((one) => one.id)).toEqual(gone.includes('vendor') ? [session] : [])
    for (const [login, grant] of Object.entries(grants))
      expect(await kindOf(grant)).toBe(gone.includes(login) ? 'revoked' : 'open')
    expect(scene.signals.filter(({ kind: signal }) => signal === 'grant-revoked')).toHaveLength(gone.length)
    expect(await scene.events('access.revoked')).toMatchObject([
      { by: admin.person.id, grants: ended.grants, via: 'https' },
    ])
    expect(await scene.grant(vendor, 'ews-1')).toMatch(/^gra_/)
  })

  it('of a session ends its grant too, which it would come back on', async () => {
    const grant = await scene.grant(vendor, 'ews-1')
    const session = await scene.session(vendor, grant, 'ews-1')
    expect((await revoke(approver, 'session', session)).ended.grants).toEqual([grant])
    expect(await kindOf(grant)).toBe('revoked')
  })

  it('of what is over already is a conflict', async () => {
    const grant = await scene.grant(vendor, 'ews-1')
    await revoke(approver, 'grant', grant)
    expect(await codeOf(revoke(approver, 'grant', grant))).toBe('state-conflict')
    expect(await codeOf(revoke(approver, 'grant', 'gra_00000000000000000000000000'))).toBe('not-found')
  })

  it('of one’s own access is always possible, of others’ it needs the right', async () => {
    const mine = await scene.grant(vendor, 'ews-1')
    const theirs = await scene.grant(other, 'ews-1')
    expect(await codeOf(revoke(vendor, 'grant', theirs))).toBe('role-missing')
    expect(await codeOf(revoke(vendor, 'person', 'vendor'))).toBe('role-missing')
    expect(await codeOf(revoke(vendor, 'grant', mine))).toBe('done')
    expect(await scene.events('standing.step_refused')).toMatchObject([
      { subject: theirs },
      { subject: vendor.person.id },
    ])
  })
})

describe('an asset that asks for a safe state', () => {
  beforeEach(() => scene.setAsset('ews-1', { expiry: { kind: 'confirm-safe-state', hardLimitMinutes: 15 } }))

  it('has the revocation refused once, naming the sessions, and done when it is insisted', async () => {
    const grant = await scene.grant(vendor, 'ews-1')
    const session = await scene.session(vendor, grant, 'ews-1')
    const refusal = await revoke(approver, 'plant', 'north').then(
      () => null,
      (error: GatewayError) => error,
    )
    expect(refusal).toMatchObject({
      code: 'confirm-safe-state',
      extra: { problems: [`session ${session} on asset ews-1`] },
    })
    expect(await kindOf(grant)).toBe('open')
    expect(await scene.events('standing.step_refused')).toMatchObject([
      { step: 'revoke', code: 'confirm-safe-state', subject: 'north' },
    ])
    await revoke(approver, 'plant', 'north', true)
    expect(await kindOf(grant)).toBe('revoked')
    expect(await scene.events('access.revoked')).toMatchObject([{ insisted: true }])
  })

  it('is not asked about where no session runs', async () => {
    await scene.grant(vendor, 'ews-1')
    expect(await codeOf(revoke(approver, 'plant', 'north'))).toBe('done')
    expect(await scene.events('access.revoked')).toMatchObject([{ insisted: false }])
  })

  it('does not hold up a suspension, which names the sessions it ended', async () => {
    const grant = await scene.grant(vendor, 'ews-1')
    const session = await scene.session(vendor, grant, 'ews-1')
    const done = await scene.standing.suspensions.suspend(approver, { kind: 'asset', id: 'ews-1' }, 'fire')
    expect(done.unconfirmed.map(({ id }) => id)).toEqual([session])
  })

  it('asks the same of other ways to end a session, of that session alone', async () => {
    const session = await scene.session(vendor, await scene.grant(vendor, 'ews-1'), 'ews-1')
    const { askSafeState } = scene.standing.revocations
    expect(await codeOf(askSafeState(approver, { kind: 'session', id: session }, false))).toBe('confirm-safe-state')
    expect(await codeOf(askSafeState(approver, { kind: 'session', id: session }, true))).toBe('done')
    scene.setAsset('ews-1', { expiry: { kind: 'cut' } })
    expect(await codeOf(askSafeState(approver, { kind: 'session', id: session }, false))).toBe('done')
  })
})

describe('a revocation while the API is down', () => {
  it('needs no gateway: the store has it, and the sweep carries it out once', async () => {
    const grant = await scene.grant(vendor, 'ews-1')
    const session = await scene.session(vendor, grant, 'ews-1')
    await scene.store.bookkeep((tx) => tx.suspensions.order({ session, by: admin.person.id, reason: 'x', at: 1 }))
    await revokeAccess(
      { store: scene.store, clock: scene.clock, bundle: scene.bundle },
      { person: admin.person, via: 'local' },
      { kind: 'person', id: 'vendor' },
      { reason: 'the API is down', insist: false },
    )
    expect(await kindOf(grant)).toBe('revoked')
    expect(scene.signals).not.toContainEqual(expect.objectContaining({ kind: 'grant-revoked' }))
    await scene.standing.revocations.sweep()
    await scene.standing.revocations.sweep()
    expect(scene.signals.filter(({ kind }) => kind === 'session-kill')).toHaveLength(1)
  })

  it.each([true, false])('ends a session whose grant had expired as what it is: suspended, %s', async (isSuspended) => {
    const grant = await scene.grant(vendor, 'ews-1')
    const session = await scene.session(vendor, grant, 'ews-1')
    await scene.store.bookkeep(async (tx) => {
      const stored = await tx.grants.byId(grant)
      if (!stored) throw new Error('the grant is gone')
      await tx.grants.update({ ...stored.grant, kind: 'expired', at: scene.clock.at })
    })
    const [by, of] = [{ person: admin.person, via: 'local' as const }, { kind: 'asset', id: 'ews-1' } as const]
    const { store, clock, bundle } = scene
    if (isSuspended) await suspend({ store, clock, bundle }, by, of, 'an unknown laptop')
    else await revokeAccess({ store, clock, bundle }, by, of, { reason: 'an unknown laptop', insist: true })
    await scene.standing.revocations.sweep()
    const told = scene.signals.filter(({ kind }) => kind === 'sessions-suspended' || kind === 'session-kill')
    const why = 'asset `ews-1` is suspended: an unknown laptop'
    expect(told).toMatchObject([
      ...(isSuspended ? [{ kind: 'sessions-suspended', sessions: [session], why }] : []),
      { kind: 'session-kill', session, reason: 'an unknown laptop' },
    ])
  })
})

// Emergencies, measured and reviewed; break-glass, opened by nobody and looked at by everybody.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Actor } from '../../../gateway/access/authorize.ts'
import type { Wanted } from '../../../gateway/access/submitting.ts'
import { mint } from '../../../gateway/clock.ts'
import type { GrantId, RequestId } from '../../../policy/index.ts'
import { codeOf, hour, openAccessScene, type AccessScene } from '../../support/access-scene.ts'

const minute = 60_000
let scene: AccessScene
let vendor: Actor
let lead: Actor
let approver: Actor

beforeEach(async () => {
  // A Monday, ten o'clock at the plant: the early shift.
  scene = await openAccessScene()
  vendor = await scene.person('vendor', { roles: ['vendor'], supplier: 'acme-drives' })
  lead = await scene.person('early-lead', { roles: ['engineer', 'escort'] })
  approver = await scene.person('approver', { roles: ['approver'] })
})
afterEach(() => scene.close())

const use = async (id: GrantId) => {
  const stored = await scene.store.grants.byId(id)
  if (stored === null) throw new Error('the grant is gone')
  const session = mint.session(scene.clock.at)
  return scene.store.change(async (tx) => {
    const grant = await scene.access.used(tx, stored.grant, session)
    await tx.ledger.append('gateway.started', scene.clock.at, { version: '0', bundle: '' })
    return grant
  })
}

describe('an emergency', () => {
  const urgent: Partial<Wanted> = { tier: 'emergency', criteria: ['line-stopped', 'cannot-wait'] }
  const declare = (): Promise<RequestId> => scene.ask(vendor, 'ews-1', urgent)

  it('is declared with its criteria, and answered by who is on duty and nobody else', async () => {
    const id = await declare()
    expect(await scene.events('request.emergency_declared')).toMatchObject([
      {
        request: id,
        criteria: ['line-stopped', 'cannot-wait'],
        targetAt: scene.clock.at + 30 * minute,
        alarmAt: scene.clock.at + 120 * minute,
      },
    ])
    const late = await scene.person('late-lead', { roles: ['engineer', 'escort'] })
    expect(await codeOf(scene.approve(late, id))).toBe('policy-denied')
    expect(await codeOf(scene.approve(approver, id))).toBe('policy-denied')
    await scene.granted(lead, id)
  })

  it('is reviewed afterwards, by a day that is known from the start', async () => {
    const id = await declare()
    const grant = await scene.granted(lead, id)
    expect(await scene.events('review.opened')).toMatchObject([
      { kind: 'emergency', request: id, grant, dueAt: scene.clock.at + hour + 72 * hour },
    ])
  })

  it.each([
    [29, true],
    [31, false],
  ])('is measured from the asking to the first session: after %i minutes in time is %s', async (minutes, inTime) => {
    const id = await declare()
    const grant = await scene.granted(lead, id)
    scene.clock.at += minutes * minute
    await use(grant)
    await use(grant)
    expect(await scene.events('request.emergency_answered')).toMatchObject([
      { request: id, grant, minutes, targetMinutes: 30, inTime },
    ])
    scene.clock.at += 3 * hour
    await scene.access.sweep()
    expect(await scene.events('request.emergency_overdue')).toEqual([])
  })

  it('that is not answered in two hours is an alarm, once', async () => {
    const when = { kind: 'window' as const, from: scene.clock.at, until: scene.clock.at + 4 * hour }
    const id = await scene.ask(vendor, 'ews-1', { ...urgent, when })
    scene.clock.at += 120 * minute - 1
    await scene.access.sweep()
    expect(await scene.events('request.emergency_overdue')).toEqual([])
    scene.clock.at += 1
    await scene.access.sweep()
    await scene.access.sweep()
    expect(await scene.events('request.emergency_overdue')).toMatchObject([{ request: id, alarmMinutes: 120 }])
    expect(await scene.store.requests.byId(id)).toMatchObject({ alarmAt: null, alarmedAt: scene.clock.at })
  })

  it('that was answered and never used is an alarm too; one that was refused or taken away is none', async () => {
    const when = { kind: 'window' as const, from: scene.clock.at, until: scene.clock.at + 4 * hour }
    const ask = () => scene.ask(vendor, 'ews-1', { ...urgent, when })
    const [unused, refused, revoked] = [await ask(), await ask(), await ask()]
    await scene.granted(lead, unused)
    await scene.access.deny(lead, refused, { digest: await scene.digest(refused), comment: 'wait' })
    await scene.access.revoke(approver, await scene.granted(lead, revoked), 'line runs')
    scene.clock.at += 3 * hour
    await scene.access.sweep()
    expect((await scene.events('request.emergency_overdue')).map((data) => data['request'])).toEqual([unused])
    const size = await scene.store.evidence.size()
    await scene.access.sweep()
    expect(await scene.store.evidence.size()).toBe(size)
  })

  it('without its criteria is refused', async () => {
    expect(await codeOf(scene.ask(vendor, 'ews-1', { tier: 'emergency' }))).toBe('policy-denied')
  })
})

describe('break-glass', () => {
  const sealed: Partial<Wanted> = { tier: 'break-glass', criteria: ['danger'] }

  it('opens at once without anybody’s yes, alarms, is reviewed, and opens a nonconformity', async () => {
    const id = await scene.ask(lead, 'ews-1', sealed)
    const [granted] = await scene.store.grants.openOf(lead.person.id, scene.clock.at)
    expect(granted?.grant).toMatchObject({ kind: 'open', tier: 'break-glass', request: id })
    expect(await scene.store.requests.byId(id)).toMatchObject({ request: { kind: 'approved', approvals: [] } })
    expect(await scene.types()).toEqual([
      'policy.decision',
      'request.submitted',
      'request.break_glass',
      'review.opened',
      'incident.capa_opened',
    ])
    const dueAt = scene.clock.at + hour + 24 * hour
    const about = { request: id, grant: granted?.grant.id, dueAt, person: lead.person.id }
    expect(await scene.events('incident.capa_opened')).toMatchObject([{ ...about, because: 'break-glass' }])
    expect(await scene.events('review.opened')).toMatchObject([{ ...about, kind: 'break-glass' }])
    expect(scene.refreshed).toBe(1)
  })

  it('breaks a seal once, though a second one is asked for before the world was read anew', async () => {
    const codes = await Promise.all([
      codeOf(scene.ask(lead, 'ews-1', sealed)),
      codeOf(scene.ask(lead, 'ews-1', sealed)),
    ])
    expect(codes).toEqual(['done', 'policy-denied'])
    expect(scene.world.brokenSeals.size).toBe(0)
    expect(await scene.events('request.break_glass')).toHaveLength(1)
  })

  it('is approved by nobody, and ended by whoever may end access', async () => {
    const id = await scene.ask(lead, 'ews-1', sealed)
    expect(await codeOf(scene.approve(approver, id))).not.toBe('done')
    const [granted] = await scene.store.grants.openOf(lead.person.id, scene.clock.at)
    if (granted === undefined) throw new Error('nothing was opened')
    await scene.access.revoke(approver, granted.grant.id, 'danger is over')
    expect(scene.signals.map(({ kind }) => kind)).toEqual(['grant-revoked'])
  })

  it('is not for whoever policy does not let, and not while the seal is broken', async () => {
    expect(await codeOf(scene.ask(vendor, 'ews-1', sealed))).toBe('policy-denied')
    const stored = [...scene.door.bundle().assets.keys()].find((id) => id === 'ews-1')
    if (stored === undefined) throw new Error('the bundle has no `ews-1`')
    scene.world = { ...scene.world, brokenSeals: new Set([stored]) }
    expect(await codeOf(scene.ask(lead, 'ews-1', sealed))).toBe('policy-denied')
    expect(await scene.store.grants.openOf(lead.person.id, scene.clock.at)).toEqual([])
  })
})

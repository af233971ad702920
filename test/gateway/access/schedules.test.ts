// Access that counts from the approval or the first use, that comes round, that nobody answers, and that names a ticket.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Actor } from '../../../gateway/access/authorize.ts'
import { mint } from '../../../gateway/clock.ts'
import type { GrantId } from '../../../policy/index.ts'
import { codeOf, hour, openAccessScene, type AccessScene } from '../../support/access-scene.ts'

const minute = 60_000
let scene: AccessScene
let vendor: Actor
let approver: Actor

beforeEach(async () => {
  // A Monday, ten o'clock at the plant.
  scene = await openAccessScene()
  vendor = await scene.person('vendor', { roles: ['vendor'], supplier: 'acme-drives' })
  approver = await scene.person('approver', { roles: ['approver'] })
})
afterEach(() => scene.close())

const grantOf = async (id: GrantId) => {
  const stored = await scene.store.grants.byId(id)
  if (stored === null) throw new Error('the grant is gone')
  return stored.grant
}
const use = async (id: GrantId) => {
  const grant = await grantOf(id)
  return scene.store.change((tx) => scene.access.used(tx, grant, mint.session(scene.clock.at)))
}

describe('access from its approval', () => {
  it('begins when it is approved', async () => {
    const when = { kind: 'from-approval' as const, minutes: 30 }
    const id = await scene.ask(vendor, 'ews-1', { tier: 'standard', when })
    scene.clock.at += 3 * hour
    const grant = await scene.granted(approver, id)
    expect(await grantOf(grant)).toMatchObject({
      window: { from: scene.clock.at, until: scene.clock.at + 30 * minute },
      schedule: { kind: 'whole' },
    })
  })

  it('expires when nobody answers in the time the bundle gives', async () => {
    const when = { kind: 'from-approval' as const, minutes: 30 }
    const id = await scene.ask(vendor, 'ews-1', { tier: 'standard', when })
    scene.clock.at += 1_440 * minute - 1
    await scene.access.sweep()
    expect(await scene.events('request.expired')).toEqual([])
    scene.clock.at += 1
    await scene.access.sweep()
    expect(await scene.events('request.expired')).toEqual([{ request: id }])
    expect(await codeOf(scene.approve(approver, id))).not.toBe('done')
  })
})

describe('access from its first use', () => {
  it('begins with the first session, once', async () => {
    const when = {
      kind: 'from-first-use' as const,
      minutes: 30,
      from: scene.clock.at,
      until: scene.clock.at + 6 * hour,
    }
    const grant = await scene.granted(approver, await scene.ask(vendor, 'ews-1', { tier: 'standard', when }))
    scene.clock.at += 2 * hour
    const window = { from: scene.clock.at, until: scene.clock.at + 30 * minute }
    expect((await use(grant)).window).toEqual(window)
    expect(await grantOf(grant)).toMatchObject({ window, schedule: { kind: 'whole' } })
    expect(await scene.events('grant.first_used')).toMatchObject([{ grant, window }])
    scene.clock.at += 30 * minute
    await scene.access.sweep()
    expect((await grantOf(grant)).kind).toBe('expired')
  })

  it('does not begin on a grant that was revoked a moment before', async () => {
    const when = {
      kind: 'from-first-use' as const,
      minutes: 30,
      from: scene.clock.at,
      until: scene.clock.at + 6 * hour,
    }
    const id = await scene.granted(approver, await scene.ask(vendor, 'ews-1', { tier: 'standard', when }))
    const seen = await grantOf(id)
    await scene.access.revoke(approver, id, 'line starts')
    const late = scene.store.change((tx) => scene.access.used(tx, seen, mint.session(scene.clock.at)))
    expect(await codeOf(late)).toBe('state-conflict')
    expect(await scene.events('grant.first_used')).toEqual([])
  })
})

describe('access that comes round', () => {
  const evenings = {
    kind: 'recurring' as const,
    days: ['mon', 'tue'] as const,
    from: '09:00',
    until: '11:00',
    firstDay: '2026-06-01',
    lastDay: '2026-06-09',
  }
  const grant = async () =>
    scene.granted(approver, await scene.ask(vendor, 'ews-1', { tier: 'standard', when: evenings }))

  it('is on the plant’s clock, from the first day to the last', async () => {
    expect(await grantOf(await grant())).toMatchObject({
      window: { from: scene.clock.at, until: Date.parse('2026-06-09T22:00:00Z') },
      schedule: { kind: 'recurring', timeZone: 'Europe/Berlin' },
    })
  })

  it('is extended by one occurrence, the one that is running, and says so', async () => {
    const id = await grant()
    const end = Date.parse('2026-06-01T09:00:00Z')
    await scene.access.extend(approver, id, end + 30 * minute, 'needs longer')
    expect(await scene.events('grant.extended')).toMatchObject([
      { grant: id, what: 'occurrence', from: { until: end }, to: { until: end + 30 * minute } },
    ])
    expect(scene.signals).toEqual([{ kind: 'grant-extended', grant: id, until: end + 30 * minute }])
    scene.clock.at = end + 31 * minute
    expect(await codeOf(scene.access.extend(approver, id, end + 60 * minute, ''))).not.toBe('done')
  })

  it.each([
    ['a day that does not exist', { lastDay: '2026-02-30' }],
    ['days in the wrong order', { firstDay: '2026-06-10' }],
    ['no day of the week', { days: [] }],
    ['a time of day that is none', { from: '25:00' }],
  ])('is refused with %s', async (_what, over) => {
    const when = { ...evenings, ...over }
    expect(await codeOf(scene.ask(vendor, 'ews-1', { tier: 'standard', when }))).toBe('invalid-window')
  })
})

describe('a ticket', () => {
  const named = { ticket: 'CHG-4711', rollback: 'load the backup', tier: 'normal' as const }

  it('is looked up when it is named and again when it is approved, each time as evidence', async () => {
    scene.ticket = { state: 'open', snapshot: 'a'.repeat(64) }
    const id = await scene.ask(vendor, 'ews-1', named)
    expect((await scene.store.requests.byId(id))?.ticketState).toBe('open')
    scene.ticket = { state: 'open', snapshot: 'b'.repeat(64) }
    await scene.granted(approver, id)
    expect(await scene.events('change.linked')).toMatchObject([
      { request: id, state: 'open', snapshot: 'a'.repeat(64) },
      { request: id, state: 'open', snapshot: 'b'.repeat(64) },
    ])
    expect(JSON.stringify(await scene.events('change.linked'))).not.toContain('4711')
  })

  it('that was closed before the approval is refused then', async () => {
    scene.ticket = { state: 'open', snapshot: null }
    const id = await scene.ask(vendor, 'ews-1', named)
    scene.ticket = { state: 'closed', snapshot: null }
    expect(await codeOf(scene.approve(approver, id))).toBe('policy-denied')
    expect((await scene.store.requests.byId(id))?.request.kind).toBe('submitted')
  })

  it('that cannot be looked up is as the policy says', async () => {
    scene.ticket = { state: 'unreachable', snapshot: null }
    expect(await codeOf(scene.ask(vendor, 'ews-1', named))).toBe('policy-denied')
  })
})

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Actor } from '../../../gateway/access/authorize.ts'
import { longestDelegationMs } from '../../../gateway/access/delegations.ts'
import { codeOf, openStandingScene, type StandingScene } from '../../support/standing-scene.ts'
import { wantedOf } from '../../support/wanted.ts'
import { idOf } from '../../support/ids.ts'

const hour = 3_600_000
const day = 24 * hour
let scene: StandingScene
let approver: Actor
let engineer: Actor
let vendor: Actor
let isms: Actor

beforeEach(async () => {
  scene = await openStandingScene()
  approver = await scene.person('approver', ['approver'], ['north'])
  engineer = await scene.person('engineer', ['engineer'], ['north'])
  vendor = await scene.person('vendor', ['vendor'], ['north'], 'acme-drives')
  isms = await scene.person('isms', ['isms-manager'], [])
})
afterEach(() => scene.store.close())

const delegate = (by: Actor, to: string, from = 0, until = day) =>
  scene.standing.delegations.create(by, {
    to,
    window: { from: scene.clock.at + from, until: scene.clock.at + until },
    reason: 'holidays',
  })
const inForce = () => scene.standing.world.now().delegations

describe('a delegation', () => {
  it('holds inside its window and not outside', async () => {
    await delegate(approver, 'engineer', hour, 2 * hour)
    expect(inForce()).toEqual([])
    scene.clock.at += hour
    expect(inForce()).toMatchObject([{ from: { id: approver.person.id }, to: engineer.person.id }])
    scene.clock.at += hour
    expect(inForce()).toEqual([])
    expect(await scene.events('delegation.created')).toMatchObject([
      { from: approver.person.id, to: engineer.person.id },
    ])
  })

  it('is ended by who lent it, who holds it, or who answers for the whole, and by nobody else', async () => {
    for (const [who, code] of [
      [vendor, 'role-missing'],
      [approver, 'done'],
      [engineer, 'done'],
      [isms, 'done'],
    ] as const) {
      const { id } = await delegate(approver, 'engineer')
      expect(await codeOf(scene.standing.delegations.end(who, id))).toBe(code)
      expect(inForce()).toHaveLength(code === 'done' ? 0 : 1)
      if (code !== 'done') await scene.standing.delegations.end(isms, id)
      expect(await codeOf(scene.standing.delegations.end(isms, id))).toBe('state-conflict')
    }
  })

  it('is of one’s own right, to a colleague of the plant, for a time', async () => {
    expect(await codeOf(delegate(engineer, 'approver'))).toBe('role-missing')
    expect(await codeOf(delegate(vendor, 'approver'))).toBe('role-missing')
    expect(await codeOf(delegate(approver, 'approver'))).toBe('policy-denied')
    expect(await codeOf(delegate(approver, 'vendor'))).toBe('policy-denied')
    expect(await codeOf(delegate(approver, 'nobody'))).toBe('not-found')
    expect(await codeOf(delegate(approver, 'engineer', 0, 0))).toBe('invalid-window')
    expect(await codeOf(delegate(approver, 'engineer', -2 * hour, -hour))).toBe('invalid-window')
    expect(await codeOf(delegate(approver, 'engineer', 0, longestDelegationMs + 1))).toBe('invalid-window')
    expect(inForce()).toEqual([])
    const codes = (await scene.events('standing.step_refused')).map((data) => data['code'])
    expect(codes).toEqual(['role-missing', 'role-missing', 'to-oneself', 'to-a-supplier'])
  })

  it('of or to somebody who is suspended is not there until the suspension is lifted', async () => {
    await delegate(approver, 'engineer')
    const off = await scene.standing.suspensions.suspend(isms, { kind: 'person', id: 'approver' }, 'under suspicion')
    expect(inForce()).toEqual([])
    const second = await scene.person('second', ['isms-manager'], [])
    await scene.standing.suspensions.lift(second, off.suspension.id, 'cleared')
    expect(inForce()).toHaveLength(1)
  })

  it('lends what its owner may do now: a role lost, or an account disabled, is lost for both', async () => {
    await delegate(approver, 'engineer')
    await scene.store.bookkeep((tx) => tx.people.setEligibility(approver.person.id, ['escort'], [idOf.plant('north')]))
    await scene.standing.world.refresh()
    expect(inForce()).toMatchObject([{ from: { roles: ['escort'] } }])
    await scene.store.bookkeep((tx) => tx.people.setDisabled(approver.person.id, true))
    await scene.standing.world.refresh()
    expect(inForce()).toEqual([])
  })
})

describe('a yes in the name of somebody', () => {
  it('who is suspended before the request is complete counts no longer', async () => {
    const safety = await scene.person('safety', ['safety-engineer', 'approver'], ['north'])
    const now = scene.clock.now()
    const wish = wantedOf('ews-1', { from: now, until: now + hour })
    const { ids } = await scene.access.submit(vendor, wish)
    const [id] = ids
    if (id === undefined) throw new Error('asking made no request')
    // Two are needed from now on, whatever the policies of this bundle ask for.
    await scene.store.bookkeep(async (tx) => {
      const stored = await tx.requests.byId(id)
      if (stored) await tx.requests.update({ ...stored, needs: twoApprovers }, now)
    })
    await delegate(approver, 'engineer')
    const digest = (await scene.store.requests.byId(id))?.digest ?? ''
    const yes = (actor: Actor) => scene.access.approve(actor, id, { digest, comment: '' })
    expect(await yes(engineer)).toMatchObject({ kind: 'waiting' })
    await scene.standing.suspensions.suspend(isms, { kind: 'person', id: 'approver' }, 'under suspicion')
    expect(await yes(safety)).toMatchObject({ kind: 'waiting' })
    expect(await scene.events('request.approval_lapsed')).toMatchObject([{ approver: engineer.person.id }])
  })
})

const twoApprovers = [
  { kind: 'role', role: 'approver' },
  { kind: 'role', role: 'approver' },
] as const

// Access of machine accounts: asked for by who answers for them, judged as anybody's, and nobody's own affair to approve.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { generateOpensshKey } from '../../../certs-dev/openssh-key.ts'
import type { Actor } from '../../../gateway/access/authorize.ts'
import { openCampaigns } from '../../../gateway/access/campaigns.ts'
import { inProcessBus } from '../../../gateway/bus/bus.ts'
import { handOver, registerMachine } from '../../../gateway/identity/machines.ts'
import { requestDigest, type Person } from '../../../policy/index.ts'
import { codeOf, hour, openAccessScene, type AccessScene } from '../../support/access-scene.ts'

let scene: AccessScene
let owner: Actor
let approver: Actor
let machine: Person

beforeEach(async () => {
  scene = await openAccessScene()
  owner = await scene.person('mes-owner', { roles: ['engineer', 'approver'] })
  approver = await scene.person('approver', { roles: ['approver'] })
  machine = await register('svc-mes-erp')
})
afterEach(() => scene.close())

async function register(login: string): Promise<Person> {
  const made = await registerMachine(
    scene,
    {
      login,
      displayName: login,
      owner: 'mes-owner',
      purpose: 'counters of the night',
      supplier: null,
      plants: ['north'],
      until: '2099-12-31',
      sources: ['10.20.0.0/24'],
      keys: [generateOpensshKey(login).public],
    },
    null,
  )
  if (made.kind !== 'ok') throw new Error(made.problems.join())
  return made.person
}

const ask = () => scene.ask(owner, 'hist-1', { tier: 'standard', for: 'svc-mes-erp' })
const requestOf = async (id: Awaited<ReturnType<typeof ask>>) => (await scene.store.requests.byId(id))?.request

describe('a request for a machine account', () => {
  it('is its own, and says who asked, in the store, in the ledger and in its digest', async () => {
    const id = await ask()
    const request = await requestOf(id)
    expect(request).toMatchObject({ by: machine.id, askedBy: owner.person.id, kind: 'submitted' })
    const [submitted] = await scene.events('request.submitted')
    expect(submitted).toMatchObject({ person: machine.id, askedBy: owner.person.id })
    const [decision] = await scene.events('policy.decision')
    expect(decision).toMatchObject({ person: machine.id, askedBy: owner.person.id, outcome: 'permit' })
    if (request?.kind !== 'submitted') throw new Error('expected a request that waits')
    const { askedBy: _, ...nobody } = request
    expect(requestDigest(nobody)).not.toBe(await scene.digest(id))
  })

  it('is made by nobody but its owner, who is not told whether it is there', async () => {
    const other = await scene.person('other', { roles: ['engineer'] })
    const wanted = { tier: 'standard', for: 'svc-mes-erp' } as const
    expect(await codeOf(scene.ask(other, 'hist-1', wanted))).toBe('not-found')
    expect(await codeOf(scene.ask(other, 'hist-1', { ...wanted, for: 'svc-nowhere' }))).toBe('not-found')
    expect(await codeOf(scene.ask(other, 'hist-1', { ...wanted, for: 'mes-owner' }))).toBe('not-found')
    const refused = await scene.events('standing.step_refused')
    expect(refused).toHaveLength(3)
    expect(refused[0]).toEqual({
      person: other.person.id,
      step: 'ask-for-machine',
      code: 'not-the-owner',
      subject: null,
    })
  })

  it('is approved by another person, and becomes a grant of the machine', async () => {
    const id = await ask()
    expect(await codeOf(scene.approve(owner, id))).toBe('policy-denied')
    const grant = await scene.granted(approver, id)
    expect((await scene.store.grants.byId(grant))?.grant.person).toBe(machine.id)
  })

  it('is approved neither by who asked, also when somebody else answers for it by then, nor by the new owner', async () => {
    const id = await ask()
    const second = await scene.person('second', { roles: ['approver'] })
    expect((await handOver(scene, machine, second.person, null, 'took over')).kind).toBe('ok')
    expect(await codeOf(scene.approve(await scene.again(owner), id))).toBe('policy-denied')
    expect(await codeOf(scene.approve(second, id))).toBe('policy-denied')
    expect((await scene.approve(approver, id)).kind).toBe('granted')
  })

  it('is taken back by who asked, and by who answers for it now', async () => {
    const [first, another] = [await ask(), await ask()]
    const second = await scene.person('second', { roles: ['engineer'] })
    expect(await codeOf(scene.access.withdraw(second, first))).toBe('not-found')
    await handOver(scene, machine, second.person, null, 'took over')
    await scene.access.withdraw(owner, first)
    await scene.access.withdraw({ ...second, machines: [machine.id] }, another)
    expect([(await requestOf(first))?.kind, (await requestOf(another))?.kind]).toEqual(['withdrawn', 'withdrawn'])
  })

  it('is refused where the bundle does not name the machine', async () => {
    await register('svc-not-declared')
    const refused = scene.ask(owner, 'hist-1', { tier: 'standard', for: 'svc-not-declared' })
    await expect(refused).rejects.toThrow('does not say what machine account `svc-not-declared` may run')
  })
})

describe('a grant of a machine account', () => {
  it('is ended by its owner, and by nobody else who has no part in it', async () => {
    const grant = await scene.granted(approver, await ask())
    const other = await scene.person('other', { roles: ['engineer'] })
    expect(await codeOf(scene.access.revoke(other, grant, 'x'))).toBe('role-missing')
    const plain = { ...owner, person: { ...owner.person, roles: ['engineer'] as const }, machines: [machine.id] }
    await scene.access.revoke(plain, grant, 'no longer needed')
    expect((await scene.store.grants.byId(grant))?.grant.kind).toBe('revoked')
  })
})

describe('the review of a machine account', () => {
  it('is part of every campaign, and not its owner’s to decide', async () => {
    const now = scene.clock.now()
    const world = { now: () => scene.world, refresh: async () => undefined }
    const campaigns = openCampaigns({ ...scene, bundle: () => scene.door.bundle(), bus: inProcessBus(), world })
    const isms = await scene.person('isms', { roles: ['isms-manager'] })
    const both = await scene.again(owner)
    await scene.setRoles(both, ['isms-manager', 'engineer'])
    const id = await campaigns.start(isms, { title: 'yearly', dueAt: now + hour })
    const answer = { person: 'svc-mes-erp', verdict: 'keep', reason: 'in use' } as const
    expect(await codeOf(campaigns.decide(await scene.again(owner), id, answer))).toBe('policy-denied')
    await campaigns.decide(isms, id, answer)
    const last = await scene.store.campaigns.lastDecisions([machine.id])
    expect(last.get(machine.id)).toMatchObject({ verdict: 'keep', by: isms.person.id, campaign: id })
  })
})

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openWaiting, type Waiting } from '../../../gateway/outbox/waiting.ts'
import type { Login, Person } from '../../../policy/index.ts'
import { ledgerOf } from '../../support/memory-store.ts'
import { duty, keepingChannel, openScene, roster, vendorOf, type Scene } from './scene.ts'

const minute = 60_000
let scene: Scene
let waiting: Waiting
let vendor: Person
beforeEach(async () => {
  scene = await openScene()
  scene.bundle = {
    ...scene.bundle,
    access: { ...scene.bundle.access, answers: { remindMinutes: 30, escalateMinutes: 60, expireMinutes: 1440 } },
  }
  waiting = open()
  vendor = await scene.person('vendor', vendorOf('acme-drives'))
})
afterEach(() => scene.store.close())

const open = (): Waiting => openWaiting({ ...scene, bundle: () => scene.bundle, world: () => scene.world })

const steps = async () =>
  (await ledgerOf(scene.store)).filter(({ type }) => type === 'request.reminded' || type === 'request.escalated')

/** A minute at a time, as the tick sees it. */
async function pass(minutes: number): Promise<void> {
  for (let each = 0; each < minutes; each++) {
    scene.clock.at += minute
    await waiting.sweep()
  }
}

describe('a request that nobody answers', () => {
  it('reminds everybody who can answer, then tells who answers for the whole, each once', async () => {
    const lead = await scene.person('lead', {})
    const chief = await scene.person('chief', { roles: ['isms-manager'], plants: [] })
    const { request } = await scene.request(vendor)
    await pass(29)
    expect(await steps()).toEqual([])
    await pass(1)
    expect(await steps()).toMatchObject([
      { type: 'request.reminded', data: { request: request.id, people: [lead.id] } },
    ])
    await pass(100)
    expect(await steps()).toMatchObject([
      { type: 'request.reminded' },
      { type: 'request.escalated', data: { because: 'unanswered', duties: [], people: [chief.id] } },
    ])
  })

  it('takes no step twice over a restart', async () => {
    await scene.request(vendor)
    await pass(31)
    waiting = open()
    await pass(10)
    expect(await steps()).toHaveLength(1)
  })

  it('is left alone once it was answered', async () => {
    const stored = await scene.request(vendor)
    const { id, set, by, ask, submittedAt } = stored.request
    await scene.move(stored, { request: { id, set, by, ask, submittedAt, kind: 'withdrawn', at: scene.clock.at } })
    await pass(120)
    expect(await steps()).toEqual([])
  })

  it('escalates at once to the roster\u2019s own people when nobody is on duty, and opens nothing', async () => {
    const boss = await scene.person('boss', { roles: ['engineer'] })
    const gap = roster('shift-lead', [], { shifts: [], escalateTo: ['boss', 'nobody'] as Login[] })
    scene.bundle = { ...scene.bundle, calendars: { ...scene.bundle.calendars, rosters: [gap] } }
    const { request } = await scene.request(vendor, { needs: [duty('shift-lead')] })
    await waiting.sweep()
    await waiting.sweep()
    expect(await steps()).toMatchObject([
      {
        type: 'request.escalated',
        data: { request: request.id, because: 'nobody-on-duty', duties: ['shift-lead'], people: [boss.id] },
      },
    ])
    expect((await scene.store.requests.byId(request.id))?.request.kind).toBe('submitted')
    const mail = keepingChannel('mail')
    const outbox = scene.outbox(mail)
    await outbox.expand()
    await outbox.deliver()
    expect(mail.sent.map(({ mail: to }) => to?.letter.subject)).toEqual([
      expect.stringMatching(/^find somebody to answer: /),
    ])
  })

  it('takes for a gap that only the requester is on duty', async () => {
    const self = await scene.person('self', { roles: ['engineer'] })
    scene.bundle = {
      ...scene.bundle,
      calendars: { ...scene.bundle.calendars, rosters: [roster('shift-lead', ['self'])] },
    }
    await scene.request(self, { needs: [duty('shift-lead')] })
    await waiting.sweep()
    expect(await steps()).toMatchObject([{ data: { because: 'nobody-on-duty' } }])
  })

  it('does not remind who has already said yes, and takes their duty for filled', async () => {
    const lead = await scene.person('lead', { roles: ['engineer'] })
    const other = await scene.person('other', {})
    scene.bundle = {
      ...scene.bundle,
      calendars: { ...scene.bundle.calendars, rosters: [roster('shift-lead', ['lead'])] },
    }
    const stored = await scene.request(vendor, { needs: [duty('shift-lead'), { kind: 'role', role: 'approver' }] })
    const { request } = stored
    if (request.kind !== 'submitted') throw new Error('not submitted')
    const yes = { by: lead.id, onBehalfOf: lead.id, at: scene.clock.at, verdict: 'approve', comment: '' } as const
    await scene.move(stored, { request: { ...request, approvals: [{ ...yes, requestDigest: stored.digest }] } })
    await pass(31)
    expect(await steps()).toMatchObject([{ type: 'request.reminded', data: { people: [other.id] } }])
  })

  it('is looked through whole, however many wait', async () => {
    await scene.person('lead', {})
    for (let each = 0; each < 101; each++) {
      await scene.request(vendor)
      scene.clock.at += 1
    }
    await pass(31)
    expect(await steps()).toHaveLength(101)
  })
})

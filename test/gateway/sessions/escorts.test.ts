// Somebody of the plant comes along: before that nothing begins, while they are away nothing reaches the target, and who
// may come along is not who works in the session.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mint } from '../../../gateway/clock.ts'
import type { BrokeredSession, Flow } from '../../../gateway/brokers/broker.ts'
import { leaseMs } from '../../../gateway/sessions/escorts.ts'
import { mayEscort } from '../../../gateway/sessions/observers.ts'
import type { LiveSession } from '../../../gateway/sessions/session.ts'
import type { EndReason } from '../../../policy/index.ts'
import { eventually } from '../../support/eventually.ts'
import { ledgerOf } from '../../support/memory-store.ts'
import { openSessionScene, type SessionScene } from '../../support/session-scene.ts'
import { idOf } from '../../support/ids.ts'

const minute = 60_000
let scene: SessionScene
let session: LiveSession
let brokered: BrokeredSession
let flows: Flow[]
let ends: EndReason[]

beforeEach(async () => {
  scene = await openSessionScene({ escort: true })
  const admission = await scene.admission().admit(scene.visitor, 'ews-1')
  if (admission.kind === 'refused') throw new Error(admission.text)
  brokered = admission.session
  const live = scene.registry.get(brokered.id)
  if (!live) throw new Error('the session does not live')
  session = live
  flows = []
  ends = []
  brokered.listen({
    warn: () => undefined,
    flow: (flow) => flows.push(flow),
    end: (reason) => {
      ends.push(reason)
      void brokered.closed()
    },
  })
})
afterEach(async () => {
  await brokered.closed()
  await scene.close()
})

async function passes(ms: number): Promise<void> {
  scene.clock.at += ms
  await scene.registry.sweep()
}
const come = () => scene.escorts.attach(scene.approver, brokered.id)
const own = async () =>
  (await ledgerOf(scene.store)).filter(({ data }) => data['session'] === brokered.id).map(({ type }) => type)

describe('a session that needs an escort', () => {
  it('waits, in the list and nowhere else, and begins when somebody comes', async () => {
    expect([session.standing, brokered.waitsFor !== null]).toEqual(['waiting', true])
    expect(await own()).toEqual(['session.escort_awaited'])
    await come()
    expect(await brokered.begun()).toBe(true)
    expect(session.standing).toBe('active')
    expect(await own()).toEqual([
      'session.escort_awaited',
      'session.attached_observer',
      'session.started',
      'session.recording_started',
    ])
    expect((await scene.store.sessions.byId(brokered.id))?.state).toBe('active')
  })

  it('begins once, however many come at the same time', async () => {
    await Promise.all([come(), come(), come()])
    expect((await own()).filter((type) => type === 'session.started')).toHaveLength(1)
  })

  it('ends when nobody comes in time, and a grant revoked meanwhile ends it too', async () => {
    await passes(9 * minute)
    expect(ends).toEqual([])
    await passes(minute)
    expect(ends).toEqual(['escort-missing'])
    expect(await brokered.begun()).toBe(false)
    await brokered.closed()
    expect(await own()).not.toContain('session.started')
  })

  it('does not begin on a permission that was taken away while it waited', async () => {
    scene.setAsset('ews-1', { labels: [] })
    await expect(come()).rejects.toMatchObject({ code: 'state-conflict' })
    expect(ends).toEqual(['policy-changed'])
    expect(await own()).not.toContain('session.started')
  })

  it('is escorted by nobody of a supplier, not by who works in it, and only by roles that may', async () => {
    const vendor = scene.visitor.person
    const { approver } = scene
    const strangers = [
      vendor,
      { ...vendor, roles: ['escort'] as const },
      { ...approver, supplier: vendor.supplier },
      { ...approver, roles: ['auditor'] as const },
      { ...approver, plants: [] },
      { ...approver, disabled: true },
    ]
    for (const person of strangers)
      await expect(scene.escorts.attach(person, brokered.id)).rejects.toMatchObject({ code: 'role-missing' })
    expect(session.standing).toBe('waiting')
  })

  it('is not escorted by who answers for the machine account that works in it', () => {
    const { approver } = scene
    const worker = { machine: { owner: approver, purpose: 'p', until: '2099-12-31', sources: [] } }
    expect(mayEscort(approver, session, null, [])).toBe(true)
    expect(mayEscort(approver, session, worker, [])).toBe(false)
  })

  it('is paused when its escort falls silent, goes on when they are back, and ends when they are not', async () => {
    await come()
    await passes(leaseMs - 1)
    expect(flows).toEqual([])
    await passes(1)
    expect(session.standing).toBe('paused')
    expect(flows.at(-1)?.input).toBe(false)
    expect(await brokered.admitChannel()).toMatchObject({ kind: 'refused' })
    await come()
    expect(flows.at(-1)?.input).toBe(true)
    await scene.escorts.leave(scene.approver, brokered.id)
    expect(session.standing).toBe('paused')
    await passes(5 * minute)
    expect(ends).toEqual(['escort-gone'])
    const written = await eventually('everything is written', async () => {
      const all = (await own()).filter((type) => /observer/.test(type))
      return all.length === 4 ? all : null
    })
    expect(written).toEqual([
      'session.attached_observer',
      'session.observer_lost',
      'session.attached_observer',
      'session.observer_lost',
    ])
  })

  it('pauses within a second when its escort is suspended, disabled, or no longer has the role', async () => {
    const suspension = {
      id: idOf.suspension('sus_00000000000000000000000001'),
      target: { kind: 'person', id: scene.approver.id },
      by: scene.visitor.person.id,
      at: scene.clock.at,
      reason: 'incident',
    } as const
    await come()
    scene.setWorld({ suspensions: [suspension] })
    await passes(1_000)
    expect(session.standing).toBe('paused')
    await expect(come()).rejects.toMatchObject({ code: 'role-missing' })
    scene.setWorld({ suspensions: [] })
    await come()
    expect(session.standing).toBe('active')
    scene.bus.publish({ kind: 'person-disabled', person: scene.approver.id })
    expect(session.standing).toBe('paused')
    await come()
    await scene.store.bookkeep(({ people }) =>
      people.setEligibility(scene.approver.id, ['auditor'], [idOf.plant('north')]),
    )
    await passes(1_000)
    expect(session.standing).toBe('paused')
    expect(ends).toEqual([])
  })

  it('opens nothing on the target while its escort is away, whatever was decided before', async () => {
    await come()
    expect(await brokered.admitChannel()).toEqual({ kind: 'admitted' })
    expect(brokered.barsOpening(null)).toBeNull()
    await scene.escorts.leave(scene.approver, brokered.id)
    expect(brokered.barsOpening(null)).toContain('waits for its escort')
    expect(brokered.barsOpening('plc-read')).toContain('waits for its escort')
  })

  it('goes on while one of two escorts stays', async () => {
    await come()
    const second = { ...scene.approver, id: mint.person(scene.clock.at) }
    await scene.escorts.attach(second, brokered.id)
    await scene.escorts.leave(scene.approver, brokered.id)
    expect(session.standing).toBe('active')
    await expect(scene.escorts.leave(scene.approver, brokered.id)).rejects.toMatchObject({ code: 'state-conflict' })
    await passes(leaseMs)
    expect(session.standing).toBe('paused')
  })

  it('that policy comes to ask for one gives the grace to find somebody', async () => {
    await come()
    await passes(5_000)
    session.permitted({ obligations: [], decidedUntil: null })
    await passes(10 * minute)
    expect(session.standing).toBe('active')
    session.permitted({ obligations: [{ kind: 'escort', graceMinutes: 3 }], decidedUntil: null })
    expect(session.standing).toBe('paused')
    await passes(2 * minute)
    expect(ends).toEqual([])
    await passes(minute)
    expect(ends).toEqual(['escort-gone'])
  })
})

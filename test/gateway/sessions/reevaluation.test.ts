// Many sessions decided anew: others are served meanwhile, a store that cannot be read is asked again, and a change is
// still a change then.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openReevaluation } from '../../../gateway/sessions/reevaluation.ts'
import { recordedHere } from '../../../gateway/sessions/recorder.ts'
import { LiveSession } from '../../../gateway/sessions/session.ts'
import type { EndReason } from '../../../policy/index.ts'
import type { Recording } from '../../../recorder/index.ts'
import { openSessionScene, type SessionScene } from '../../support/session-scene.ts'

let scene: SessionScene
beforeEach(async () => {
  scene = await openSessionScene()
})
afterEach(() => scene.close())

/** Sessions of one person on one grant, without broker or recording. */
async function crowd(count: number) {
  const admission = await scene.admission().admit(scene.visitor, 'ews-1')
  const first = admission.kind === 'admitted' ? scene.registry.get(admission.session.id) : null
  if (!first) throw new Error('the session was not admitted')
  await first.closed()
  const ends: EndReason[] = []
  const nothing = (): void => undefined
  const recording = { sync: async () => undefined, onWaiting: () => undefined } as unknown as Recording
  const permission = { windowUntil: first.windowUntil, obligations: [], decidedUntil: null }
  const sessions = Array.from({ length: count }, () => {
    const deps = { ...scene, onOver: nothing, redecide: nothing, offerExtension: nothing }
    const session = new LiveSession(first.facts, permission, recordedHere(recording), deps)
    session.listen({ warn: nothing, flow: nothing, end: (reason) => ends.push(reason) })
    session.begin(permission)
    return session
  })
  return { sessions, ends, abandon: () => sessions.forEach((session) => session.abandon()) }
}

describe('many sessions decided anew', () => {
  it('let others be served in between', async () => {
    const { sessions, ends, abandon } = await crowd(1_000)
    let turns = 0
    let isDone = false
    const count = (): void => {
      turns++
      if (!isDone) setImmediate(count)
    }
    setImmediate(count)
    await openReevaluation(scene).decide(sessions, 'change')
    isDone = true
    expect(turns).toBeGreaterThan(5)
    expect(ends).toEqual([])
    abandon()
  })

  it('all end when what they rest on is gone', async () => {
    const { sessions, ends, abandon } = await crowd(300)
    scene.setAsset('ews-1', { labels: [] })
    await openReevaluation(scene).decide(sessions, 'change')
    expect(ends).toHaveLength(300)
    expect(new Set(ends)).toEqual(new Set(['policy-changed']))
    abandon()
  })

  it('all end when the training they need is withdrawn, and when what is expected of their supplier is', async () => {
    const { person } = scene.visitor
    if (person.supplier === null) throw new Error('the visitor comes from no supplier')
    const held = (what: string) => new Map([[what, scene.clock.now() + 3_600_000]])
    const trainings = new Map([[person.id, held('induction')]])
    const expectations = new Map([[person.supplier, held('contact')]])
    const { access } = scene.door.bundle()
    scene.setBundle({
      access: { ...access, trainings: [{ id: 'induction', title: 'Induction', for: {}, validDays: 1 }] },
      expectations: [{ id: 'contact', text: 'Names a contact.', tiers: ['low', 'medium', 'high'], validDays: 1 }],
    })
    for (const gone of [{ trainings: new Map() }, { expectations: new Map() }]) {
      scene.setWorld({ trainings, expectations })
      const { sessions, ends, abandon } = await crowd(3)
      scene.setWorld(gone)
      await openReevaluation(scene).decide(sessions, 'change')
      expect(ends).toEqual(['attestation-ended', 'attestation-ended', 'attestation-ended'])
      abandon()
    }
  })

  it('are decided although one of them cannot be, and that one ends', async () => {
    const { sessions, ends, abandon } = await crowd(3)
    const asked: string[] = []
    const foresee: typeof scene.door.foresee = (actor, request) => {
      asked.push(request.action)
      if (asked.length === 1) throw new Error('a rule cannot be evaluated')
      return scene.door.foresee(actor, request)
    }
    await openReevaluation({ ...scene, door: { ...scene.door, foresee } }).decide(sessions, 'change')
    expect({ asked: asked.length, ends }).toEqual({ asked: 3, ends: ['policy-changed'] })
    abandon()
  })

  it('are asked again when the store cannot be read, and a change still ends them at once', async () => {
    const { sessions, ends, abandon } = await crowd(1)
    let isAway = true
    const people: typeof scene.store.people = {
      ...scene.store.people,
      byIds: (ids) => (isAway ? Promise.reject(new Error('locked')) : scene.store.people.byIds(ids)),
    }
    const reevaluation = openReevaluation({ ...scene, store: { ...scene.store, people } })
    scene.setAsset('ews-1', { labels: [], expiry: { kind: 'drain', hardLimitMinutes: 10 } })
    await reevaluation.decide(sessions, 'change')
    expect(ends).toEqual([])
    isAway = false
    await reevaluation.decide(sessions, 'time')
    expect(ends).toEqual(['policy-changed'])
    abandon()
  })
})

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { generateOpensshKey } from '../../../certs-dev/openssh-key.ts'
import type { Actor } from '../../../gateway/access/authorize.ts'
import { openReview, reviewDueAt } from '../../../gateway/access/reviews.ts'
import { handOver, registerMachine } from '../../../gateway/identity/machines.ts'
import type { ReviewKind } from '../../../gateway/store/reviews.ts'
import type { AssetId, PlantId, RequestId, ReviewId } from '../../../policy/index.ts'
import { codeOf, openStandingScene, type StandingScene } from '../../support/standing-scene.ts'
import { idOf } from '../../support/ids.ts'

const hour = 3_600_000
let scene: StandingScene
let engineer: Actor
let approver: Actor
let elsewhere: Actor

beforeEach(async () => {
  scene = await openStandingScene()
  engineer = await scene.person('engineer', ['engineer', 'approver'], ['north'])
  approver = await scene.person('approver', ['approver'], ['north'])
  elsewhere = await scene.person('elsewhere', ['approver'], ['south'])
})
afterEach(() => scene.store.close())

async function review(kind: ReviewKind, user = engineer.person): Promise<ReviewId> {
  const grant = await scene.grant(engineer, 'ews-1')
  const id = await scene.store.change((tx) =>
    openReview(tx, scene.clock.at, {
      kind,
      request: 'req_00000000000000000000000000' as RequestId,
      grant,
      session: kind === 'session' ? idOf.session('ses_00000000000000000000000000') : null,
      person: user.id,
      asset: 'ews-1' as AssetId,
      plant: 'north' as PlantId,
      dueAt: reviewDueAt(scene.clock.at, 24),
    }),
  )
  await scene.standing.world.refresh()
  return id
}
const close = (by: Actor, id: ReviewId) =>
  scene.standing.reviews.close(by, id, { verdict: 'justified', comment: 'the line was down' })

describe('a review', () => {
  it('is closed by another person than the one who used the access, of that plant', async () => {
    const id = await review('emergency')
    expect(await codeOf(close(engineer, id))).toBe('policy-denied')
    expect(await codeOf(close(elsewhere, id))).toBe('role-missing')
    expect(await codeOf(close(approver, id))).toBe('done')
    expect(await codeOf(close(approver, id))).toBe('state-conflict')
    expect(await scene.events('standing.step_refused')).toMatchObject([
      { step: 'review', code: 'own-access', subject: id },
      { step: 'review', code: 'role-missing', subject: id },
    ])
    expect(await scene.events('request.retro_reviewed')).toMatchObject([
      { review: id, kind: 'emergency', by: approver.person.id, verdict: 'justified', inTime: true },
    ])
  })

  it('of a machine account is not closed by who answers for it', async () => {
    const given = { login: 'svc-mes-erp', displayName: 'MES to ERP', owner: 'engineer', purpose: 'counters' }
    const rest = { supplier: null, plants: ['north'], until: '2099-12-31', sources: ['10.20.0.0/24'] }
    const made = await registerMachine(scene, { ...given, ...rest, keys: [generateOpensshKey('svc').public] }, null)
    if (made.kind === 'invalid') throw new Error(made.problems.join())
    const id = await review('emergency', made.person)
    expect(await codeOf(close(engineer, id))).toBe('policy-denied')
    // Who gave it away knew what it did, and who had it in between does.
    const between = await scene.person('between', ['approver'], ['north'])
    const last = await scene.person('last', ['approver'], ['north'])
    const [machine, deps] = [made.person.id, { store: scene.store, clock: scene.clock }]
    for (const to of [between, last]) {
      const now = await scene.store.people.byId(machine)
      if (now === null) throw new Error('the machine account is gone')
      await handOver(deps, now, to.person, null, 'other work')
    }
    for (const each of [engineer, between, last]) expect(await codeOf(close(each, id))).toBe('policy-denied')
    expect(await codeOf(close(approver, id))).toBe('done')
  })

  it('of a session is evidence of its own', async () => {
    const id = await review('session')
    await close(approver, id)
    expect(await scene.events('session.reviewed')).toMatchObject([
      { review: id, session: 'ses_00000000000000000000000000' },
    ])
    expect(await scene.events('request.retro_reviewed')).toEqual([])
  })

  it('that nobody did in time is evidence once, also over a restart', async () => {
    const id = await review('emergency')
    await scene.standing.reviews.sweep()
    expect(await scene.events('review.overdue')).toEqual([])
    scene.clock.at += 24 * hour
    await scene.standing.reviews.sweep()
    await scene.standing.reviews.sweep()
    await (await scene.reopen()).sweep()
    expect(await scene.events('review.overdue')).toMatchObject([{ review: id }])
    await close(approver, id)
    expect(await scene.events('request.retro_reviewed')).toMatchObject([{ inTime: false }])
  })
})

describe('the seal of a break-glass', () => {
  it('is broken until the review is closed, also over a restart', async () => {
    const id = await review('break-glass')
    expect([...scene.standing.world.now().brokenSeals]).toEqual(['ews-1'])
    expect([...(await scene.reopen()).world.now().brokenSeals]).toEqual(['ews-1'])
    await close(approver, id)
    expect([...scene.standing.world.now().brokenSeals]).toEqual([])
  })

  it('is not broken by an emergency', async () => {
    await review('emergency')
    expect([...scene.standing.world.now().brokenSeals]).toEqual([])
  })
})

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openReview, reviewDueAt } from '../../../gateway/access/reviews.ts'
import type { BrokeredSession } from '../../../gateway/brokers/broker.ts'
import { openStarter } from '../../../gateway/sessions/start.ts'
import type { Obligation, ReviewId } from '../../../policy/index.ts'
import { ledgerOf } from '../../support/memory-store.ts'
import { openSessionScene, type SessionScene } from '../../support/session-scene.ts'

let scene: SessionScene
beforeEach(async () => {
  scene = await openSessionScene()
})
afterEach(() => scene.close())

/** A session begins under a policy that asks for these beside its own; it is given back while it runs. */
async function start(more: readonly Obligation[]): Promise<BrokeredSession> {
  const door: typeof scene.door = {
    ...scene.door,
    foresee(...given) {
      const { decision, until } = scene.door.foresee(...given)
      if (decision.kind === 'deny') return { decision, until }
      const others = decision.obligations.filter(({ kind }) => kind !== 'review')
      return { decision: { ...decision, obligations: [...others, ...more] }, until }
    },
  }
  const starter = openStarter({
    ...scene,
    door,
    firstUse: (tx, grant, session) => scene.access.used(tx, grant, session),
  })
  const answer = await scene.admission({ starter }).admit(scene.visitor, 'ews-1')
  if (answer.kind === 'refused') throw new Error(answer.text)
  return answer.session
}

/** As `start`, and it is over. */
async function begin(more: readonly Obligation[]): Promise<void> {
  await (await start(more)).closed()
}

it('a session whose policy asks for a review owes one, due so many hours after its window', async () => {
  await begin([{ kind: 'review', withinHours: 24 }])
  const [review] = await scene.store.reviews.list(true)
  const session = (await ledgerOf(scene.store)).find(({ type }) => type === 'session.started')
  expect(review).toMatchObject({ kind: 'session', session: session?.data['session'], person: scene.visitor.person.id })
  expect(session?.data['window']).toMatchObject({ until: (review?.dueAt ?? 0) - 24 * 3_600_000 })
})

it('a session owes none of its own where the whole access is reviewed', async () => {
  const now = scene.clock.now()
  const stored = await scene.store.grants.byId(scene.grant)
  if (!stored) throw new Error('the scene has no grant')
  const { id: grant, request, person, asset } = stored.grant
  const of = { request, grant, person, asset, plant: stored.plant, dueAt: reviewDueAt(now, 72) }
  const whole = await scene.store.change((tx) => openReview(tx, now, { kind: 'emergency', ...of }))
  await begin([{ kind: 'review', withinHours: 24 }])
  expect((await scene.store.reviews.list(true)).map(({ id }) => id)).toEqual([whole])
})

it('a session whose policy asks for none owes none', async () => {
  await begin([])
  expect(await scene.store.reviews.list(false)).toEqual([])
})

describe('an extension', () => {
  const minutes = 60_000
  const daily: readonly Obligation[] = [{ kind: 'review', withinHours: 24 }]
  const moved = async () =>
    (await ledgerOf(scene.store)).filter(({ type }) => type === 'review.due_moved').map(({ data }) => data)

  async function extend(by: number): Promise<void> {
    const stored = await scene.store.grants.byId(scene.grant)
    if (!stored) throw new Error('the scene has no grant')
    const approver = { person: scene.approver, mfa: ['totp'] as const, source: null }
    await scene.access.extend(approver, scene.grant, stored.grant.window.until + by, 'needs longer')
  }

  async function openWhole(dueAt: number): Promise<ReviewId> {
    const stored = await scene.store.grants.byId(scene.grant)
    if (!stored) throw new Error('the scene has no grant')
    const { id: grant, request, person, asset } = stored.grant
    const of = { request, grant, person, asset, plant: stored.plant, dueAt }
    return scene.store.change((tx) => openReview(tx, scene.clock.at, { kind: 'emergency', ...of }))
  }

  it('moves the review of the access, each time by as much as it adds', async () => {
    const dueAt = scene.clock.at + 72 * 60 * minutes
    const review = await openWhole(dueAt)
    await extend(30 * minutes)
    await extend(10 * minutes)
    expect((await scene.store.reviews.byId(review))?.dueAt).toBe(dueAt + 40 * minutes)
    expect(await moved()).toEqual([
      { review, grant: scene.grant, from: dueAt, dueAt: dueAt + 30 * minutes },
      { review, grant: scene.grant, from: dueAt + 30 * minutes, dueAt: dueAt + 40 * minutes },
    ])
  })

  it('moves the review of a session that runs, and not of one that is over', async () => {
    await begin(daily)
    const [over] = await scene.store.reviews.list(true)
    const running = await start(daily)
    await extend(30 * minutes)
    const all = await scene.store.reviews.list(true)
    const dueOf = (of: (session: unknown) => boolean) => all.find(({ session }) => of(session))?.dueAt
    expect(dueOf((session) => session === over?.session)).toBe(over?.dueAt)
    expect(dueOf((session) => session === running.id)).toBe((over?.dueAt ?? 0) + 30 * minutes)
    await running.closed()
  })

  it('moves neither a review that is closed nor one that was noticed as overdue', async () => {
    const [closed, late] = [await openWhole(scene.clock.at + 1), await openWhole(scene.clock.at + 2)]
    const closing = { by: scene.approver.id, at: scene.clock.at, verdict: 'justified', comment: 'fine' } as const
    await scene.store.bookkeep((tx) => tx.reviews.close(closed, closing))
    await scene.store.bookkeep((tx) => tx.reviews.markOverdue(late, scene.clock.at + 3))
    await extend(30 * minutes)
    expect(await moved()).toEqual([])
  })
})

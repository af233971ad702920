import { afterEach, beforeEach, expect, it } from 'vitest'
import { openReview, reviewDueAt } from '../../../gateway/access/reviews.ts'
import { openStarter } from '../../../gateway/sessions/start.ts'
import type { Obligation } from '../../../policy/index.ts'
import { ledgerOf } from '../../support/memory-store.ts'
import { openSessionScene, type SessionScene } from '../../support/session-scene.ts'

let scene: SessionScene
beforeEach(async () => {
  scene = await openSessionScene()
})
afterEach(() => scene.close())

/** A session begins under a policy that asks for these beside its own. */
async function begin(more: readonly Obligation[]): Promise<void> {
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
  await answer.session.closed()
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

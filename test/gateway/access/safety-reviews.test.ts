// A proposal that touches the safety path is put in force only after a safety engineer, who neither proposed nor
// activates it, has said yes against a validation record; and what a rebase, a no or a lost role makes of that.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { judgeSafety } from '../../../gateway/access/safety-reviews.ts'
import type { GatewayError } from '../../../gateway/errors.ts'
import { enrol } from '../../../gateway/identity/enrol.ts'
import type { Actor } from '../../../gateway/access/authorize.ts'
import type { EventType, Person, PersonId, PlantId, ProposalId } from '../../../policy/index.ts'
import { ledgerOf } from '../../support/memory-store.ts'
import { filesWith, openBundleScene, type BundleScene } from '../../support/bundle-scene.ts'

let scene: BundleScene
beforeEach(async () => (scene = await openBundleScene()))
afterEach(() => scene.store.close())

/** The conduit into the zone where the emergency shutdown stands. */
const touching = filesWith({
  'zones.yaml': (text) =>
    text.replace(/(to: north-control[\s\S]*?)operationClass: engineer/, '$1operationClass: observe'),
})
const harmless = filesWith({ 'suppliers.yaml': (text) => text.replace('maxSessions: 4', 'maxSessions: 2') })

const yes = { verdict: 'approved', reference: 'VAL-2026-7', comment: 'response times measured' } as const
const no = { verdict: 'rejected', reference: null, comment: 'the trip time is not known' } as const

const base = (): string => scene.inForce.bundle().digest
const propose = (files = touching): Promise<ProposalId> => scene.life.propose(scene.people.proposer, files, 'less')
const activate = (id: ProposalId, by: Actor = scene.people.activator) => scene.life.activate(by, id, base())
const review = (id: ProposalId, given: typeof yes | typeof no = yes, by: Actor = scene.people.safety) =>
  scene.life.reviewSafety(by, id, base(), given)
const reviewsOf = async (id: ProposalId) =>
  scene.store.safetyReviews.of((await scene.store.proposals.byId(id)) ?? expect.fail('the proposal is gone'))
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: GatewayError) => error.code,
  )
const eventsOf = async (type: EventType) =>
  (await ledgerOf(scene.store)).filter((event) => event.type === type).map(({ data }) => data)

async function safetyEngineer(login: string, plants: string[], more: string[] = []): Promise<Actor> {
  const roles = ['safety-engineer', ...more]
  const given = { login, displayName: login, roles, supplier: null, plants, password: null, keys: [] }
  const enrolled = await enrol(scene, given)
  if (enrolled.kind === 'invalid') throw new Error(enrolled.problems.join('; '))
  return { person: enrolled.person, mfa: ['totp'], source: null }
}

describe('a proposal that touches the safety path', () => {
  it('is not freed of a no by proposing the same bundle again, until its giver says otherwise', async () => {
    const first = await propose()
    await review(first, no)
    await scene.life.reject(scene.people.activator, first, 'not like this')
    const second = await propose()
    const other = await safetyEngineer('other-safety', ['north'])
    await review(second, yes, other)
    expect(await codeOf(activate(second))).toBe('safety-review-missing')
    await review(second, yes)
    expect(await codeOf(activate(second))).toBe('done')
  })

  it('is not activated before a safety engineer has said yes, and says what it touches', async () => {
    const id = await propose()
    expect(await codeOf(activate(id))).toBe('safety-review-missing')
    expect(await eventsOf('policy.step_refused')).toMatchObject([
      { step: 'activate', code: 'safety-review-missing', proposal: id },
    ])
    const row = (await scene.store.proposals.byId(id)) ?? expect.fail('the proposal is gone')
    const { safety } = await scene.life.review(row)
    expect(safety).toMatchObject({
      missing: 'a safety engineer has to review what it changes on the safety path',
      path: { touches: { count: 1, items: [{ section: 'conduits', id: 'north-dmz-to-control', plant: 'north' }] } },
    })

    await review(id)
    expect(await eventsOf('safety.review_approved')).toMatchObject([
      {
        proposal: id,
        base: base(),
        by: scene.people.safety.person.id,
        reference: expect.stringMatching(/^sha256:/),
        touches: 1,
        of: ['conduits north-dmz-to-control'],
        sil: 3,
      },
    ])
    await activate(id)
    expect(base()).toBe(row.digest)
    expect((await eventsOf('policy.changed')).at(-1)).toMatchObject({
      effects: {
        changes: 1,
        grants: { open: 0, ended: 0, sessions: 0 },
        safety: { touches: 1, reviewedBy: [scene.people.safety.person.id] },
      },
    })
  })

  it('is not reviewed by who proposed it, nor activated by who reviewed it', async () => {
    const both = await safetyEngineer('both', ['north'], ['isms-manager'])
    const own = await scene.life.propose(both, touching, 'less')
    expect(await codeOf(review(own, yes, both))).toBe('own-proposal')

    const id = await propose()
    await review(id, yes, both)
    expect(await codeOf(activate(id, both))).toBe('own-review')
    await activate(id)
    expect((await eventsOf('policy.step_refused')).map(({ step, code }) => [step, code])).toEqual([
      ['review', 'own-proposal'],
      ['activate', 'own-review'],
    ])
  })

  it('is reviewed anew after it was put on another base', async () => {
    const [first, second] = [await propose(), await propose(harmless)]
    await review(first)
    await activate(second)
    expect(await codeOf(scene.life.reviewSafety(scene.people.safety, first, base(), yes))).toBe('bundle-outdated')
    await scene.life.rebase(scene.people.proposer, first, base())
    expect(await codeOf(activate(first))).toBe('safety-review-missing')
    const reviews = await reviewsOf(first)
    expect(reviews.map(({ voidAt }) => voidAt)).toEqual([scene.clock.now()])
    await review(first)
    await activate(first)
  })

  it('is not put on the base it stands on: a no is not got rid of that way', async () => {
    const id = await propose()
    await review(id, no)
    expect(await codeOf(scene.life.rebase(scene.people.proposer, id, base()))).toBe('state-conflict')
    expect(await eventsOf('safety.review_rejected')).toMatchObject([{ proposal: id, reference: null }])
  })

  it('stays where one says no, until who said it says otherwise', async () => {
    const second = await safetyEngineer('second', ['north'])
    const id = await propose()
    await review(id, no)
    await review(id, yes, second)
    expect(await codeOf(activate(id))).toBe('safety-review-missing')
    await review(id, yes)
    await activate(id)
  })

  it('is reviewed by a safety engineer of the plant concerned', async () => {
    const south = await safetyEngineer('south', ['south'])
    const id = await propose()
    expect(await codeOf(review(id, yes, south))).toBe('role-missing')
  })

  it('needs another review where who gave it has lost the role', async () => {
    const id = await propose()
    await review(id)
    await scene.store.change(async (tx) => {
      const { id: person } = scene.people.safety.person
      await tx.people.setDisabled(person, true)
      await tx.ledger.append('gateway.stopped', scene.clock.now(), { reason: 'test' })
    })
    expect(await codeOf(activate(id))).toBe('safety-review-missing')
  })

  it('that touches nothing of it needs no review and takes none', async () => {
    const id = await propose(harmless)
    expect(await codeOf(review(id))).toBe('state-conflict')
    await activate(id)
  })

  it('takes no yes without a validation record', async () => {
    const id = await propose()
    const bare = { verdict: 'approved', reference: null, comment: 'looks fine' } as const
    expect(await codeOf(scene.life.reviewSafety(scene.people.safety, id, base(), bare))).toBe('malformed-body')
    expect(await reviewsOf(id)).toEqual([])
  })

  it('is rolled back by one person alone', async () => {
    const id = await propose()
    const old = base()
    await review(id)
    await activate(id)
    await scene.life.rollback(scene.people.activator, base(), 'nobody can stop the press')
    expect(base()).toBe(old)
  })
})

describe('what was said of two plants', () => {
  const plants = ['north', 'south'] as PlantId[]
  const path = { touches: { count: 2, items: [] }, plants, sil: null }
  const person = (id: string, of: string[]): Person => ({
    ...scene.people.safety.person,
    id: id as PersonId,
    plants: of as PlantId[],
  })
  const said = (by: string) => ({
    seq: 1,
    proposal: 'p' as ProposalId,
    base: 'b',
    person: by as PersonId,
    at: 1,
    voidAt: null,
    ...yes,
  })
  it('needs a safety engineer of each', () => {
    const people = new Map([person('n', ['north']), person('s', ['south'])].map((each) => [each.id, each]))
    const judge = (...by: string[]) => judgeSafety(path, { base: 'b', by: null }, by.map(said), people).missing
    expect(judge('n')).toBe('a safety engineer of plant south has to review it as well')
    expect(judge('n', 's')).toBeNull()
  })
})

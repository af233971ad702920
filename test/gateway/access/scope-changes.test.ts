// An asset that an attribute of its own moves in or out of scope waits for a review: until then the stricter outcome
// holds, for decisions and across restarts, and who brought the change in does not review it.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { GatewayError } from '../../../gateway/errors.ts'
import type { AssetId } from '../../../policy/index.ts'
import { filesWith, openBundleScene, type BundleScene, type Changes, type Files } from '../../support/bundle-scene.ts'
import { ledgerOf } from '../../support/memory-store.ts'

let scene: BundleScene
beforeEach(async () => (scene = await openBundleScene()))
afterEach(() => scene.store.close())

const camera = 'cam-9' as AssetId
/** The camera, matched by no rule, is called an engineering workstation and put where those are: it would be in scope. */
const moved: Changes = {
  'assets.yaml': (text) =>
    text
      .replace(/(id: cam-9[\s\S]*?)zone: north-control/, '$1zone: north-operations')
      .replace('type: camera', 'type: engineering-workstation'),
  'scope.yaml': (text) => text.replace('camera, ', ''),
}
const movedFurther: Changes = {
  ...moved,
  'suppliers.yaml': (text) => text.replace('maxSessions: 4', 'maxSessions: 3'),
}

async function activate(files: Files, at: BundleScene = scene): Promise<void> {
  const id = await at.life.propose(at.people.proposer, files, 'inventory')
  await at.reviewSafety(id)
  await at.life.activate(at.people.activator, id, at.inForce.bundle().digest)
}

/** Would the vendor be let in with an open grant? The rules that say no, or none. */
async function refusedBy(at: BundleScene = scene): Promise<readonly string[]> {
  const grant = await at.grant(camera)
  const decision = at.door.preview(at.people.vendor, { action: 'connect', asset: camera, protocol: 'ssh', grant })
  return decision.kind === 'permit' ? [] : decision.reasons.map(({ rule }) => rule)
}

async function onlyChange() {
  const [change] = await scene.store.scopeChanges.list({ state: null }, { limit: 9, before: null })
  return change ?? expect.fail('no scope change was raised')
}

const eventsOf = async (type: string) => (await ledgerOf(scene.store)).filter((event) => event.type === type)
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: GatewayError) => error.code,
  )

describe('an attribute that moves an asset into scope', () => {
  it('raises a change with its impact, and the asset stays as strict as before', async () => {
    await scene.grant(camera)
    await activate(filesWith(moved))
    expect(await eventsOf('scope.change_proposed')).toMatchObject([
      {
        data: {
          asset: camera,
          from: 'undetermined',
          to: 'in',
          held: 'undetermined',
          attributes: ['zone', 'type'],
          impact: { grants: 1, sessions: 0 },
          proposer: scene.people.proposer.person.id,
          activator: scene.people.activator.person.id,
        },
      },
    ])
    expect(scene.scope.held().get(camera)).toEqual({ kind: 'undetermined' })
    expect(await refusedBy()).toContain('scope-undetermined')
  })

  it('is let through when a third person accepts, and living sessions are decided anew', async () => {
    await activate(filesWith(moved))
    const { id } = await onlyChange()
    scene.signals.length = 0
    await scene.scope.review(scene.people.third, id, 'accepted', 'it is a workstation indeed')
    expect(scene.signals).toEqual([{ kind: 'reevaluate', because: 'world' }])
    expect(await refusedBy()).toEqual([])
    expect(await eventsOf('scope.change_reviewed')).toMatchObject([
      { data: { change: id, outcome: 'accepted', by: scene.people.third.person.id } },
    ])
  })

  it('stays refused when it is rejected, until somebody accepts it after all', async () => {
    await activate(filesWith(moved))
    const { id } = await onlyChange()
    await scene.scope.review(scene.people.third, id, 'rejected', 'who put it there?')
    expect(await refusedBy()).toContain('scope-undetermined')
    expect(await codeOf(scene.scope.review(scene.people.third, id, 'rejected', 'still'))).toBe('state-conflict')
    await scene.scope.review(scene.people.third, id, 'accepted', 'the line lead has shown it to me')
    expect(await refusedBy()).toEqual([])
  })

  it.each(['proposer', 'activator'] as const)('is not reviewed by its %s', async (who) => {
    await activate(filesWith(moved))
    const { id } = await onlyChange()
    expect(await codeOf(scene.scope.review(scene.people[who], id, 'accepted', 'trust me'))).toBe('own-proposal')
    expect(await eventsOf('scope.review_refused')).toMatchObject([
      { data: { change: id, person: scene.people[who].person.id, code: 'own-proposal' } },
    ])
    expect((await onlyChange()).state).toBe('open')
  })

  it('is held across a restart', async () => {
    await activate(filesWith(moved))
    expect(await refusedBy(await scene.restart())).toContain('scope-undetermined')
  })

  it('is still held under the next bundle, and raised once', async () => {
    await activate(filesWith(moved))
    await activate(filesWith(movedFurther))
    expect((await eventsOf('scope.change_proposed')).length).toBe(1)
    expect(await refusedBy()).toContain('scope-undetermined')
  })

  it('lapses with the bundle that brought it', async () => {
    await activate(filesWith(moved))
    await scene.life.rollback(scene.people.activator, scene.inForce.bundle().digest, 'wrong inventory')
    expect((await onlyChange()).state).toBe('lapsed')
    expect(scene.scope.held().size).toBe(0)
    expect(await eventsOf('scope.change_reviewed')).toMatchObject([{ data: { outcome: 'lapsed', by: null } }])
  })
})

describe('an attribute that moves an asset out of scope', () => {
  it('takes effect at once, and is reviewed all the same', async () => {
    const back = filesWith({})
    await activate(filesWith(moved))
    await scene.scope.review(scene.people.third, (await onlyChange()).id, 'accepted', 'agreed')
    await activate(back)
    expect(await refusedBy()).toContain('scope-undetermined')
    const [latest] = await scene.store.scopeChanges.list({ state: 'open' }, { limit: 9, before: null })
    expect(latest).toMatchObject({ asset: camera, was: { kind: 'in' }, becomes: { kind: 'undetermined' } })
  })
})

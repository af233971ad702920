// Several assets at once: all or, where that was said, those that policy permits; each then a request of its own.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Actor } from '../../../gateway/access/authorize.ts'
import { GatewayError } from '../../../gateway/errors.ts'
import type { Wanted } from '../../../gateway/access/submitting.ts'
import { codeOf, hour, openAccessScene, type AccessScene } from '../../support/access-scene.ts'
import { wantedOf } from '../../support/wanted.ts'

let scene: AccessScene
let vendor: Actor
let approver: Actor

beforeEach(async () => {
  scene = await openAccessScene()
  vendor = await scene.person('vendor', { roles: ['vendor'], supplier: 'acme-drives' })
  approver = await scene.person('approver', { roles: ['approver'] })
})
afterEach(() => scene.close())

const submit = (assets: readonly string[], over: Partial<Wanted> = {}) => {
  const now = scene.clock.now()
  return scene.access.submit(vendor, wantedOf(assets, { from: now, until: now + hour }, { tier: 'standard', ...over }))
}
const all = () => scene.store.requests.list({ kind: null, person: null }, { limit: 99, before: null })

describe('a set of assets', () => {
  it('becomes a request for each, bound together, each with its own approvals and end', async () => {
    const { set, ids, refused } = await submit(['ews-1', 'hist-1', 'drive-8'])
    expect(refused).toEqual([])
    if (set === null) throw new Error('expected a set')
    const stored = await scene.store.requests.ofSet(set)
    expect(stored.map(({ request }) => request.ask.asset).toSorted()).toEqual(['drive-8', 'ews-1', 'hist-1'])
    const [first, second] = ids
    if (first === undefined || second === undefined) throw new Error('expected two requests')
    await scene.granted(approver, first)
    await scene.access.deny(approver, second, { digest: await scene.digest(second), comment: 'not this one' })
    expect((await all()).map(({ request }) => request.kind).toSorted()).toEqual(['approved', 'refused', 'submitted'])
  })

  it('in which one is denied makes nothing, says which and why, and offers the rest', async () => {
    const error = await submit(['ews-1', 'ews-2', 'no-such', 'hist-1']).then(
      () => null,
      (thrown: unknown) => thrown,
    )
    if (!(error instanceof GatewayError)) throw new Error('expected a refusal')
    expect(error.code).toBe('policy-denied')
    expect(error.message).toMatch(/^policy refuses `ews-2`, `no-such`: nothing was asked for; the others may be/)
    expect(error.extra).toMatchObject({
      refused: [
        { asset: 'ews-2', decision: { kind: 'deny' } },
        { asset: 'no-such', decision: { kind: 'deny' } },
      ],
      offered: ['ews-1', 'hist-1'],
    })
    expect(await all()).toEqual([])
    expect(await scene.types()).toEqual(Array.from({ length: 4 }, () => 'policy.decision'))
  })

  it('asked for in part makes the permitted rest, and says what is missing', async () => {
    const made = await submit(['ews-1', 'ews-2', 'hist-1'], { partial: true })
    expect(made.ids).toHaveLength(2)
    expect(made.refused.map(({ asset }) => asset)).toEqual(['ews-2'])
    expect((await all()).map(({ request }) => request.set)).toEqual([made.set, made.set])
  })

  it('of which one is left is no set', async () => {
    const made = await submit(['ews-1', 'ews-2'], { partial: true })
    expect(made).toMatchObject({ set: null, ids: [expect.stringMatching(/^req_/)] })
  })

  it('of which none is left is refused, in part too', async () => {
    await expect(submit(['ews-2', 'no-such'], { partial: true })).rejects.toMatchObject({
      code: 'policy-denied',
      extra: { offered: [] },
    })
  })

  it('makes nothing when the state machine refuses what policy let through', async () => {
    await expect(submit(['ews-1', 'hist-1'], { purpose: ' ' })).rejects.toMatchObject({ code: 'malformed-body' })
    expect(await all()).toEqual([])
  })

  it('is taken back at once: what waits is withdrawn, what is decided stays', async () => {
    const { set, ids } = await submit(['ews-1', 'hist-1', 'drive-8'])
    const [first, ...rest] = ids
    if (set === null || first === undefined) throw new Error('expected a set')
    await scene.granted(approver, first)
    expect(await scene.access.withdrawSet(vendor, set)).toEqual(rest.toSorted())
    expect((await scene.store.requests.ofSet(set)).map(({ request }) => request.kind).toSorted()).toEqual([
      'approved',
      'withdrawn',
      'withdrawn',
    ])
    expect(await scene.events('request.withdrawn')).toHaveLength(2)
    expect(await codeOf(scene.access.withdrawSet(vendor, set))).toBe('state-conflict')
  })

  it('is taken back by nobody else', async () => {
    const { set } = await submit(['ews-1', 'hist-1'])
    if (set === null) throw new Error('expected a set')
    expect(await codeOf(scene.access.withdrawSet(approver, set))).toBe('not-found')
    expect((await all()).map(({ request }) => request.kind)).toEqual(['submitted', 'submitted'])
  })
})

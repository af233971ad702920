// Somebody of a supplier who was given roles of the plant beside: none of them reaches over anybody else.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Actor } from '../../../gateway/access/authorize.ts'
import { codeOf, openStandingScene, type StandingScene } from '../../support/standing-scene.ts'
import { wantedOf } from '../../support/wanted.ts'

const day = 24 * 3_600_000
let scene: StandingScene
let vendor: Actor
let rival: Actor

beforeEach(async () => {
  scene = await openStandingScene()
  await scene.person('approver', ['approver'], ['north'])
  vendor = await scene.person('vendor', ['vendor'], ['north'], 'acme-drives')
  const every = ['vendor', 'approver', 'escort', 'safety-engineer', 'isms-manager', 'admin']
  rival = await scene.person('rival', every, ['north'], 'kessel-robotics')
})
afterEach(() => scene.store.close())

describe('a person of a supplier with every role beside', () => {
  it('ends nobody’s access but their own', async () => {
    const grant = await scene.grant(vendor, 'ews-1')
    expect(await codeOf(scene.access.revoke(rival, grant, 'out with them'))).toBe('role-missing')
    const revoke = scene.standing.revocations.revoke(rival, { kind: 'grant', id: grant }, { reason: 'x', insist: true })
    expect(await codeOf(revoke)).toBe('role-missing')
    expect((await scene.store.grants.byId(grant))?.grant.kind).toBe('open')
  })

  it('denies nobody’s request', async () => {
    const now = scene.clock.now()
    const { ids } = await scene.access.submit(vendor, wantedOf('ews-1', { from: now, until: now + 3_600_000 }))
    const [id] = ids
    const stored = id === undefined ? null : await scene.store.requests.byId(id)
    if (!stored || id === undefined) throw new Error('asking made no request')
    const answer = { digest: stored.digest, comment: 'no' }
    expect(await codeOf(scene.access.deny(rival, id, answer))).toBe('policy-denied')
    expect((await scene.store.requests.byId(id))?.request.kind).toBe('submitted')
  })

  it('suspends, attests, reviews and campaigns nothing', async () => {
    const { suspensions, attestations, campaigns } = scene.standing
    expect(await codeOf(suspensions.suspend(rival, { kind: 'person', id: 'vendor' }, 'x'))).toBe('role-missing')
    const proof = { until: scene.clock.at + day, reference: 'x' }
    const label = { kind: 'label', person: 'vendor', label: 'export-controlled' } as const
    expect(await codeOf(attestations.attest(rival, label, proof))).toBe('role-missing')
    const training = { kind: 'training', person: 'vendor', training: 'site-induction' } as const
    expect(await codeOf(attestations.attest(rival, training, proof))).toBe('role-missing')
    expect(await codeOf(campaigns.start(rival, { title: 'mine', dueAt: scene.clock.at + day }))).toBe('role-missing')
  })
})

// A major change of the bundle is for the committee: activated with the reference of its decision, refused without.

import { afterEach, beforeEach, expect, it } from 'vitest'

import { filesWith, openBundleScene, type BundleScene } from '../../support/bundle-scene.ts'

let scene: BundleScene
beforeEach(async () => (scene = await openBundleScene()))
afterEach(() => scene.store.close())

/** It touches the safety path, and brings the rule that such a change is for the committee. */
const major = filesWith({
  'zones.yaml': (text) => text.replaceAll('operationClass: engineer', 'operationClass: observe'),
  'register.yaml': (text) =>
    `${text.replace('risk: R-04', 'risk: R-04\n    decision: RC-1')}committee: { above: high, changes: { safetyTouches: 1 } }\n`,
})

it('is activated only with a decision, which stands in the evidence', async () => {
  const id = await scene.life.propose(scene.people.proposer, major, 'observe only')
  await scene.reviewSafety(id)
  const base = scene.inForce.bundle().digest
  await expect(scene.life.activate(scene.people.activator, id, base)).rejects.toMatchObject({
    code: 'decision-missing',
  })
  const page = { limit: 1, before: null }
  const [refused] = await scene.store.evidence.list({ types: ['policy.step_refused'], session: null }, page)
  expect(refused?.data).toMatchObject({ step: 'activate', code: 'decision-missing', proposal: id })
  expect(scene.inForce.bundle().digest).toBe(base)
  await scene.life.activate(scene.people.activator, id, base, 'RC-2026-09')
  const [changed] = await scene.store.evidence.list({ types: ['policy.changed'], session: null }, page)
  const decision = String(changed?.data['decision'])
  expect((await scene.store.evidence.disclosed([decision])).get(decision)).toBe('RC-2026-09')
})

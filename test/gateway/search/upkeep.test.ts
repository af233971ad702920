// What is kept in the index at all.

import { join } from 'node:path'

import { expect, it } from 'vitest'

import { loadBundle } from '../../../gateway/access/bundles.ts'
import { mayBeIndexed } from '../../../gateway/search/upkeep.ts'
import type { HandlingRule } from '../../../policy/index.ts'

it('leaves out what nobody may look at, and keeps what auditors or isms-managers may', async () => {
  const loaded = await loadBundle(join(import.meta.dirname, '../../../gateway/demo/bundle'))
  if (loaded.kind === 'invalid') throw new Error('the demo bundle is not valid')
  const [asset] = loaded.bundle.assets.values()
  const plant = asset && loaded.bundle.zones.get(asset.zone)?.plant
  if (!asset || !plant) throw new Error('the demo bundle has no asset')
  const stored = { asset: asset.id, plant, assetType: asset.type, labels: asset.labels }
  const under = (...views: HandlingRule['view'][]): boolean => {
    const rules = views.map((view, at): HandlingRule => ({
      id: `rule-${at}`,
      text: 'Only so.',
      ...(view ? { view } : {}),
    }))
    return mayBeIndexed({ ...loaded.bundle, handling: { ...loaded.bundle.handling, rules } }, stored)
  }
  expect(under()).toBe(true)
  expect(under({ roles: ['auditor'] })).toBe(true)
  expect(under({ secondPerson: true })).toBe(true)
  expect(under({ roles: ['safety-engineer'] })).toBe(false)
  expect(under({ roles: ['auditor'] }, { roles: ['isms-manager'] })).toBe(false)
})

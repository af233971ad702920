// What is told of files that cross, and to whom.

import { afterEach, beforeEach, expect, it } from 'vitest'
import { fileViews } from '../../../gateway/api/file-view.ts'
import { tarEnd, tarEntry } from '../../support/clamd.ts'
import { bring, never, offer, openAirlockScene, silent, type AirlockScene } from '../../support/airlock-scene.ts'

let scene: AirlockScene
beforeEach(async () => {
  scene = await openAirlockScene()
})
afterEach(() => scene.close())

async function viewsOf(direction: 'in' | 'out') {
  const archive = Buffer.concat([tarEntry('salaries.csv', Buffer.from('x')), tarEnd])
  const given = { ...offer({ crossing: 'release' }), direction }
  await (await bring(scene.airlock({ waitMs: 0 }), archive, given)).settle(silent, never)
  const services = { store: scene.store, bundle: () => scene.bundle, files: scene.decisions }
  const stored = await scene.store.fileTransfers.list({}, { limit: 1, before: null })
  const seenBy = async (person: AirlockScene['vendor']) =>
    (await fileViews(services, { person, mfa: [], source: null }, stored))[0]
  return { vendor: await seenBy(scene.vendor), approver: await seenBy(scene.approver) }
}

it('tells who fetches a file nothing of what it holds before it is let go', async () => {
  const { vendor, approver } = await viewsOf('out')
  expect([vendor?.state, vendor?.found]).toEqual(['waiting', null])
  expect(approver?.found?.archive?.names).toEqual([{ name: 'salaries.csv', size: 1 }])
})

it('tells who brings a file what was found in it', async () => {
  const { vendor } = await viewsOf('in')
  expect(vendor?.found?.archive?.names).toEqual([{ name: 'salaries.csv', size: 1 }])
})

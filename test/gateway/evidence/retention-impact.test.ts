// What another bundle does to what is kept, over real recordings.

import { afterAll, beforeAll, expect, it } from 'vitest'

import { retentionImpact, retentionWords } from '../../../gateway/evidence/retention-impact.ts'
import type { Bundle } from '../../../policy/index.ts'
import { dayMs, openCustodyScene, type CustodyScene } from '../../support/custody-scene.ts'

let stage: CustodyScene
let now: Bundle
const size = 1_000

beforeAll(async () => {
  stage = await openCustodyScene()
  const { scene } = stage
  now = scene.door.bundle()
  const sessions = [await stage.sealed(), await stage.sealed()]
  await scene.store.bookkeep(async (tx) => {
    for (const id of sessions) await tx.storage.setBytes(id, size)
  })
  scene.clock.at += 20 * dayMs
})
afterAll(() => stage.close())

const keeping = (keepDays: number): Bundle => {
  const only = { id: 'standard', text: 'so long', keepDays }
  return { ...now, handling: { classes: [only], default: only, rules: [] } }
}
const of = (from: Bundle, to: Bundle) => retentionImpact(stage.scene, from, to)
const none = { recordings: 0, bytes: 0 }
const both = { recordings: 2, bytes: 2 * size }

it('says how many recordings a shorter class makes due at once, and how many are kept less long', async () => {
  expect(await of(keeping(30), keeping(10))).toEqual({ dueNow: both, earlier: none, longer: none, held: none })
  expect(await of(keeping(60), keeping(30))).toEqual({ dueNow: none, earlier: both, longer: none, held: none })
  expect(await of(keeping(15), keeping(10))).toEqual({ dueNow: none, earlier: none, longer: none, held: none })
})

it('says how many a longer class keeps longer, and says nothing where nothing changes', async () => {
  expect(await of(keeping(10), keeping(30))).toMatchObject({ dueNow: none, longer: both })
  expect(await retentionWords(stage.scene, keeping(30), keeping(10))).toEqual([
    {
      title: 'What is kept of recordings',
      lines: ['2 recordings (2000 bytes) would be due for deletion at once'],
    },
  ])
  expect(await retentionWords(stage.scene, keeping(30), keeping(30))).toEqual([])
})

it('counts what is on legal hold apart: it does not become due', async () => {
  const target = { kind: 'all' } as const
  await stage.custody.holds.hold(stage.auditor, { target, span: null, reason: 'claim', reference: 'INC-1' })
  expect(await of(keeping(30), keeping(10))).toEqual({ dueNow: none, earlier: none, longer: none, held: both })
})

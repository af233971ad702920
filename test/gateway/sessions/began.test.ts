// What the first and the last entry of a session keep, so that the register can hold its course against it.

import { afterEach, beforeEach, expect, it } from 'vitest'
import { endOfDay } from '../../../policy/index.ts'
import { ledgerOf } from '../../support/memory-store.ts'
import { openSessionScene, type SessionScene } from '../../support/session-scene.ts'

let scene: SessionScene
beforeEach(async () => {
  scene = await openSessionScene()
})
afterEach(() => scene.close())

it('a session keeps its levels, its contract, its duties and the most there may be, and since when it rested', async () => {
  scene.setAsset('ews-1', { maxSessions: 2 })
  const answer = await scene.admission().admit(scene.visitor, 'ews-1')
  if (answer.kind === 'refused') throw new Error(answer.text)
  await answer.session.closed()
  const events = await ledgerOf(scene.store)
  const of = (name: string) => events.find(({ type }) => type === name)?.data
  const { supplier } = scene.visitor.person
  const bundle = scene.door.bundle()
  const declared = [...bundle.suppliers.values()].find(({ id }) => id === supplier)
  expect(of('session.started')).toMatchObject({
    supplier,
    safety: 'none',
    levels: { from: 3.5, to: 3 },
    contractUntil: endOfDay(declared?.contract.until ?? '', 'UTC'),
    escortGraceMinutes: null,
    idleEndMinutes: null,
    most: { person: 3, asset: 2, supplier: declared?.maxSessions ?? null },
  })
  expect(of('session.ended')?.['idleSince']).toBe(of('session.ended')?.['startedAt'])
})

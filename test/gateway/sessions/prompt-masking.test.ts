// Password prompts by label: masked unless every rule of handling.yaml that speaks of it says otherwise, as declared when
// the session began.

import { afterEach, beforeEach, expect, it } from 'vitest'
import { recordingDir, readFrames, unwrapSessionKey } from '../../../recorder/index.ts'
import { standardRetention, type HandlingRule, type PlantId } from '../../../policy/index.ts'
import { ledgerOf } from '../../support/memory-store.ts'
import { openSessionScene, type SessionScene } from '../../support/session-scene.ts'

let scene: SessionScene
beforeEach(async () => {
  scene = await openSessionScene()
})
afterEach(() => scene.close())

/** A terminal in which a password was asked for and typed; what of it was recorded as typed, and how much as masked. */
async function typed(...rules: readonly Partial<HandlingRule>[]) {
  const all = rules.map((rule, i) => ({ id: `rule-${i}`, text: `The rule ${i}.`, ...rule }))
  scene.setBundle({ handling: { classes: [standardRetention], default: standardRetention, rules: all } })
  const admission = await scene.admission().admit(scene.visitor, 'ews-1')
  if (admission.kind === 'refused') throw new Error(admission.text)
  const { session } = admission
  session.listen({ warn: () => undefined, flow: () => undefined, end: () => undefined })
  const record = session.record({ kind: 'pty', command: null, terminal: { term: 'xterm', cols: 80, rows: 24 } })
  if (record === null) throw new Error('there is room for a channel')
  const put = (direction: 'in' | 'out', text: string) => record.data(direction, [Buffer.from(text)], () => undefined)
  put('out', 'Password: ')
  put('in', 'h0rse')
  put('in', '\r')
  record.close()
  scene.registry.get(session.id)?.end('client')
  await session.closed()
  const dir = recordingDir(scene.recordings, session.id)
  const key = await unwrapSessionKey(dir, [scene.identity.expose()])
  const shown: string[] = []
  let masked = 0
  for await (const frame of readFrames(dir, key, 0)) {
    if (frame.kind === 'masked') masked += frame.count
    if (frame.kind === 'data' && frame.direction === 'in') shown.push(Buffer.from(frame.bytes).toString())
  }
  const started = (await ledgerOf(scene.store)).findLast(({ type }) => type === 'session.started')?.data
  return { shown: shown.join(''), masked, started }
}

it('masks where no rule speaks of it, and says so', async () => {
  const { shown, masked, started } = await typed({ labels: ['drives'], export: 'refused' })
  expect({ shown, masked }).toEqual({ shown: '\r', masked: 5 })
  expect(started).toMatchObject({ promptsMasked: true, handlingRules: ['rule-0'], labels: ['drives', 'line-1'] })
})

it('keeps what was typed where the only rule that speaks of it wants that', async () => {
  const { shown, masked, started } = await typed({ types: ['engineering-workstation'], maskPrompts: false })
  expect({ shown, masked }).toEqual({ shown: 'h0rse\r', masked: 0 })
  expect(started).toMatchObject({ promptsMasked: false })
})

it('masks where one rule of two wants it', async () => {
  const { masked } = await typed({ maskPrompts: false }, { labels: ['line-1'], maskPrompts: true })
  expect(masked).toBe(5)
})

it('masks where the rule is about another plant', async () => {
  expect((await typed({ plants: ['south' as PlantId], maskPrompts: false })).masked).toBe(5)
})

// How many channels one recording takes: a client that opens a tunnel for each question it asks comes to the bound one day.

import { afterEach, beforeEach, expect, it } from 'vitest'

import { eventually } from '../../support/eventually.ts'
import { ledgerOf } from '../../support/memory-store.ts'
import { openSessionScene, type SessionScene } from '../../support/session-scene.ts'
import { realDisk } from '../../../recorder/disk.ts'
import { maxChannels } from '../../../recorder/layout.ts'

let scene: SessionScene
beforeEach(async () => {
  scene = await openSessionScene()
})
afterEach(() => scene.close())

it(
  'refuses the channel after the last in words and as evidence, goes on, and is sealed whole',
  { timeout: 120_000 },
  async () => {
    // What is on stable storage is not what this is about, and ten thousand times the way there is a minute.
    const disk = { ...realDisk, sync: () => Promise.resolve() }
    const admission = await scene.admission({ recordedWith: { disk } }).admit(scene.visitor, 'ews-1')
    if (admission.kind === 'refused') throw new Error(admission.text)
    const { session } = admission
    const ends: string[] = []
    session.listen({ warn: () => undefined, flow: () => undefined, end: (reason) => ends.push(reason) })
    const opening = { kind: 'exec', command: 'uptime', terminal: null } as const
    const first = session.record(opening)
    for (let n = 1; n < maxChannels; n++) {
      session.record(opening)?.close()
      // Their files are given back by the sync that runs beside.
      if (n % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    expect([session.record(opening), session.record(opening)]).toEqual([null, null])
    expect(session.unrecorded()).toMatch(/as many channels as one may have/)
    expect(ends).toEqual([])
    let crossed = false
    first?.data('in', [Buffer.from('still here')], () => (crossed = true))
    expect(crossed).toBe(true)
    const refused = await eventually('the refusal is evidence', async () => {
      const found = (await ledgerOf(scene.store)).filter(({ type }) => type === 'session.feature_refused')
      return found.length > 0 ? found : null
    })
    expect(refused.map(({ data }) => data['feature'])).toEqual(['too-many-channels'])
    await session.closed()
    const sealed = (await ledgerOf(scene.store)).find(({ type }) => type === 'session.recording_sealed')
    expect(sealed?.data).toMatchObject({ status: 'complete', channels: maxChannels })
  },
)

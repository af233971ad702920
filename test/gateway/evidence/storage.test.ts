// The space recordings have: thresholds that are told, sessions that do not begin where there is none, and a forecast.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkRetention } from '../../../gateway/evidence/retention-check.ts'
import { levelOf } from '../../../gateway/evidence/storage.ts'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { dayMs, openCustodyScene, type CustodyScene } from '../../support/custody-scene.ts'
import { recordNow } from '../../support/recording-now.ts'

let stage: CustodyScene
beforeEach(async () => {
  stage = await openCustodyScene()
})
afterEach(() => stage.close())

const free = (percent: number): void => void (stage.space = { freeBytes: percent * 10e9, totalBytes: 1000e9 })
const { round, refusal, measure, read } = new Proxy({} as CustodyScene['custody']['storage'], {
  get: (_, name: 'round') => () => stage.custody.storage[name](),
})

describe('a threshold', () => {
  it('is evidence when it is crossed, each way once', async () => {
    await round()
    for (const percent of [19, 18, 9, 5, 15, 30]) {
      free(percent)
      await round()
      await round()
    }
    expect((await stage.events('ledger.storage_threshold')).map(({ level }) => level)).toEqual([
      'low',
      'full',
      'low',
      'enough',
    ])
  })

  it('is left only with a little more than it asks for', () => {
    const thresholds = { warnPercent: 20, refusePercent: 10 }
    const at = (percent: number, from: 'enough' | 'low' | 'full') =>
      levelOf({ freeBytes: percent * 10e9, totalBytes: 1000e9 }, thresholds, from)
    expect([at(20.5, 'enough'), at(20.5, 'low'), at(21, 'low')]).toEqual(['enough', 'low', 'enough'])
    expect([at(10.5, 'low'), at(10.5, 'full'), at(11, 'full')]).toEqual(['low', 'full', 'low'])
  })

  it('is always there where no recording could be promised its end', () => {
    const none = { warnPercent: 0, refusePercent: 0 }
    expect(levelOf({ freeBytes: 1e6, totalBytes: 1e12 }, none, 'enough')).toBe('full')
    expect(levelOf({ freeBytes: 1e9, totalBytes: 1e12 }, none, 'enough')).toBe('enough')
  })
})

describe('a session', () => {
  const admit = () => stage.scene.admission({ noRoom: refusal }).admit(stage.scene.visitor, 'ews-1')

  it('does not begin without space to keep it, with a reason its user reads, as evidence', async () => {
    free(5)
    const answer = await admit()
    expect(answer).toMatchObject({ kind: 'refused', text: expect.stringContaining('no room to keep the recording') })
    expect(await stage.events('session.refused')).toMatchObject([{ asset: 'ews-1', reason: 'storage' }])
    expect(await stage.events('session.started')).toEqual([])
  })

  it('that runs goes on into what is left, and the next one begins when there is room again', async () => {
    const running = await admit()
    if (running.kind !== 'admitted') throw new Error(running.text)
    const channel = recordNow(running.session, { kind: 'exec', command: 'plc-read', terminal: null })
    free(1)
    await round()
    expect(await admit()).toMatchObject({ kind: 'refused' })
    channel.data('out', 'still here\n')
    running.session.ending('client')
    await running.session.closed()
    const [sealed] = await stage.events('session.recording_sealed')
    expect(sealed).toMatchObject({ session: running.session.id, status: 'complete' })
    free(50)
    await stage.scene.grantAgain()
    expect(await admit()).toMatchObject({ kind: 'admitted' })
  })
})

describe('the forecast', () => {
  it('says how fast it grows, by plant and class, and when no session could begin any more', async () => {
    await stage.sealed()
    await stage.sealed()
    stage.scene.clock.at += 9.5 * dayMs
    await measure()
    const { keptBytes, forecast } = await read()
    expect(keptBytes).toBeGreaterThan(0)
    expect(forecast).toMatchObject({ days: 10, bytesPerDay: Math.round(keptBytes / 10) })
    expect(forecast.lines).toMatchObject([
      { plant: 'north', retention: { id: 'standard' }, recordings: 2, bytes: keptBytes, steadyBytes: 40 * keptBytes },
    ])
    const days = (400e9 / keptBytes) * 10
    expect(days).toBeGreaterThan(36_500)
    expect(forecast.fullAt).toBeNull()
    stage.space = { freeBytes: 100e6 + keptBytes, totalBytes: 1e9 }
    expect((await read()).forecast.fullAt).toBe(stage.scene.clock.at + 10 * dayMs)
  })

  it('foresees nothing where nothing comes in', async () => {
    expect((await read()).forecast).toEqual({ days: 1, lines: [], bytesPerDay: 0, steadyBytes: 0, fullAt: null })
  })
})

describe('the daily look', () => {
  it('counts what is kept, held and due, and names what is not there', async () => {
    const [first, second] = [await stage.sealed(), await stage.sealed()]
    const { scene } = stage
    const deps = { ...scene, bundle: () => scene.door.bundle(), root: scene.recordings }
    await stage.custody.holds.hold(stage.manager, {
      target: { kind: 'session', id: first },
      span: null,
      reason: 'claim',
      reference: 'C-1',
    })
    await checkRetention(deps)
    await checkRetention(deps)
    await rm(join(scene.recordings, second), { recursive: true })
    scene.clock.at += 401 * dayMs
    await checkRetention(deps)
    expect(await stage.events('evidence.retention_checked')).toEqual([
      { recordings: 2, held: 1, due: 0, missing: 0, names: [] },
      { recordings: 2, held: 1, due: 1, missing: 1, names: [second] },
    ])
  })
})

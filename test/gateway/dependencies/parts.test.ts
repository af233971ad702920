import { afterEach, describe, expect, it } from 'vitest'
import { openParts } from '../../../gateway/dependencies/parts.ts'
import { openLog } from '../../../gateway/log.ts'
import { eventually } from '../../support/eventually.ts'
import { openBase, type Base } from '../../support/memory-store.ts'

let base: Base
afterEach(() => base.store.close())

async function open(free = 50) {
  base = await openBase()
  const given = { free, behindMs: 0, fails: false, asked: 0, hangs: Promise.resolve() }
  const parts = openParts({
    store: base.store,
    clock: base.clock,
    wall: () => base.clock.at - given.behindMs,
    lookMs: 20,
    space: async () => {
      given.asked++
      await given.hangs
      if (given.fails) throw new Error('no such folder')
      return { freeBytes: given.free * 2 ** 40, totalBytes: 100 * 2 ** 40 }
    },
    thresholds: { warnPercent: 15, refusePercent: 5 },
    log: openLog('silent'),
  })
  await parts.round()
  const stateOf = (part: string) => parts.read().find((each) => each.part === part)
  return { parts, given, stateOf }
}

describe('the gateway’s own parts', () => {
  it('work, and say since when', async () => {
    const { parts, given, stateOf } = await open()
    expect(parts.read().map(({ state }) => state)).toEqual(['working', 'working', 'working', 'working'])
    const began = base.clock.at
    base.clock.at += 60_000
    given.free = 10
    await parts.round()
    expect(stateOf('recordings')).toMatchObject({ state: 'degraded', since: base.clock.at })
    expect(stateOf('ledger')).toMatchObject({ since: began })
    given.free = 4
    await parts.round()
    expect(stateOf('recordings')).toMatchObject({ state: 'stopped' })
  })

  it('are stopped where they cannot be looked at, and work again when they can', async () => {
    const { parts, given, stateOf } = await open()
    given.fails = true
    await parts.round()
    expect(stateOf('recordings')).toMatchObject({ state: 'stopped' })
    given.fails = false
    await parts.round()
    expect(stateOf('recordings')).toMatchObject({ state: 'working' })
  })

  it('are stopped where no answer comes, and are not asked again beside a look that waits', async () => {
    const { parts, given, stateOf } = await open()
    const { promise, resolve } = Promise.withResolvers<void>()
    given.hangs = promise
    given.asked = 0
    for (let times = 0; times < 3; times++) await parts.round()
    expect(stateOf('recordings')).toMatchObject({ state: 'stopped', text: 'no answer within 0.02 s' })
    expect(given.asked).toBe(1)
    resolve()
    await eventually('the disk answers', async () => {
      await parts.round()
      return stateOf('recordings')?.state === 'working' ? true : null
    })
  })

  it('need a look where the clock was set back, entries are not signed, or messages wait too long', async () => {
    const { parts, given, stateOf } = await open()
    given.behindMs = 90_000
    await base.store.change(async (tx) => {
      await tx.evidence.putCheckpoint({ size: 0, at: base.clock.at, note: 'none' })
      await tx.ledger.append('gateway.stopped', base.clock.at, { reason: 'stopped' })
      const at = base.clock.at
      const core = { index: 0, type: 'gateway.stopped', destination: 'mail', person: null, link: null }
      await tx.outbox.insert([{ ...core, id: 'msg_1', createdAt: at }])
    })
    base.clock.at += 16 * 60_000
    await parts.round()
    expect(stateOf('clock')).toMatchObject({ state: 'degraded', text: expect.stringContaining('90 s behind') })
    expect(stateOf('ledger')).toMatchObject({ state: 'degraded', text: '1 entry, 1 not signed yet' })
    expect(stateOf('outbox')).toMatchObject({ state: 'degraded', text: '1 message waits, 0 given up' })
  })
})

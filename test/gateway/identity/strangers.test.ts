// Who is turned away before a login becomes evidence: counted by source and reason, and never more of it than is bounded.

import { afterEach, beforeEach, expect, it } from 'vitest'
import { openStrangers, type Strangers } from '../../../gateway/identity/strangers.ts'
import { openLog } from '../../../gateway/log.ts'
import { ledgerOf, openBase, type Base } from '../../support/memory-store.ts'

let base: Base
let strangers: Strangers
beforeEach(async () => {
  base = await openBase()
  strangers = openStrangers({ ...base, log: openLog('silent') })
})
afterEach(() => base.store.close())

const kept = async () =>
  (await ledgerOf(base.store)).filter(({ type }) => type === 'auth.strangers_refused').map(({ data }) => data)

it('keeps one entry a source and reason, with how many there were and when', async () => {
  const began = base.clock.at
  for (let i = 0; i < 300; i++) strangers.turnedAway('198.51.100.9', 'limit')
  base.clock.at += 30_000
  strangers.turnedAway('198.51.100.9', 'limit')
  strangers.turnedAway('198.51.100.9', 'too-slow')
  strangers.turnedAway('203.0.113.4', 'flood')
  await strangers.settle()
  await strangers.settle()
  expect(await kept()).toMatchObject([
    { because: 'limit', count: 301, via: 'ssh', from: began, until: began + 30_000 },
    { because: 'too-slow', count: 1 },
    { because: 'flood', count: 1 },
  ])
  expect(JSON.stringify(await kept())).not.toContain('198.51.100')
})

it('counts a network of IPv6 as one source, and those beyond a thousand sources together', async () => {
  for (let i = 0; i < 5_000; i++) strangers.turnedAway(`2001:db8::${i.toString(16)}`, 'flood')
  await strangers.settle()
  expect(await kept()).toMatchObject([{ count: 5_000 }])
  for (let i = 0; i < 5_000; i++) strangers.turnedAway(`10.0.${i >> 8}.${i & 255}`, 'limit')
  await strangers.settle()
  const counts = (await kept()).slice(1).map(({ count }) => Number(count))
  expect(counts).toHaveLength(1_001)
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(5_000)
})

it('keeps for the next time what could not be written', async () => {
  let isAway = true
  const change: typeof base.store.change = (work) =>
    isAway ? Promise.reject(new Error('locked')) : base.store.change(work)
  const over = openStrangers({ ...base, store: { change }, log: openLog('silent') })
  over.turnedAway('198.51.100.9', 'flood')
  await expect(over.settle()).rejects.toThrow('locked')
  isAway = false
  over.turnedAway('198.51.100.9', 'flood')
  await over.settle()
  expect(await kept()).toMatchObject([{ count: 2 }])
})

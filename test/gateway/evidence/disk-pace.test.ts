// A slow disk of recordings: evidence when it begins and when it is over, once each, and who is in a session reads why.

import { afterEach, beforeEach, expect, it } from 'vitest'
import { calmMs, openDiskPace, slowSyncMs, slowWriteMs, type DiskPace } from '../../../gateway/evidence/disk-pace.ts'
import { openLog } from '../../../gateway/log.ts'
import type { Store } from '../../../gateway/store/store.ts'
import { realDisk, type Taken } from '../../../recorder/index.ts'
import { ledgerOf, openBase, type Base } from '../../support/memory-store.ts'

let base: Base
let took: Taken
let read: string[]
let pace: DiskPace
const quick: Taken = { writeMs: 3, syncMs: 40 }
beforeEach(async () => {
  base = await openBase()
  took = quick
  read = []
  const session = { tell: (text: string) => void read.push(text) }
  const paced = { disk: realDisk, taken: () => took }
  const sessions = (): readonly (typeof session)[] => [session, session]
  pace = openDiskPace({ paced, store: base.store, clock: base.clock, log: openLog('silent'), sessions })
})
afterEach(() => base.store.close())

const written = async () => (await ledgerOf(base.store)).map(({ type, data }) => ({ type, ...data }))
async function round(taken: Taken, passed = 1_000): Promise<void> {
  base.clock.at += passed
  took = taken
  await pace.round()
}

it('says nothing of a disk that keeps up', async () => {
  await round({ writeMs: slowWriteMs - 1, syncMs: slowSyncMs - 1 })
  expect([await written(), read, pace.slow()]).toEqual([[], [], null])
})

it.each([
  ['a write', { writeMs: slowWriteMs, syncMs: 0 }],
  ['a sync', { writeMs: 0, syncMs: slowSyncMs }],
])('says once that %s was slow, tells every session, and says once when it is over', async (_what, slow) => {
  await round(slow)
  const longestMs = Math.max(slow.writeMs, slow.syncMs)
  const since = base.clock.at - longestMs
  const begun = { type: 'recording.disk_slow', since, longestMs, sessions: 2 }
  expect(await written()).toEqual([begun])
  expect(read).toEqual([expect.stringContaining('slow'), expect.stringContaining('slow')])
  await round({ writeMs: 9_000, syncMs: 0 })
  expect(pace.slow()).toEqual({ since, longestMs: 9_000 })
  await round(quick, calmMs - 1)
  expect(await written()).toEqual([begun])
  await round(quick, 1)
  expect(await written()).toEqual([begun, { type: 'recording.disk_recovered', since, longestMs: 9_000 }])
  expect([pace.slow(), read.slice(2)]).toEqual([
    null,
    Array.from({ length: 2 }, () => expect.stringContaining('again')),
  ])
  await round(slow)
  expect((await written()).length).toBe(3)
})

it('says it later where the ledger could not be written at that time', async () => {
  let isBroken = true
  const change: Store['change'] = (work) =>
    isBroken ? Promise.reject(new Error('the disk is that slow')) : base.store.change(work)
  const failing = openDiskPace({
    paced: { disk: realDisk, taken: () => took },
    store: { ...base.store, change },
    clock: base.clock,
    log: openLog('silent'),
    sessions: () => [],
  })
  took = { writeMs: slowWriteMs, syncMs: 0 }
  await expect(failing.round()).rejects.toThrow('that slow')
  isBroken = false
  took = quick
  await failing.round()
  expect(await written()).toMatchObject([{ type: 'recording.disk_slow', longestMs: slowWriteMs }])
})

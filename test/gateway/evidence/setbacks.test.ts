// What is not brought out of the gateway: told once when it has lasted too long, across starts, and once when it works again.

import { afterEach, beforeEach, expect, it } from 'vitest'
import { openSetbacks, type Setbacks } from '../../../gateway/evidence/setbacks.ts'
import { openLog } from '../../../gateway/log.ts'
import { ledgerOf, openBase, type Base } from '../../support/memory-store.ts'

const hour = 3_600_000
let base: Base
let setbacks: Setbacks
const start = (): Promise<Setbacks> =>
  openSetbacks({ store: base.store, clock: base.clock, log: openLog('silent'), hours: 4 })
beforeEach(async () => {
  base = await openBase()
  setbacks = await start()
})
afterEach(() => base.store.close())
const written = async () => (await ledgerOf(base.store)).map(({ type, data }) => ({ type, ...data }))

it('is no evidence while it lasts no longer than is allowed', async () => {
  const since = base.clock.at
  await setbacks.failed('publication', '/srv/ledger', 'EACCES')
  base.clock.at += 4 * hour - 1
  await setbacks.failed('publication', '/srv/ledger', 'ENOSPC')
  await setbacks.round()
  expect(setbacks.list()).toEqual([{ what: 'publication', to: '/srv/ledger', since, reason: 'ENOSPC', told: false }])
  await setbacks.worked('publication', '/srv/ledger')
  expect([await written(), setbacks.list(), await base.store.setbacks.list()]).toEqual([[], [], []])
})

it('is told once after that, and once when it works again', async () => {
  const since = base.clock.at
  await setbacks.failed('messages', 'mail', 'connection refused')
  base.clock.at += 4 * hour
  await setbacks.round()
  await setbacks.failed('messages', 'mail', 'connection refused')
  await setbacks.round()
  const failing = { type: 'evidence.delivery_failing', what: 'messages', to: 'mail', since, hours: 4 }
  expect(await written()).toEqual([{ ...failing, reason: expect.stringMatching(/^sha256:/) }])
  await setbacks.worked('messages', 'mail')
  await setbacks.worked('messages', 'mail')
  expect((await written()).slice(1)).toEqual([
    { type: 'evidence.delivery_resumed', what: 'messages', to: 'mail', since },
  ])
})

it('goes on counting after a new start, and does not tell again what was told', async () => {
  await setbacks.failed('timestamp', 'tsa-1', 'no answer')
  await setbacks.failed('cosignature', 'witness-1', 'no answer')
  base.clock.at += 3 * hour
  setbacks = await start()
  await setbacks.failed('timestamp', 'tsa-1', 'no answer')
  base.clock.at += hour
  await setbacks.round()
  expect(await written()).toMatchObject([{ to: 'tsa-1' }, { to: 'witness-1' }])
  setbacks = await start()
  await setbacks.round()
  expect((await written()).length).toBe(2)
  await setbacks.worked('cosignature', 'witness-1')
  expect((await written()).at(-1)).toMatchObject({ type: 'evidence.delivery_resumed', to: 'witness-1' })
})

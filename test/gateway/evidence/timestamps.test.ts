// Checkpoints time-stamped by a real authority over HTTP: when it is due, when it is down, and when it is wrong.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { openCheckpoints, type Checkpoints } from '../../../gateway/evidence/checkpoints.ts'
import { openTimestamping, type Timestamping } from '../../../gateway/evidence/timestamps.ts'
import { openLog } from '../../../gateway/log.ts'
import { openSqlite } from '../../../gateway/store/sqlite.ts'
import { openStore, type Store } from '../../../gateway/store/store.ts'
import { readTimeAuthorities, timestampRequest } from '../../../recorder/timestamp/token.ts'
import { origin, signerOf } from '../../recorder/sample-keys.ts'
import { hasPart } from '../../support/parts.ts'
import {
  makeTimeAuthority,
  serveTimeAuthority,
  type TimeAuthority,
  type TimeServer,
} from '../../support/time-authority.ts'

const hour = 3_600_000
const minute = 60_000

describe.skipIf(!hasPart('openssl'))('time-stamping of checkpoints', () => {
  let folder: string
  let authority: TimeAuthority
  let server: TimeServer
  let store: Store
  let checkpoints: Checkpoints
  let stamping: Timestamping
  /** How far the gateway's clock is ahead of the machine's. */
  let ahead = 0
  const clock = { now: () => Date.now() + ahead, monotonic: () => process.hrtime.bigint() }
  const log = openLog('silent')

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-time-'))
    authority = makeTimeAuthority(join(folder, 'authority'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  beforeEach(async () => {
    ahead = 0
    server = await serveTimeAuthority(authority)
    store = await openStore(openSqlite(':memory:'))
    checkpoints = openCheckpoints({ store, origin, signer: signerOf(1), clock, log, copies: [], witnesses: null })
    const trusted = readTimeAuthorities(readFileSync(authority.ca, 'utf8'))
    if (trusted === null) throw new Error('no authority')
    const authorities = [{ name: 'one', url: new URL(server.url), trusted, everyMs: 24 * hour }]
    stamping = openTimestamping({ store, checkpoints, authorities, clock, log, ca: null })
    await grow()
  })
  afterEach(async () => {
    await store.close()
    await server.stop()
  })

  /** One entry more, and a checkpoint over it. */
  async function grow(): Promise<void> {
    await store.change((tx) => tx.ledger.append('gateway.stopped', clock.now(), { reason: 'test' }))
    await checkpoints.sign()
  }
  const eventsOf = async (type: string) =>
    (await store.evidence.list({ types: [type], session: null }, { limit: 100, before: null })).toReversed()

  it('asks once, keeps what came with the bytes it is of, and writes it down', async () => {
    await stamping.round()
    await grow()
    await stamping.round()
    expect(server.queries).toHaveLength(1)
    const [kept] = await store.timestamps.upTo(100)
    expect(kept).toMatchObject({ size: 1, authority: 'one' })
    expect(await eventsOf('ledger.timestamped')).toMatchObject([{ data: { authority: 'one', size: 1 } }])
  })

  it('asks again when a day has passed and something was added, and not before', async () => {
    await stamping.round()
    await grow()
    ahead = 2 * minute
    await stamping.round()
    expect(server.queries).toHaveLength(1)
    ahead = 24 * hour + minute
    await stamping.round()
    expect(server.queries).toHaveLength(2)
  })

  it('is told once while the authority is down, is asked less and less, and goes on when it is back', async () => {
    server.answer = null
    for (let i = 0; i < 3; i++) await stamping.round()
    expect(server.queries).toHaveLength(1)
    ahead = 61_000
    await stamping.round()
    ahead = 2 * 61_000
    await stamping.round()
    expect(server.queries).toHaveLength(2)
    const missed = await eventsOf('ledger.timestamp_missed')
    expect(missed).toHaveLength(1)
    const [reason] = await store.evidence
      .disclosed([String(missed[0]?.data['reason'])])
      .then((map) => [...map.values()])
    expect(reason).toBe('answers with status 503')
    server.answer = (query) => authority.reply(query)
    ahead = 4 * 61_000
    await stamping.round()
    expect(await store.timestamps.upTo(100)).toHaveLength(1)
  })

  it.each([
    [
      'answers another question',
      async () => authority.reply(timestampRequest(Buffer.from('else')).request),
      'message imprint',
    ],
    [
      'answers the same question of before',
      async () => authority.reply(timestampRequest(Buffer.from((await checkpoints.latest())?.note ?? '')).request),
      'nonce',
    ],
    ['answers nonsense', async () => Buffer.from('nonsense'), 'not a timestamp'],
    ['answers without an end', async () => Buffer.alloc(100_000), 'more than 65536 bytes'],
  ])('keeps nothing of an authority that %s', async (_, answer, why) => {
    server.answer = answer
    await stamping.round()
    expect(await store.timestamps.upTo(100)).toEqual([])
    const [missed] = await eventsOf('ledger.timestamp_missed')
    const said = await store.evidence.disclosed([String(missed?.data['reason'])])
    expect([...said.values()].join()).toContain(why)
  })

  it('keeps nothing where the clocks are far apart, and says how far', async () => {
    ahead = 10 * minute
    await stamping.round()
    expect(await store.timestamps.upTo(100)).toEqual([])
    const [missed] = await eventsOf('ledger.timestamp_missed')
    const said = await store.evidence.disclosed([String(missed?.data['reason'])])
    expect([...said.values()].join()).toMatch(/ (?:59[0-9]|60[0-9]) s from the gateway\u2019s clock$/)
  })
})

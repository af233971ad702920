import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSqlite } from '../../../gateway/store/sqlite.ts'
import { openStore, type Store } from '../../../gateway/store/store.ts'
import { commitment, leafHash } from '../../../recorder/index.ts'
import { ledgerOf, openBase } from '../../support/memory-store.ts'
import { idOf } from '../../support/ids.ts'

let store: Store
beforeEach(async () => {
  store = (await openBase()).store
})
afterEach(() => store.close())

const started = { version: '1', bundle: 'b' }

/** RFC 6962 section 2.1, as written there: the slow way, to compare with. */
function rootOf(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves
  if (leaves.length === 1 && only) return only
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  const both = Buffer.concat([Buffer.of(1), rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k))])
  return createHash('sha256').update(both).digest()
}

async function leavesOf(of: Store, size: number): Promise<Buffer[]> {
  const leaves: Buffer[] = []
  for await (const entry of of.evidence.entries(size)) leaves.push(leafHash(entry))
  return leaves
}

describe('the store', () => {
  it('rolls back a change that wrote no evidence', async () => {
    const change = store.change(async (tx) => {
      await tx.credentials.put({ name: 'x', kind: 'password', sealed: Buffer.from('s') }, 1)
    })
    await expect(change).rejects.toThrow('wrote no evidence')
    expect(await store.credentials.get('x')).toBeNull()
  })

  it('rolls back state and evidence together when the work fails', async () => {
    const change = store.change(async (tx) => {
      await tx.ledger.append('gateway.started', 1, started)
      await tx.credentials.put({ name: 'x', kind: 'password', sealed: Buffer.from('s') }, 1)
      throw new Error('power cut')
    })
    await expect(change).rejects.toThrow('power cut')
    expect(await store.evidence.size()).toBe(0)
    expect(await store.credentials.get('x')).toBeNull()
  })

  it.each([
    ['a key too many', 'gateway.started', { ...started, secret: 'x' }, '`gateway.started`: did not expect `secret`'],
    ['a key too few', 'gateway.started', { version: '1' }, 'must have required properties bundle'],
    ['another kind of value', 'gateway.stopped', { reason: 3 }, '`/reason`: must be string'],
    ['a type that is none', 'gateway.paused', {}, '`gateway.paused`: is no declared type of event'],
  ])('writes nothing of a change whose evidence has %s', async (_what, type, data, why) => {
    const change = store.change(async (tx) => {
      await tx.credentials.put({ name: 'x', kind: 'password', sealed: Buffer.from('s') }, 1)
      await tx.ledger.append('gateway.started', 1, started)
      // As a caller would that is out of step with the schemas; the types let none through.
      const append = tx.ledger.append as (type: string, at: number, data: unknown) => Promise<number>
      await append(type, 1, data)
    })
    await expect(change).rejects.toThrow(why)
    expect(await store.evidence.size()).toBe(0)
    expect(await store.credentials.get('x')).toBeNull()
  })

  it('appends entries whose root is the RFC 6962 root of all of them', async () => {
    for (let size = 1; size <= 70; size++) {
      await store.change((tx) => tx.ledger.append('gateway.started', size, started))
      expect(Buffer.from(await store.evidence.root(size))).toEqual(rootOf(await leavesOf(store, size)))
    }
  })

  it('writes several entries of one transaction in order', async () => {
    await store.change(async (tx) => {
      await tx.ledger.append('gateway.started', 5, started)
      await tx.ledger.append('gateway.stopped', 6, { reason: 'test' })
    })
    expect((await ledgerOf(store)).map(({ index, at, type }) => [index, at, type])).toEqual([
      [0, 5, 'gateway.started'],
      [1, 6, 'gateway.stopped'],
    ])
  })

  it.each([
    ['type', `type = 'gateway.started'`],
    ['session', `session = 'ses_0123456789abcdefghjkmnpqrs'`],
    ['session that is no more', 'session = null'],
  ])('finds the entry that somebody filed under another %s, where lists would leave it out', async (_what, change) => {
    const folder = await mkdtemp(join(tmpdir(), 'sallyport-store-'))
    const own = await openStore(openSqlite(join(folder, 'store')))
    try {
      await own.change(async ({ ledger }) => {
        await ledger.append('gateway.started', 1, started)
        await ledger.append('session.idle_locked', 2, {
          session: idOf.session('ses_0000000000000000000000000b'),
          idleSince: 1,
        })
        await ledger.append('gateway.stopped', 3, { reason: 'test' })
      })
      expect(await own.evidence.misfiled()).toBeNull()
      const db = new DatabaseSync(join(folder, 'store'))
      db.exec(`update evidence set ${change} where idx = 1`)
      db.close()
      expect(await own.evidence.misfiled()).toBe(1)
    } finally {
      await own.close()
      await rm(folder, { recursive: true })
    }
  })

  it('does not show what somebody wrote in the place of what a commitment stands for', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sallyport-store-'))
    const own = await openStore(openSqlite(join(folder, 'store')))
    try {
      const name = await own.change(async (tx) => {
        const by = await tx.ledger.commit('alice')
        await tx.ledger.append('gateway.stopped', 1, { reason: by })
        return by
      })
      const db = new DatabaseSync(join(folder, 'store'))
      db.exec(`update disclosure set value = 'bob'`)
      expect([...(await own.evidence.disclosed([name])).values()]).toEqual([
        expect.stringContaining('changed in the store'),
      ])
      db.exec(`update disclosure set value = 'alice', salt = x'00'`)
      db.close()
      expect([...(await own.evidence.disclosed([name])).values()]).not.toContain('alice')
    } finally {
      await own.close()
      await rm(folder, { recursive: true })
    }
  })

  it('keeps what a commitment stands for, and only that', async () => {
    const name = await store.change(async (tx) => {
      const by = await tx.ledger.commit('alice')
      await tx.ledger.append('gateway.stopped', 1, { reason: by })
      return by
    })
    expect(await store.evidence.disclosed([name])).toEqual(new Map([[name, 'alice']]))
    for await (const { salt, value } of store.evidence.disclosures()) expect(commitment(salt, value)).toBe(name)
    for await (const entry of store.evidence.entries(1)) expect(Buffer.from(entry).toString()).not.toContain('alice')
  })

  it('lists events newest first, by type and session, page by page', async () => {
    for (let i = 0; i < 5; i++) await store.change((tx) => tx.ledger.append('gateway.started', i, started))
    const page = await store.evidence.list({ types: ['gateway.started'], session: null }, { limit: 2, before: 4 })
    expect(page.map(({ index }) => index)).toEqual([3, 2])
    expect(
      await store.evidence.list({ types: ['gateway.stopped'], session: null }, { limit: 2, before: null }),
    ).toEqual([])
    await store.change((tx) => tx.ledger.append('gateway.stopped', 5, { reason: 'test' }))
    const without = { types: null, without: ['gateway.started'], session: null }
    const others = await store.evidence.list(without, { limit: 9, before: null })
    expect(others.map(({ index }) => index)).toEqual([5])
  })
})

describe('two writers of one file', () => {
  it('take turns at the ledger and lose nothing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sallyport-store-'))
    try {
      const stores = [await openStore(openSqlite(join(folder, 's'))), await openStore(openSqlite(join(folder, 's')))]
      await Promise.all(
        stores.map(async (each, n) => {
          for (let i = 0; i < 20; i++)
            await each.change((tx) => tx.ledger.append('gateway.stopped', i, { reason: `writer ${n}` }))
        }),
      )
      for (const each of stores) {
        const leaves = await leavesOf(each, 1000)
        expect(leaves).toHaveLength(40)
        expect(Buffer.from(await each.evidence.root(40))).toEqual(rootOf(leaves))
        await each.close()
      }
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

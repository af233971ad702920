// Bundles in the store: the order of activations, what an earlier release left behind, and ends that are written once.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { Migrator } from 'kysely/migration'
import { describe, expect, it, onTestFinished } from 'vitest'

import { up as first } from '../../../gateway/store/migrations/first.ts'
import { openSqlite } from '../../../gateway/store/sqlite.ts'
import { openStore, type Store, type Tables } from '../../../gateway/store/store.ts'
import type { AssetId, ProposalId, ScopeChangeId } from '../../../policy/index.ts'

const page = { limit: 10, before: null }

async function memoryStore(): Promise<Store> {
  const store = await openStore(openSqlite(':memory:'))
  onTestFinished(() => store.close())
  return store
}

const files = new Map([['scope.yaml', 'version: 1\n']])
const activation = (digest: string, previous: string | null) =>
  ({
    digest,
    previous,
    scopeVersion: '1',
    at: 1_000,
    kind: 'activate',
    proposal: null,
    proposer: null,
    activator: null,
    reason: null,
  }) as const

/** A change has to write evidence: what is tested here is the rows. */
const write = <T>(store: Store, work: (tx: Tables) => Promise<T>): Promise<T> => store.bookkeep(work)

describe('activations', () => {
  it('are in order although they have the same instant, and come back after a rollback', async () => {
    const store = await memoryStore()
    for (const [digest, previous] of [
      ['a', null],
      ['b', 'a'],
      ['a', 'b'],
    ] as const)
      await write(store, (tx) => tx.bundles.activate(files, activation(digest, previous)))
    expect(await store.bundles.latest()).toMatchObject({ seq: 3, digest: 'a', previous: 'b' })
    expect((await store.bundles.history(page)).map(({ seq, digest }) => [seq, digest])).toEqual([
      [3, 'a'],
      [2, 'b'],
      [1, 'a'],
    ])
    expect((await store.bundles.history({ limit: 10, before: '3' })).length).toBe(2)
    expect((await store.bundles.byDigest('b'))?.files).toEqual(files)
    expect(await store.bundles.byDigest('c')).toBe(null)
  })

  it('of an earlier release are taken over in their order', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-store-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'store.sqlite')
    const old = openSqlite(file)
    const provider = { getMigrations: async () => ({ '0001-first': { up: first } }) }
    const { error } = await new Migrator({ db: old, provider }).migrateToLatest()
    expect(error).toBe(undefined)
    for (const [digest, at] of [
      ['newer', 2_000],
      ['older', 1_000],
    ] as const) {
      const row = { digest, scope_version: '1', activated_at: at, files: '{}' }
      await old.insertInto('bundle').values(row).execute()
    }
    await old.destroy()
    const store = await openStore(openSqlite(file))
    onTestFinished(() => store.close())
    expect(await store.bundles.history(page)).toMatchObject([
      { seq: 2, digest: 'newer', previous: 'older', kind: 'folder', at: 2_000 },
      { seq: 1, digest: 'older', previous: null, kind: 'folder', at: 1_000 },
    ])
  })
})

describe('a proposal', () => {
  it('ends once, and keeps its files', async () => {
    const store = await memoryStore()
    const id = `pro_${'0'.repeat(26)}` as ProposalId
    const row = { id, digest: 'b', base: 'a', scopeVersion: '1', by: null, at: 1, comment: 'c', state: 'open' } as const
    const blank = { decidedBy: null, decidedAt: null, reason: null, change: 'CHG-7', rollback: null }
    await write(store, (tx) => tx.proposals.insert({ ...row, ...blank }, files))
    const end = { by: null, at: 2, reason: 'r' }
    expect(await write(store, (tx) => tx.proposals.rebase(id, 'z'))).toBe(true)
    expect(await write(store, (tx) => tx.proposals.decide(id, { state: 'rejected', ...end }))).toBe(true)
    expect(await write(store, (tx) => tx.proposals.decide(id, { state: 'activated', ...end }))).toBe(false)
    expect(await write(store, (tx) => tx.proposals.rebase(id, 'y'))).toBe(false)
    expect(await store.proposals.byId(id)).toMatchObject({ state: 'rejected', base: 'z', decidedAt: 2, reason: 'r' })
    expect(await store.proposals.files(id)).toEqual(files)
    expect(await store.proposals.list({ state: 'open' }, page)).toEqual([])
  })
})

describe('a scope change', () => {
  it('holds until it is accepted or lapses; a rejection can be taken back, an acceptance not', async () => {
    const store = await memoryStore()
    const id = `scc_${'0'.repeat(26)}` as ScopeChangeId
    await write(store, (tx) =>
      tx.scopeChanges.insert({
        id,
        asset: 'cam-9' as AssetId,
        before: 'a',
        bundle: 'b',
        was: { kind: 'undetermined' },
        becomes: { kind: 'in', rule: 'r', reason: 'because' },
        attributes: ['type'],
        raisedAt: 1,
        proposer: null,
        activator: null,
        state: 'open',
        reviewedBy: null,
        reviewedAt: null,
        comment: null,
      }),
    )
    const settle = (state: 'accepted' | 'rejected' | 'lapsed') =>
      write(store, (tx) => tx.scopeChanges.settle(id, { state, by: null, at: 2, comment: 'c' }))
    const held = async () => (await store.scopeChanges.holding()).map(({ state }) => state)
    expect(await held()).toEqual(['open'])
    expect(await settle('rejected')).toBe(true)
    expect(await held()).toEqual(['rejected'])
    expect(await settle('rejected')).toBe(false)
    expect(await settle('accepted')).toBe(true)
    expect(await held()).toEqual([])
    expect(await settle('lapsed')).toBe(false)
  })
})

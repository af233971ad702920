// The ledger part of the bench: durable appends by few and many writers, alone and in groups, against plain SQLite on the same
// disk; and what proofs and a full verification cost as the ledger grows. Needs no network; docs/performance.md explains.

import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { inspectStore } from '../../../gateway/store/store-copy.ts'
import { usualLimits } from '../../../gateway/store/group-commit.ts'
import { openSqlite } from '../../../gateway/store/sqlite.ts'
import { openStore, type Store } from '../../../gateway/store/store.ts'
import { leafHash, verifyInclusion } from '../../../recorder/index.ts'

export interface LedgerPlan {
  /** How long each way of appending is measured. */
  readonly ms: number
  readonly writers: readonly number[]
  /** Sizes that proofs and verification are measured at, ascending. */
  readonly entries: readonly number[]
  readonly proofs: number
}

export interface AppendFigures {
  readonly writers: number
  /** Changes a second, each durable when it is answered: a commit each, and in groups. */
  readonly alone: number
  readonly grouped: number
}

export interface SizeFigures {
  readonly entries: number
  readonly storeBytes: number
  /** Inclusion proofs a second, made from the store and verified. */
  readonly proofs: number
  /** Seconds to read the whole ledger and make its tree again, with SQLite's own check. */
  readonly verifySeconds: number
  /** Resident memory grown by during that, in bytes. */
  readonly verifyMemory: number
}

export interface LedgerFindings {
  /** `insert` and `commit` a second on plain SQLite, WAL and synchronous=FULL, one writer. */
  readonly plain: number
  readonly appends: readonly AppendFigures[]
  readonly sizes: readonly SizeFigures[]
}

const entry = { version: '1.0.0', bundle: '0123456789abcdef'.repeat(4) }

export async function measureLedger(
  plan: LedgerPlan,
  folder: string,
  say: (text: string) => void,
): Promise<LedgerFindings> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  say('ledger: plain SQLite')
  const plain = plainCommits(join(folder, 'plain.sqlite'), plan.ms)
  const appends: AppendFigures[] = []
  for (const writers of plan.writers) {
    say(`ledger: appends by ${writers}`)
    const file = (kind: string): string => join(folder, `${kind}-${writers}.sqlite`)
    const alone = await appendsBy(writers, 1, file('alone'), plan.ms)
    appends.push({ writers, alone, grouped: await appendsBy(writers, usualLimits.most, file('grouped'), plan.ms) })
  }
  const file = join(folder, 'growing.sqlite')
  const sizes: SizeFigures[] = []
  for (const entries of plan.entries) {
    say(`ledger: ${entries} entries`)
    sizes.push(await measureSize(file, entries, plan.proofs))
  }
  return { plain, appends, sizes }
}

function plainCommits(file: string, ms: number): number {
  const db = new DatabaseSync(file)
  db.exec('pragma journal_mode = wal; pragma synchronous = full; create table t (id integer primary key, b blob)')
  const [begin, insert, commit] = [
    db.prepare('begin immediate'),
    db.prepare('insert into t (b) values (?)'),
    db.prepare('commit'),
  ]
  const bytes = Buffer.alloc(200, 1)
  const start = performance.now()
  let done = 0
  for (; performance.now() - start < ms; done++) {
    begin.run()
    insert.run(bytes)
    commit.run()
  }
  const seconds = (performance.now() - start) / 1_000
  db.close()
  return done / seconds
}

async function appendsBy(writers: number, most: number, file: string, ms: number): Promise<number> {
  const store = await openStore(openSqlite(file), { ...usualLimits, most })
  const start = performance.now()
  let done = 0
  const write = async (): Promise<void> => {
    while (performance.now() - start < ms) {
      await store.change((tx) => tx.ledger.append('gateway.started', done, entry))
      done++
    }
  }
  await Promise.all(Array.from({ length: writers }, write))
  const seconds = (performance.now() - start) / 1_000
  await store.close()
  return done / seconds
}

async function measureSize(file: string, entries: number, proofs: number): Promise<SizeFigures> {
  const store = await openStore(openSqlite(file))
  await grow(store, entries)
  const proofRate = await proofsASecond(store, entries, proofs)
  await store.close()
  const before = process.memoryUsage.rss()
  const start = performance.now()
  const state = inspectStore(file)
  const verifySeconds = (performance.now() - start) / 1_000
  const verifyMemory = Math.max(0, process.memoryUsage.rss() - before)
  if (state.entries !== entries || state.problems.length > 0) throw new Error(state.problems.join('; '))
  return { entries, storeBytes: statSync(file).size, proofs: proofRate, verifySeconds, verifyMemory }
}

async function grow(store: Store, entries: number): Promise<void> {
  for (let size = await store.evidence.size(); size < entries;) {
    const until = Math.min(entries, size + 1_000)
    await store.change(async ({ ledger }) => {
      for (; size < until; size++) await ledger.append('gateway.started', size, entry)
    })
  }
}

async function proofsASecond(store: Store, size: number, count: number): Promise<number> {
  const root = await store.evidence.root(size)
  const start = performance.now()
  for (let i = 0; i < count; i++) {
    // Spread over the whole ledger by a step that shares no factor with it.
    const index = (i * 1_000_003) % size
    const [bytes, proof] = [await store.evidence.entry(index), await store.evidence.inclusion(index, size)]
    if (bytes === null || !verifyInclusion(index, size, leafHash(bytes), proof, root))
      throw new Error(`entry ${index}: its proof does not hold`)
  }
  return count / ((performance.now() - start) / 1_000)
}

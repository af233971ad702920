import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import fc from 'fast-check'
import { sql, type Kysely } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { openGroupCommit, usualLimits, type GroupCommit, type Turn } from '../../../gateway/store/group-commit.ts'
import type { SealedCredential } from '../../../gateway/store/credentials.ts'
import type { Schema } from '../../../gateway/store/schema.ts'
import { openSqlite } from '../../../gateway/store/sqlite.ts'
import { openStore, type Store, type Tx } from '../../../gateway/store/store.ts'
import { expectWholeLedger } from '../../support/ledger-root.ts'
import { ledgerOf } from '../../support/memory-store.ts'

let db: Kysely<Schema>
let store: Store
beforeEach(async () => {
  db = openSqlite(':memory:')
  store = await openStore(db, { ...usualLimits, openMs: 10_000, holdMs: 100 })
})
afterEach(() => store.close())

const note = (tx: Tx, reason: string): Promise<number> => tx.ledger.append('gateway.stopped', 1, { reason })
const reasons = async (of = store): Promise<unknown[]> => (await ledgerOf(of)).map(({ data }) => data['reason'])
const credential = (name: string, sealed = name) => ({ name, kind: 'password' as const, sealed: Buffer.from(sealed) })

const textOf = (held: SealedCredential | null): string => Buffer.from(held?.sealed ?? []).toString()

/** The outcome of each, as text: nothing is left unhandled. */
async function outcomes(changes: readonly Promise<unknown>[]): Promise<string[]> {
  const settled = await Promise.allSettled(changes)
  return settled.map((each) => (each.status === 'fulfilled' ? 'done' : String((each.reason as Error).message)))
}

describe('changes that wait at the same time', () => {
  it('are all there, in the order they were asked for', async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => store.change((tx) => note(tx, `${i}`))))
    expect(answers).toEqual(Array.from({ length: 200 }, (_, i) => i))
    expect(await reasons()).toEqual(answers.map(String))
    await expectWholeLedger(store)
  })

  it('share commits', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sallyport-group-'))
    const grouped = await openStore(openSqlite(join(folder, 's')))
    try {
      const before = await commitsIn(join(folder, 's-wal'))
      await Promise.all(Array.from({ length: 64 }, (_, i) => grouped.change((tx) => note(tx, `${i}`))))
      // One, if the machine is not so busy that a group gets old before it is full.
      expect((await commitsIn(join(folder, 's-wal'))) - before).toBeLessThan(64)
      expect(await grouped.evidence.size()).toBe(64)
    } finally {
      await grouped.close()
      await rm(folder, { recursive: true })
    }
  })

  it('see what those before them did, and nothing of those that failed', async () => {
    const seen: string[] = []
    const look = async (tx: Tx): Promise<void> => {
      seen.push(textOf(await tx.credentials.get('x')))
    }
    const said = await outcomes([
      store.change(async (tx) => {
        await tx.credentials.put(credential('x', 'first'), 1)
        await note(tx, 'first')
      }),
      store.change(async (tx) => {
        await look(tx)
        await tx.credentials.put(credential('x', 'second'), 1)
        await note(tx, 'second')
        throw new Error('no')
      }),
      store.bookkeep((tx) => tx.credentials.put(credential('y'), 1)),
      store.change(async (tx) => {
        await look(tx)
        await note(tx, 'third')
      }),
    ])
    expect(said).toEqual(['done', 'no', 'done', 'done'])
    expect(seen).toEqual(['first', 'first'])
    expect(await reasons()).toEqual(['first', 'third'])
    expect((await store.credentials.get('y'))?.name).toBe('y')
    await expectWholeLedger(store)
  })

  it('are refused one by one where they wrote no evidence', async () => {
    const said = await outcomes([
      store.change((tx) => note(tx, 'a')),
      store.change((tx) => tx.credentials.put(credential('x'), 1)),
      store.change((tx) => note(tx, 'b')),
    ])
    expect(said).toEqual(['done', 'a state change wrote no evidence and was rolled back', 'done'])
    expect(await store.credentials.get('x')).toBeNull()
  })

  it('let others have their turn, also where each is asked for as soon as one is answered', async () => {
    let isOver = false
    const writer = async (): Promise<void> => {
      while (!isOver) await store.change((tx) => note(tx, 'again'))
    }
    const writers = [writer(), writer()]
    // A file is read in another turn of the event loop, or never.
    await readFile(fileURLToPath(import.meta.url))
    isOver = true
    await Promise.all(writers)
    expect(await store.evidence.size()).toBeGreaterThan(0)
  })

  it('are read from outside only when they are committed', async () => {
    const sizes: Promise<number>[] = []
    await store.change(async (tx) => {
      await note(tx, 'a')
      sizes.push(store.evidence.size())
    })
    expect(await Promise.all(sizes)).toEqual([1])
  })
})

/** Commits in a write-ahead log: frames (24 bytes and a page of 4096) after its header of 32 whose bytes 4 to 8 are not 0. */
async function commitsIn(wal: string): Promise<number> {
  const bytes = await readFile(wal)
  let found = 0
  for (let at = 32; at + 24 <= bytes.length; at += 24 + 4096) if (bytes.readUInt32BE(at + 4) !== 0) found++
  return found
}

describe('a group that breaks', () => {
  let groups: GroupCommit
  const add = (id: number) => (turn: Turn) => sql`insert into thing (id) values (${id})`.execute(turn.db)
  const things = async (): Promise<number[]> =>
    (await sql<{ id: number }>`select id from thing order by id`.execute(db)).rows.map(({ id }) => id)
  beforeEach(async () => {
    await sql`create table thing (id integer primary key, other integer references thing (id) deferrable initially deferred)`.execute(
      db,
    )
    groups = openGroupCommit(db, { ...usualLimits, openMs: 10_000, holdMs: 100 })
  })

  it('at its commit rejects every change, and the next group goes on', async () => {
    const said = await outcomes([
      groups.run(add(1)),
      groups.run((turn) => sql`insert into thing values (2, 99)`.execute(turn.db)),
      groups.run(async (turn) => {
        await add(3)(turn)
        throw new Error('its own fault')
      }),
      groups.run(add(4)),
    ])
    const together = 'FOREIGN KEY constraint failed'
    expect(said).toEqual([together, together, 'its own fault', together])
    await groups.run(add(5))
    expect(await things()).toEqual([5])
  })

  it('because SQLite rolled all of it back keeps nothing of it, and nothing that came after in the same change', async () => {
    const said = await outcomes([
      groups.run(add(1)),
      groups.run(async (turn) => {
        await sql`insert or rollback into thing (id) values (1)`.execute(turn.db).catch(() => null)
        await add(2)(turn)
      }),
      groups.run(add(3)),
    ])
    expect(said).toEqual([
      'the transaction this change shared with others was rolled back',
      'the transaction was rolled back by SQLite, as on a full or failing disk',
      'done',
    ])
    expect(await things()).toEqual([3])
  })

  it('at a full disk leaves what was committed before, and works again when there is room', async () => {
    await groups.run(add(1))
    const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(db)
    await sql`pragma max_page_count = ${sql.lit(rows[0]?.page_count ?? 0)}`.execute(db)
    const fill = sql`insert into thing (id, other) select value, 1 from json_each(${JSON.stringify(Array.from({ length: 5_000 }, (_, i) => i + 10))})`
    const said = await outcomes([groups.run((turn) => fill.execute(turn.db))])
    expect(said).toEqual(['database or disk is full'])
    expect(await things()).toEqual([1])
    await sql`pragma max_page_count = 1000000`.execute(db)
    await groups.run(add(2))
    expect(await things()).toEqual([1, 2])
  })

  it('when no transaction is to be had rejects those that waited for it', async () => {
    await db.destroy()
    expect(await outcomes([groups.run(add(1)), groups.run(add(2))])).toEqual([
      'driver has already been destroyed',
      'driver has already been destroyed',
    ])
    db = openSqlite(':memory:')
    store = await openStore(db)
  })
})

describe('a change that waits for something else than its transaction', () => {
  it('is rolled back after a time, and the others go on', async () => {
    const said = await outcomes([
      store.change((tx) => note(tx, 'before')),
      store.change(async (tx) => {
        await note(tx, 'stuck')
        await new Promise(() => null)
      }),
      store.change((tx) => note(tx, 'after')),
    ])
    expect(said).toEqual(['done', expect.stringContaining('was not done within 100 ms'), 'done'])
    expect(await reasons()).toEqual(['before', 'after'])
    await expectWholeLedger(store)
  })

  it('for the store from inside is told so, and what it asked for is done by itself', async () => {
    const inner: Promise<number>[] = []
    const said = await outcomes([
      store.change(async (tx) => {
        await note(tx, 'outer')
        const asked = store.change((again) => note(again, 'inner'))
        inner.push(asked)
        await asked
      }),
    ])
    expect(said).toEqual([expect.stringContaining('asks the store from inside')])
    await Promise.all(inner)
    expect(await reasons()).toEqual(['inner'])
  })

  it('finds its transaction closed when it comes back', async () => {
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>()
    const { promise: end, resolve: ended } = Promise.withResolvers<string>()
    const said = await outcomes([
      store.change(async (tx) => {
        await held
        await note(tx, 'too late').catch((cause: Error) => ended(cause.message))
      }),
    ])
    expect(said).toEqual([expect.stringContaining('was not done within')])
    letGo()
    expect(await end).toBe('this state change is over: its transaction takes no more queries')
    expect(await reasons()).toEqual([])
  })

  it('leaves no query behind that falls into the next change', async () => {
    const left: Promise<unknown>[] = []
    const said = await outcomes([
      store.change(async (tx) => {
        left.push(
          ...Array.from({ length: 20 }, async (_, i) => {
            for (let turns = 0; turns < i; turns++) await Promise.resolve()
            await tx.credentials.put(credential(`left-${i}`), 1)
          }),
        )
        await note(tx, 'leaves')
        throw new Error('fails first')
      }),
      store.change((tx) => note(tx, 'next')),
    ])
    await Promise.allSettled(left)
    expect(said).toEqual(['fails first', 'done'])
    for (let i = 0; i < 20; i++) expect(await store.credentials.get(`left-${i}`)).toBeNull()
  })
})

describe('closing', () => {
  it('ends what was asked for before and takes nothing more', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sallyport-group-'))
    try {
      const closing = await openStore(openSqlite(join(folder, 's')))
      const changes = Array.from({ length: 100 }, (_, i) => closing.change((tx) => note(tx, `${i}`)))
      const closed = closing.close()
      expect(await outcomes([closing.change((tx) => note(tx, 'late'))])).toEqual(['the store is closed'])
      expect(await outcomes(changes)).toEqual(changes.map(() => 'done'))
      await closed
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

type Plan = {
  readonly entries: number
  readonly end: 'done' | 'throws' | 'silent'
  readonly hops: number
  readonly late: boolean
}

describe('any mixture of writers', () => {
  it('gives what some serial order of those that succeeded gives', async () => {
    const plan = fc.record({
      entries: fc.integer({ min: 1, max: 3 }),
      end: fc.constantFrom('done', 'done', 'throws', 'silent'),
      hops: fc.nat({ max: 5 }),
      late: fc.boolean(),
    })
    const writers = fc.array(fc.array(plan, { maxLength: 6 }), { minLength: 1, maxLength: 8 })
    const limits = fc.record({
      most: fc.integer({ min: 1, max: 9 }),
      openMs: fc.constantFrom(0, 20),
      holdMs: fc.constant(5_000),
    })
    await fc.assert(
      fc.asyncProperty(writers, limits, async (plans, bounds) => {
        const each = await openStore(openSqlite(':memory:'), bounds)
        const said = await Promise.all(plans.map((own, writer) => play(each, writer, own)))
        const size = await expectWholeLedger(each)
        const told = (await reasons(each)).map(String)
        // Every change that succeeded is there with all its entries, side by side, and no other.
        const done = said.flat().filter(({ ended }) => ended === 'done')
        expect(told.toSorted()).toEqual(done.flatMap(({ lines }) => lines).toSorted())
        for (const { lines } of done)
          expect(told.indexOf(lines.at(-1) ?? '')).toBe(told.indexOf(lines[0] ?? '') + lines.length - 1)
        // Each saw the count that all before it had made: the count goes up by one, in the order of the ledger.
        const counts = done
          .toSorted((a, b) => told.indexOf(a.lines[0] ?? '') - told.indexOf(b.lines[0] ?? ''))
          .map(({ count }) => count)
        expect(counts).toEqual(counts.map((_, i) => i + 1))
        expect(Number(textOf(await each.credentials.get('count')))).toBe(done.length)
        expect(size).toBe(told.length)
        await each.close()
      }),
      { numRuns: 40 },
    )
  })
})

interface Played {
  readonly lines: readonly string[]
  readonly ended: string
  readonly count: number
}

async function play(each: Store, writer: number, plans: readonly Plan[]): Promise<Played[]> {
  const played: Played[] = []
  for (const [nth, { entries, end, hops, late }] of plans.entries()) {
    if (late) await new Promise((resolve) => setImmediate(resolve))
    const lines = Array.from({ length: entries }, (_, i) => `${writer} ${nth} ${i}`)
    let count = 0
    const [ended = ''] = await outcomes([
      each.change(async (tx) => {
        count = Number(textOf(await tx.credentials.get('count'))) + 1
        for (let i = 0; i < hops; i++) await Promise.resolve()
        if (end !== 'silent') for (const line of lines) await note(tx, line)
        await tx.credentials.put(credential('count', String(count)), 1)
        if (end === 'throws') throw new Error('throws')
      }),
    ])
    played.push({ lines, ended, count })
  }
  return played
}

describe('a storm of writers killed with SIGKILL', () => {
  it.each([1, 50, 700])('has every change it acknowledged, whole, after %i', async (answers) => {
    const folder = await mkdtemp(join(tmpdir(), 'sallyport-storm-'))
    try {
      const file = join(folder, 's')
      const program = fileURLToPath(new URL('./storm-writer.ts', import.meta.url))
      const child = spawn(process.execPath, [program, file, '10'], { stdio: ['ignore', 'pipe', 'inherit'] })
      const gone = once(child, 'exit')
      const acknowledged = new Set<string>()
      for await (const line of createInterface(child.stdout)) {
        // A torn last line acknowledged nothing.
        if (/^\d+ \d+$/.test(line)) acknowledged.add(line)
        if (acknowledged.size === answers) child.kill('SIGKILL')
      }
      expect(await gone).toEqual([null, 'SIGKILL'])
      const left = await openStore(openSqlite(file))
      await expectWholeLedger(left)
      const told = (await reasons(left)).map(String)
      expect(new Set(told).size).toBe(told.length)
      for (const line of acknowledged) expect(told).toContain(line)
      for (let writer = 0; writer < 10; writer++) {
        const own = told.filter((line) => line.startsWith(`${writer} `))
        expect(own).toEqual(own.map((_, i) => `${writer} ${i + 1}`))
        const row = await left.credentials.get(`writer-${writer}`)
        expect(Number(textOf(row))).toBe(own.length)
      }
      await left.close()
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

// The ledger in the database: entries, the hashes of complete subtrees, checkpoints, and what commitments stand for.
// Appending happens only inside a transaction (see store.ts); everything else here reads. What reads the whole of it gives
// way to everything else as it goes: inside a transaction, which all others wait for, nobody does that.

import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import {
  commitment,
  consistencyProof,
  entryBytes,
  inclusionProof,
  leafHash,
  nodesForAppend,
  treeRoot,
  type ReadNode,
  type TreeNode,
} from '../../recorder/index.ts'
import { checkEvent, type Commitment, type EventType, type Events, type EvidenceEvent } from '../../policy/index.ts'
import { openSharedTurns } from '../turns.ts'
import type { Db } from './schema.ts'

export interface EvidenceFilter {
  readonly types: readonly string[] | null
  /** Types that are left out. */
  readonly without?: readonly string[]
  readonly session: string | null
}

export interface Checkpoint {
  readonly size: number
  readonly at: number
  readonly note: string
}

export interface Disclosure {
  readonly commitment: string
  readonly salt: Uint8Array
  readonly value: string
}

export interface Evidence {
  size(): Promise<number>
  /** RFC 6962 root of the first `size` entries. */
  root(size: number): Promise<Uint8Array>
  /** That entry `index` is one of the first `size`: its audit path (RFC 6962 section 2.1.1). */
  inclusion(index: number, size: number): Promise<readonly Uint8Array[]>
  /** That the first `older` entries begin the first `newer` (RFC 6962 section 2.1.2). */
  consistency(older: number, newer: number): Promise<readonly Uint8Array[]>
  /** Hashes of `count` complete subtrees of a level of the tree, from number `first` on; fewer where there are no more. */
  hashes(level: number, first: number, count: number): Promise<readonly Uint8Array[]>
  /** The canonical bytes of an entry. */
  entry(index: number): Promise<Uint8Array | null>
  event(index: number): Promise<EvidenceEvent | null>
  /**
   * The first entry that is filed under another type or session than it says, or null: lists would leave it out, though the
   * tree has it. Reads every entry.
   */
  misfiled(): Promise<number | null>
  /** Newest first, older than `before`. */
  list(
    filter: EvidenceFilter,
    page: { readonly limit: number; readonly before: number | null },
  ): Promise<readonly EvidenceEvent[]>
  /** Oldest first, in batches and in turns: memory stays flat and nobody waits, whatever the ledger's length. */
  events(from: number, until: number): AsyncIterable<EvidenceEvent>
  /** The canonical bytes of the entries from `first` up to, and without, `until`: for a few at a time. */
  someEntries(first: number, until: number): Promise<readonly Uint8Array[]>
  /** The canonical bytes of every entry below `size`, oldest first, in turns. */
  entries(size: number): AsyncIterable<Uint8Array>
  latestCheckpoint(): Promise<Checkpoint | null>
  putCheckpoint(checkpoint: Checkpoint): Promise<void>
  /** What they stand for, in words; of a row that somebody changed in the store only that it was. */
  disclosed(commitments: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Every one that is kept, in turns. */
  disclosures(): AsyncIterable<Disclosure>
}

export interface EvidenceWriter {
  /**
   * Adds one entry to the ledger and returns its index.
   * @throws where the data is not as the schema of its type has it: nothing of the change is kept.
   */
  append<T extends EventType>(type: T, at: number, data: Events[T]): Promise<number>
  /** Keeps a value outside the ledger and returns what stands for it inside. */
  commit(value: string): Promise<Commitment>
}

const batch = 500
/** Shown in place of a value that its commitment does not stand for. */
const changed = '[changed in the store: not what was written]'
const decoder = new TextDecoder()

function eventOf(index: number, entry: Uint8Array): EvidenceEvent {
  const parsed = JSON.parse(decoder.decode(entry)) as { at: number; type: string; data: Record<string, unknown> }
  return { index, at: parsed.at, type: parsed.type, data: parsed.data }
}

async function entryIn(db: Db, index: number): Promise<Uint8Array | null> {
  const row = await db.selectFrom('evidence').select('entry').where('idx', '=', index).executeTakeFirst()
  return row?.entry ?? null
}

type NodeAddress = Omit<TreeNode, 'hash'>

const nodeKey = (level: number, index: number): string => `${level}/${index}`

/** The right edge of the tree: the complete subtrees whose hashes make the root of `size` entries. */
function rightEdge(size: number): NodeAddress[] {
  const edge: NodeAddress[] = []
  for (let level = 0, count = size; count > 0; level++, count = Math.floor(count / 2))
    if (count % 2 === 1) edge.push({ level, index: count - 1 })
  return edge
}

async function sizeIn(db: Db): Promise<number> {
  const row = await db
    .selectFrom('evidence')
    .select((eb) => eb.fn.max('idx').as('last'))
    .executeTakeFirst()
  return row?.last === null || row?.last === undefined ? 0 : Number(row.last) + 1
}

async function readNodes(db: Db, addresses: readonly NodeAddress[]): Promise<ReadNode> {
  const known = new Map<string, Uint8Array>()
  if (addresses.length > 0) {
    const rows = await db
      .selectFrom('evidence_node')
      .selectAll()
      .where((eb) => eb.or(addresses.map(({ level, index }) => eb.and({ level, idx: index }))))
      .execute()
    for (const row of rows) known.set(nodeKey(row.level, Number(row.idx)), row.hash)
  }
  return (level, index) => known.get(nodeKey(level, index))
}

const readEdge = (db: Db, size: number): Promise<ReadNode> => readNodes(db, rightEdge(size))

/** Makes a proof twice: once to learn which hashes it is made of, and then of those. */
async function prove(db: Db, make: (readNode: ReadNode) => Uint8Array[]): Promise<readonly Uint8Array[]> {
  const wanted: NodeAddress[] = []
  const anyHash = new Uint8Array(32)
  make((level, index) => {
    wanted.push({ level, index })
    return anyHash
  })
  return make(await readNodes(db, wanted))
}

async function rowsOf(db: Db, commitments: readonly string[]): Promise<readonly Disclosure[]> {
  if (commitments.length === 0) return []
  const wanted = [...new Set(commitments)]
  return db.selectFrom('disclosure').selectAll().where('commitment', 'in', wanted).execute()
}

/** Salt and value of a row that somebody changed could be anything. */
function isAsWritten({ commitment: name, salt, value }: Disclosure): boolean {
  return salt.length === 32 && value.isWellFormed() && commitment(salt, value) === name
}

export function evidenceIn(db: Db): Evidence {
  return {
    size: () => sizeIn(db),
    async root(size) {
      return treeRoot(size, await readEdge(db, size))
    },
    inclusion: (index, size) => prove(db, (readNode) => inclusionProof(index, size, readNode)),
    consistency: (older, newer) => prove(db, (readNode) => consistencyProof(older, newer, readNode)),
    entry: (index) => entryIn(db, index),
    async hashes(level, first, count) {
      const rows = await db
        .selectFrom('evidence_node')
        .select('hash')
        .where('level', '=', level)
        .where('idx', '>=', first)
        .where('idx', '<', first + count)
        .orderBy('idx')
        .execute()
      return rows.map(({ hash }) => hash)
    },
    async someEntries(first, until) {
      const rows = await db
        .selectFrom('evidence')
        .select('entry')
        .where('idx', '>=', first)
        .where('idx', '<', until)
        .orderBy('idx')
        .execute()
      return rows.map(({ entry }) => entry)
    },
    async event(index) {
      const entry = await entryIn(db, index)
      return entry === null ? null : eventOf(index, entry)
    },
    async misfiled() {
      const said = (path: string) => sql<string | null>`json_extract(cast(entry as text), ${path})`
      const row = await db
        .selectFrom('evidence')
        .select('idx')
        .where((eb) => eb.or([eb('type', 'is not', said('$.type')), eb('session', 'is not', said('$.data.session'))]))
        .orderBy('idx')
        .limit(1)
        .executeTakeFirst()
      return row === undefined ? null : Number(row.idx)
    },
    async list({ types, without = [], session }, { limit, before }) {
      let query = db.selectFrom('evidence').select(['idx', 'entry']).orderBy('idx', 'desc').limit(limit)
      if (types !== null) query = query.where('type', 'in', [...types])
      if (without.length > 0) query = query.where('type', 'not in', [...without])
      if (session !== null) query = query.where('session', '=', session)
      if (before !== null) query = query.where('idx', '<', before)
      return (await query.execute()).map((row) => eventOf(Number(row.idx), row.entry))
    },
    async *events(from, until) {
      const giveWay = openSharedTurns()
      for (let next = from; next < until; next += batch) {
        const rows = await db
          .selectFrom('evidence')
          .select(['idx', 'entry'])
          .where('idx', '>=', next)
          .where('idx', '<', Math.min(next + batch, until))
          .orderBy('idx')
          .execute()
        for (const row of rows) {
          yield eventOf(Number(row.idx), row.entry)
          // After each, since what is done with it counts as well.
          await giveWay()
        }
      }
    },
    async *entries(size) {
      const giveWay = openSharedTurns()
      for (let next = 0; next < size; next += batch) {
        const rows = await db
          .selectFrom('evidence')
          .select('entry')
          .where('idx', '>=', next)
          .where('idx', '<', Math.min(next + batch, size))
          .orderBy('idx')
          .execute()
        for (const row of rows) {
          yield row.entry
          await giveWay()
        }
      }
    },
    async latestCheckpoint() {
      const row = await db.selectFrom('checkpoint').selectAll().orderBy('size', 'desc').limit(1).executeTakeFirst()
      return row ? { size: Number(row.size), at: Number(row.at), note: row.note } : null
    },
    async putCheckpoint({ size, at, note }) {
      await db
        .insertInto('checkpoint')
        .values({ size, at, note })
        .onConflict((c) => c.column('size').doUpdateSet({ at, note }))
        .execute()
    },
    async disclosed(commitments) {
      const rows = await rowsOf(db, commitments)
      return new Map(rows.map((row) => [row.commitment, isAsWritten(row) ? row.value : changed]))
    },
    async *disclosures() {
      const giveWay = openSharedTurns()
      let after = ''
      for (;;) {
        const rows = await db
          .selectFrom('disclosure')
          .selectAll()
          .where('commitment', '>', after)
          .orderBy('commitment')
          .limit(batch)
          .execute()
        for (const row of rows) {
          yield row
          await giveWay()
        }
        const last = rows.at(-1)
        if (!last) return
        after = last.commitment
      }
    },
  }
}

/** Where the ledger ends: what an append needs to know of it. */
export interface LedgerTail {
  readonly size: number
  readonly edge: ReadNode
}

async function readTail(db: Db): Promise<LedgerTail> {
  const size = await sizeIn(db)
  return { size, edge: await readEdge(db, size) }
}

/** The tail once `nodes` were added, without a look at the database. */
function tailAfter({ size, edge }: LedgerTail, nodes: readonly TreeNode[]): LedgerTail {
  const added = new Map(nodes.map(({ level, index, hash }) => [nodeKey(level, index), hash]))
  const known = new Map<string, Uint8Array>()
  for (const { level, index } of rightEdge(size + 1)) {
    const hash = added.get(nodeKey(level, index)) ?? edge(level, index)
    if (hash !== undefined) known.set(nodeKey(level, index), hash)
  }
  return { size: size + 1, edge: (level, index) => known.get(nodeKey(level, index)) }
}

/** What is written once cannot be taken back, and others read it by the published schema. */
function mustBeDeclared(type: string, data: unknown): void {
  const check = checkEvent(type, data)
  if (check.kind === 'unknown-type') throw new Error(`evidence \`${type}\`: is no declared type of event`)
  if (check.kind === 'unknown-data') throw new Error(`evidence \`${type}\`: ${check.faults.join('; ')}`)
}

/**
 * Appends to the ledger; `db` must be a write transaction, so that index and tree cannot move meanwhile.
 * @param ends where the transaction before left the tail, null when it is to be read; and keeps what this one leaves.
 */
export function evidenceWriterIn(db: Db, ends: { tail: LedgerTail | null }): EvidenceWriter {
  return {
    async append(type, at, data) {
      mustBeDeclared(type, data)
      const tail = ends.tail ?? (await readTail(db))
      const index = tail.size
      const entry = entryBytes({ v: 1, at, type, data })
      const nodes = nodesForAppend(index, leafHash(entry), tail.edge)
      const session = 'session' in data && typeof data.session === 'string' ? data.session : null
      await db.insertInto('evidence').values({ idx: index, at, type, session, entry }).execute()
      await db
        .insertInto('evidence_node')
        .values(nodes.map(({ level, index: idx, hash }) => ({ level, idx, hash })))
        .execute()
      ends.tail = tailAfter(tail, nodes)
      return index
    },
    async commit(value) {
      const salt = randomBytes(32)
      const name = commitment(salt, value)
      await db.insertInto('disclosure').values({ commitment: name, salt, value }).execute()
      return name as Commitment
    },
  }
}

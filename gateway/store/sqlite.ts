// The embedded store: node:sqlite behind kysely. WAL with synchronous=FULL, so what a transaction committed survives a
// power cut. Write transactions begin IMMEDIATE: the command line may write to the same file while the gateway runs, and
// a lock that is taken late fails instead of waiting. Waiting for the lock happens outside SQLite, because waiting inside
// it would hold up every session of this process.

import { setTimeout } from 'node:timers/promises'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import {
  CompiledQuery,
  Kysely,
  SqliteDialect,
  SqliteDriver,
  type DatabaseConnection,
  type Driver,
  type SqliteDatabase,
  type SqliteDialectConfig,
} from 'kysely'
import { makePrivateFile } from './private-file.ts'
import type { Schema } from './schema.ts'

/** Another process holds the lock for a transaction at a time, which is milliseconds; longer means it hangs. */
const lockWaitMs = 10_000
const lockPollMs = 5
const sqliteBusy = 5

function isLocked(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy
}

interface Begun {
  /** A transaction was begun, and nobody of us has ended it. */
  isOpen: boolean
  /** What SQLite says of it. */
  readonly isInside: () => boolean
}

class ImmediateDriver extends SqliteDriver {
  readonly #begun: Begun

  constructor(config: SqliteDialectConfig, begun: Begun) {
    super(config)
    this.#begun = begun
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    const giveUpAt = performance.now() + lockWaitMs
    for (;;) {
      try {
        await connection.executeQuery(CompiledQuery.raw('begin immediate'))
        this.#begun.isOpen = true
        return
      } catch (error) {
        if (!isLocked(error) || performance.now() > giveUpAt) throw error
      }
      await setTimeout(lockPollMs)
    }
  }

  override async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await super.commitTransaction(connection)
    this.#begun.isOpen = false
  }

  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    this.#begun.isOpen = false
    // Where SQLite has done it already there is nothing left to roll back.
    if (this.#begun.isInside()) await super.rollbackTransaction(connection)
  }
}

class NodeSqliteDialect extends SqliteDialect {
  readonly #config: SqliteDialectConfig
  readonly #begun: Begun

  constructor(config: SqliteDialectConfig, begun: Begun) {
    super(config)
    this.#config = config
    this.#begun = begun
  }

  override createDriver(): Driver {
    return new ImmediateDriver(this.#config, this.#begun)
  }
}

/** node:sqlite in the shape kysely's SQLite driver expects. Statements are prepared once and kept. */
function adapt(db: DatabaseSync, begun: Begun): SqliteDatabase {
  const kept = new Map<string, StatementSync>()
  return {
    close: () => db.close(),
    prepare: (sql) => {
      // SQLite itself ends a transaction on a full or failing disk; what follows would each be committed by itself.
      if (begun.isOpen && !begun.isInside())
        throw new Error('the transaction was rolled back by SQLite, as on a full or failing disk')
      let statement = kept.get(sql)
      if (!statement) {
        statement = db.prepare(sql)
        if (kept.size >= 256) kept.clear()
        kept.set(sql, statement)
      }
      const prepared = statement
      const values = (parameters: readonly unknown[]) => parameters as readonly SQLInputValue[]
      return {
        reader: prepared.columns().length > 0,
        all: (parameters) => prepared.all(...values(parameters)),
        run: (parameters) => prepared.run(...values(parameters)),
        iterate: (parameters) => prepared.iterate(...values(parameters)) as IterableIterator<unknown>,
      }
    },
  }
}

/**
 * Opens the database file, or makes one that is its owner's alone. `:memory:` keeps it in memory, for tests.
 * @throws when the file is no database or cannot be written.
 */
export function openSqlite(file: string): Kysely<Schema> {
  if (file !== ':memory:') makePrivateFile(file)
  const db = new DatabaseSync(file)
  db.exec('pragma busy_timeout = 20')
  db.exec('pragma journal_mode = wal')
  db.exec('pragma synchronous = full')
  db.exec('pragma foreign_keys = on')
  // What is erased is gone from the file too, and not only from its tables.
  db.exec('pragma secure_delete = on')
  const begun: Begun = { isOpen: false, isInside: () => db.isTransaction }
  return new Kysely<Schema>({ dialect: new NodeSqliteDialect({ database: adapt(db, begun) }, begun) })
}

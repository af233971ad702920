// The store of record. Reading goes through the aggregates; changing goes through `change`, which commits only if the
// transaction also wrote evidence: no evidence, no state change.

import { Migrator } from 'kysely/migration'
import type { Kysely } from 'kysely'
import { credentialsIn, type Credentials } from './credentials.ts'
import { evidenceIn, evidenceWriterIn, type Evidence, type EvidenceWriter } from './evidence.ts'
import { up as first } from './migrations/first.ts'
import { peopleIn, type People } from './people.ts'
import { grantsIn, requestsIn, type Grants, type Requests } from './requests.ts'
import type { Db, Schema } from './schema.ts'
import { bundlesIn, type Bundles } from './bundles.ts'
import { sessionsIn, type Sessions } from './sessions.ts'
import { tokensIn, type Tokens } from './tokens.ts'

export interface Tables {
  readonly people: People
  readonly requests: Requests
  readonly grants: Grants
  readonly sessions: Sessions
  readonly credentials: Credentials
  readonly tokens: Tokens
  readonly bundles: Bundles
  readonly evidence: Evidence
}

/** Inside a transaction use only this: the store has one connection, and asking it from inside would wait for itself. */
export type Tx = Tables & { readonly ledger: EvidenceWriter }

export interface Store extends Tables {
  /**
   * Runs `work` in one transaction: all of it is durable when the promise resolves, none of it when it rejects.
   * @throws when `work` wrote no evidence; the transaction is rolled back.
   */
  change<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** A transaction for what is no state of record: counters of wrong tries, token rotation, session byte counts. */
  bookkeep<T>(work: (tx: Tables) => Promise<T>): Promise<T>
  close(): Promise<void>
}

function tablesIn(db: Db): Tables {
  return {
    people: peopleIn(db),
    requests: requestsIn(db),
    grants: grantsIn(db),
    sessions: sessionsIn(db),
    credentials: credentialsIn(db),
    tokens: tokensIn(db),
    bundles: bundlesIn(db),
    evidence: evidenceIn(db),
  }
}

/**
 * Brings the schema up to date and returns the store.
 * @throws when a migration fails; the database is then as it was.
 */
export async function openStore(db: Kysely<Schema>): Promise<Store> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ '0001-first': { up: first } }) } })
  const { error } = await migrator.migrateToLatest()
  if (error) {
    await db.destroy()
    throw new Error('the store could not be brought up to date', { cause: error })
  }
  return {
    ...tablesIn(db),
    change: (work) =>
      db.transaction().execute(async (trx) => {
        let written = 0
        const writer = evidenceWriterIn(trx)
        const ledger: EvidenceWriter = {
          append: async (type, at, data) => {
            const index = await writer.append(type, at, data)
            written++
            return index
          },
          commit: (value) => writer.commit(value),
        }
        const result = await work({ ...tablesIn(trx), ledger })
        if (written === 0) throw new Error('a state change wrote no evidence and was rolled back')
        return result
      }),
    bookkeep: (work) => db.transaction().execute((trx) => work(tablesIn(trx))),
    close: () => db.destroy(),
  }
}

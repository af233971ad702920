// Group commit: changes that wait share one transaction, and so one sync of the disk. Each runs alone, after the one
// before it and in a savepoint of its own, so that the outcome is that of some serial order and one that fails takes
// nothing along. What a change writes, and whether it may, is store.ts's matter.
//
// A group begins at the end of a turn of the event loop: all that arrived in this turn is in it. It takes what comes
// while it runs, up to a number and a time. Nobody gets an answer, good or bad, before the commit: a "somebody else was
// faster" must not stand on a change that was never committed.

import { setImmediate as endOfTurn } from 'node:timers/promises'
import { CompiledQuery, type Kysely, type KyselyPlugin, type Transaction } from 'kysely'
import type { LedgerTail } from './evidence.ts'
import type { Schema } from './schema.ts'

export interface GroupLimits {
  /** Changes that share one commit. */
  readonly most: number
  /** No further change is taken into a group that is older, in ms: it is how long the first waits for the last. */
  readonly openMs: number
  /**
   * How long one change may hold the others up, in ms. Queries answer within the same turn of the event loop, so one
   * that takes longer waits for something else, or for itself. It is rolled back.
   */
  readonly holdMs: number
}

export const usualLimits: GroupLimits = { most: 64, openMs: 20, holdMs: 2_000 }

/** What one change works with. */
export interface Turn {
  /** Refuses every query once the change is over, so that none that was left behind falls into the next one. */
  readonly db: Transaction<Schema>
  /** The end of the ledger as far as it is known; handed on to the next change of the group. */
  tail: LedgerTail | null
}

export interface GroupCommit {
  /**
   * Runs `work` after all that were asked for before it. Resolves when it is durable; rejects when nothing of it is left,
   * because it failed or because the group could not be committed.
   */
  run<T>(work: (turn: Turn) => Promise<T>): Promise<T>
  /** Ends what was asked for before, and takes nothing more. */
  close(): Promise<void>
}

interface Waiting {
  /** Does the work and says how it is answered once it is durable. */
  readonly work: (turn: Turn) => Promise<() => void>
  readonly reject: (cause: unknown) => void
}

type Outcome =
  | { readonly kind: 'done'; readonly answer: () => void }
  | { readonly kind: 'failed'; readonly cause: unknown }

const savepoint = CompiledQuery.raw('savepoint one_change')
const release = CompiledQuery.raw('release one_change')
const takeBack = CompiledQuery.raw('rollback to one_change')

export function openGroupCommit(db: Kysely<Schema>, limits: GroupLimits = usualLimits): GroupCommit {
  const waiting: Waiting[] = []
  let running: Promise<void> | null = null
  let isClosed = false

  async function runGroups(): Promise<void> {
    while (waiting.length > 0) {
      // Before each: writers that ask again as soon as they are answered must not keep everything else from its turn.
      await endOfTurn()
      await runGroup()
    }
    running = null
  }

  async function runGroup(): Promise<void> {
    const present = waiting.length
    const group: { readonly change: Waiting; outcome: Outcome | null }[] = []
    try {
      await db.transaction().execute(async (trx) => {
        const since = performance.now()
        let tail: LedgerTail | null = null
        for (let change = waiting.shift(); change !== undefined; change = waiting.shift()) {
          const entry = { change, outcome: null as Outcome | null }
          group.push(entry)
          const ended = await runAlone(trx, change, tail, limits.holdMs)
          entry.outcome = ended.outcome
          tail = ended.tail
          if (ended.broken !== null) throw ended.broken
          if (group.length >= limits.most || performance.now() - since >= limits.openMs) return
        }
      })
    } catch (cause) {
      // No transaction was to be had: those that waited for it have waited long enough.
      if (group.length === 0) for (const { reject } of waiting.splice(0, present)) reject(cause)
      for (const { change, outcome } of group) change.reject(outcome?.kind === 'failed' ? outcome.cause : cause)
      return
    }
    for (const { change, outcome } of group)
      if (outcome?.kind === 'done') outcome.answer()
      else change.reject(outcome?.cause)
  }

  return {
    run: (work) =>
      new Promise((resolve, reject) => {
        if (isClosed) return reject(new Error('the store is closed'))
        waiting.push({
          work: async (turn) => {
            const value = await work(turn)
            return () => resolve(value)
          },
          reject,
        })
        running ??= runGroups()
      }),
    async close() {
      isClosed = true
      await running
    },
  }
}

interface Ended {
  readonly outcome: Outcome
  readonly tail: LedgerTail | null
  /** Set when the savepoint could not be ended: SQLite has rolled back the whole transaction, as on a full disk. */
  readonly broken: Error | null
}

async function runAlone(
  trx: Transaction<Schema>,
  change: Waiting,
  tail: LedgerTail | null,
  holdMs: number,
): Promise<Ended> {
  await trx.executeQuery(savepoint)
  const gate = openGate()
  const turn: Turn = { db: trx.withPlugin(gate.plugin), tail }
  const outcome = await withinTime(change.work(turn), holdMs)
  gate.close()
  try {
    if (outcome.kind === 'failed') await trx.executeQuery(takeBack)
    await trx.executeQuery(release)
  } catch (cause) {
    const why = outcome.kind === 'failed' ? outcome.cause : cause
    const broken = new Error('the transaction this change shared with others was rolled back', { cause: why })
    return { outcome: outcome.kind === 'failed' ? outcome : { kind: 'failed', cause: broken }, tail, broken }
  }
  return { outcome, tail: outcome.kind === 'done' ? turn.tail : tail, broken: null }
}

/** Ends in time, whatever the work does. What it does after that meets a closed gate. */
function withinTime(work: Promise<() => void>, holdMs: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const giveUp = (): void => {
      const rule =
        'it may wait for nothing but its own transaction, and who asks the store from inside waits for itself'
      resolve({ kind: 'failed', cause: new Error(`a state change was not done within ${holdMs} ms: ${rule}`) })
    }
    // A turn more: where the event loop itself stood still, answers are waiting to be read.
    const timer = setTimeout(() => setImmediate(giveUp), holdMs)
    const end = (outcome: Outcome): void => {
      clearTimeout(timer)
      resolve(outcome)
    }
    work.then(
      (answer) => end({ kind: 'done', answer }),
      (cause: unknown) => end({ kind: 'failed', cause }),
    )
  })
}

function openGate(): { readonly plugin: KyselyPlugin; close(): void } {
  let isOver = false
  return {
    plugin: {
      transformQuery({ node }) {
        if (isOver) throw new Error('this state change is over: its transaction takes no more queries')
        return node
      },
      transformResult: async ({ result }) => result,
    },
    close: () => {
      isOver = true
    },
  }
}

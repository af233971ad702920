// What is to be told to whom, as rows: one for each message to one destination. A row holds ids only; text and address
// are looked up when it is sent, so that erasing a person leaves nothing behind here. How far the ledger was read for
// causes stands beside, so that a cause becomes rows exactly once.

import type { PersonId, RequestId } from '../../policy/index.ts'
import type { Db, Schema } from './schema.ts'

/** `moot`: when its turn came there was nothing left to say, or nobody to say it to. */
export const deliveryStates = ['waiting', 'delivered', 'moot', 'failed'] as const
export type DeliveryState = (typeof deliveryStates)[number]

export interface Delivery {
  /** The same at every attempt: who receives a message twice can see that it is one. */
  readonly id: string
  /** The ledger entry that is its cause, and its type. */
  readonly index: number
  readonly type: string
  /** `mail`, or `webhook:` and its name. */
  readonly destination: string
  /** Who is told, by mail; null for a webhook. */
  readonly person: PersonId | null
  /** The approval link it carries. */
  readonly link: string | null
  readonly createdAt: number
}

export interface StoredDelivery extends Delivery {
  readonly state: DeliveryState
  readonly attempts: number
  readonly nextAt: number
  readonly doneAt: number | null
  /** Why the last attempt failed; without addresses. */
  readonly problem: string | null
}

/** The steps by which an unanswered request is called to mind. Each happens once a request. */
export type WaitingStep = 'reminded' | 'escalated'

export interface Outbox {
  /** The first ledger entry that was not looked at yet. */
  cursor(): Promise<number>
  moveCursor(next: number): Promise<void>
  insert(deliveries: readonly Delivery[]): Promise<void>
  /** Waiting rows of one destination whose turn has come, oldest first. */
  due(destination: string, now: number, limit: number): Promise<readonly StoredDelivery[]>
  /** Destinations that rows wait for. */
  destinations(): Promise<readonly string[]>
  settle(id: string, state: Exclude<DeliveryState, 'waiting'>, now: number, problem: string | null): Promise<void>
  postpone(id: string, nextAt: number, problem: string): Promise<void>
  list(filter: { readonly failed: boolean; readonly limit: number }): Promise<readonly StoredDelivery[]>
  counts(): Promise<Readonly<Record<DeliveryState, number>>>
  /** When the message was made that waits longest; null where none waits. */
  oldestWaiting(): Promise<number | null>
  /** Failed rows wait again, from now on; null takes all of them. Gives how many there were. */
  retry(id: string | null, now: number): Promise<number>
  /** Forgets what was settled before `settledBefore`, and links that ended before `now`. */
  prune(settledBefore: number, now: number): Promise<void>
  /** Marks a step as taken; false when it was taken before. */
  takeStep(request: RequestId, step: WaitingStep, at: number): Promise<boolean>
  steps(request: RequestId): Promise<readonly WaitingStep[]>
}

function deliveryOf(row: Schema['outbox']): StoredDelivery {
  return {
    id: row.id,
    index: row.idx,
    type: row.type,
    destination: row.destination,
    person: row.person as PersonId | null,
    link: row.link,
    createdAt: row.created_at,
    state: row.state as DeliveryState,
    attempts: row.attempts,
    nextAt: row.next_at,
    doneAt: row.done_at,
    problem: row.problem,
  }
}

export function outboxIn(db: Db): Outbox {
  return {
    async cursor() {
      return (await db.selectFrom('outbox_cursor').select('next_idx').executeTakeFirstOrThrow()).next_idx
    },
    async moveCursor(next) {
      await db.updateTable('outbox_cursor').set({ next_idx: next }).where('id', '=', 1).execute()
    },
    async insert(deliveries) {
      for (const { id, index, type, destination, person, link, createdAt } of deliveries)
        await db
          .insertInto('outbox')
          .values({
            id,
            idx: index,
            type,
            destination,
            person,
            link,
            state: 'waiting',
            attempts: 0,
            created_at: createdAt,
            next_at: createdAt,
            done_at: null,
            problem: null,
          })
          .execute()
    },
    async due(destination, now, limit) {
      const rows = await db
        .selectFrom('outbox')
        .selectAll()
        .where('state', '=', 'waiting')
        .where('destination', '=', destination)
        .where('next_at', '<=', now)
        .orderBy('next_at')
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map(deliveryOf)
    },
    async destinations() {
      const rows = await db
        .selectFrom('outbox')
        .select('destination')
        .distinct()
        .where('state', '=', 'waiting')
        .execute()
      return rows.map(({ destination }) => destination)
    },
    async settle(id, state, now, problem) {
      await db
        .updateTable('outbox')
        .set((eb) => ({ state, done_at: now, problem, attempts: eb('attempts', '+', 1) }))
        .where('id', '=', id)
        .where('state', '=', 'waiting')
        .execute()
    },
    async postpone(id, nextAt, problem) {
      await db
        .updateTable('outbox')
        .set((eb) => ({ next_at: nextAt, problem, attempts: eb('attempts', '+', 1) }))
        .where('id', '=', id)
        .where('state', '=', 'waiting')
        .execute()
    },
    async list({ failed, limit }) {
      let query = db.selectFrom('outbox').selectAll().orderBy('id', 'desc').limit(limit)
      if (failed) query = query.where('state', '=', 'failed')
      return (await query.execute()).map(deliveryOf)
    },
    async oldestWaiting() {
      const row = await db
        .selectFrom('outbox')
        .select('created_at')
        .where('state', '=', 'waiting')
        .orderBy('created_at')
        .limit(1)
        .executeTakeFirst()
      return row === undefined ? null : Number(row.created_at)
    },
    async counts() {
      const rows = await db
        .selectFrom('outbox')
        .select((eb) => ['state', eb.fn.countAll().as('count')])
        .groupBy('state')
        .execute()
      const of = (state: DeliveryState): number => Number(rows.find((row) => row.state === state)?.count ?? 0)
      return { waiting: of('waiting'), delivered: of('delivered'), moot: of('moot'), failed: of('failed') }
    },
    async retry(id, now) {
      let query = db
        .updateTable('outbox')
        // Its days to be tried begin again with it.
        .set({ state: 'waiting', created_at: now, next_at: now, done_at: null, attempts: 0 })
        .where('state', '=', 'failed')
      if (id !== null) query = query.where('id', '=', id)
      return Number((await query.executeTakeFirst()).numUpdatedRows)
    },
    async prune(settledBefore, now) {
      await db.deleteFrom('outbox').where('state', '!=', 'waiting').where('done_at', '<', settledBefore).execute()
      await db.deleteFrom('approval_link').where('expires_at', '<', Math.min(settledBefore, now)).execute()
      await db
        .deleteFrom('waiting_step')
        .where('request', 'not in', (eb) => eb.selectFrom('request').select('id').where('kind', '=', 'submitted'))
        .where('at', '<', settledBefore)
        .execute()
    },
    async takeStep(request, step, at) {
      const inserted = await db
        .insertInto('waiting_step')
        .values({ request, step, at })
        .onConflict((c) => c.doNothing())
        .executeTakeFirst()
      return inserted.numInsertedOrUpdatedRows === 1n
    },
    async steps(request) {
      const rows = await db.selectFrom('waiting_step').select('step').where('request', '=', request).execute()
      return rows.map(({ step }) => step as WaitingStep)
    },
  }
}

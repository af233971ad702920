// Deleting recordings as an act of two people: one proposes what is past its day and not held, another confirms it, and
// both are asked again for every recording. Removing the files is removal.ts's; what they were stays in the ledger.

import {
  overseenPlants,
  oversees,
  type Bundle,
  type DeletionId,
  type Instant,
  type Person,
  type PersonId,
  type PlantId,
  type SessionId,
} from '../../policy/index.ts'
import type { Actor } from '../access/authorize.ts'
import { mint, type Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { StoredDeletion } from '../store/deletions.ts'
import type { StoredSession } from '../store/sessions.ts'
import type { Store, Tables } from '../store/store.ts'
import { openSharedTurns } from '../turns.ts'
import { keptOf, nameHold, shortestKeepDays, stayOf, type Kept } from './keeping.ts'
import { whoseIs } from './own-session.ts'
import type { Removal } from './removal.ts'
import { sizeOf } from './storage.ts'
import { refuseStep } from './refused-step.ts'
import { viewers } from './viewing.ts'

export interface Due extends Kept {
  readonly keptUntil: Instant
  /** What it takes on disk; 0 where that was not measured yet. */
  readonly bytes: number
}

export interface Deletions {
  /** What may be deleted now and stands in no proposal, oldest first; `next` is where to go on. */
  due(
    page: { readonly limit: number; readonly after: string | null },
    /** Null: of all plants. */
    plants?: readonly PlantId[] | null,
  ): Promise<{
    readonly items: readonly Due[]
    readonly next: string | null
  }>
  /**
   * @param sessions none: everything that is due, up to `mostAtOnce`.
   * @throws GatewayError `evidence-kept` when one is held or its day has not come; `policy-denied` for one's own, and for
   *   one of a plant the person does not look over.
   */
  propose(actor: Actor, sessions: readonly SessionId[], reason: string): Promise<StoredDeletion>
  /** By another person than who proposed. When it resolves the intent is in the ledger and removing has begun. */
  confirm(actor: Actor, id: DeletionId, words: string): Promise<StoredDeletion>
  /** Takes back or turns down what was not confirmed yet; by anybody who may propose. */
  withdraw(actor: Actor, id: DeletionId, words: string): Promise<StoredDeletion>
}

/** One entry of the ledger names them all: 65,535 bytes. */
export const mostAtOnce = 500
const pageSize = 200
const dayMs = 86_400_000

export function openDeletions(deps: {
  readonly store: Store
  readonly bundle: () => Bundle
  readonly clock: Clock
  readonly removal: Pick<Removal, 'begin'>
  /** Folder of the recordings. */
  readonly root: string
}): Deletions {
  const { store, bundle, clock, removal, root } = deps

  async function dueAmong(tables: Tables, sessions: readonly StoredSession[]): Promise<readonly Due[]> {
    const now = clock.now()
    const bytes = await tables.storage.bytesOf(sessions.map(({ id }) => id))
    return (await keptOf(tables, bundle(), sessions)).flatMap((kept) =>
      stayOf(kept, now) !== null || kept.keptUntil === null
        ? []
        : [{ ...kept, keptUntil: kept.keptUntil, bytes: bytes.get(kept.session.id) ?? 0 }],
    )
  }

  /** What nobody has measured yet is proposed with its size, too. */
  async function measure(sessions: readonly StoredSession[]): Promise<void> {
    const known = await store.storage.bytesOf(sessions.map(({ id }) => id))
    for (const { id } of sessions) {
      if (known.has(id)) continue
      const bytes = await sizeOf(root, id)
      if (bytes !== null) await store.bookkeep((tx) => tx.storage.setBytes(id, bytes))
    }
  }

  const due: Deletions['due'] = async ({ limit, after }, plants = null) => {
    const endedBefore = clock.now() - shortestKeepDays(bundle()) * dayMs + 1
    const giveWay = openSharedTurns()
    const items: Due[] = []
    for (let next = after; ;) {
      const page = await store.sessions.keptBefore(endedBefore, { limit: pageSize, after: next })
      const pending = await store.deletions.pending(page.map(({ id }) => id))
      const free = page.filter(({ id, plant }) => !pending.has(id) && (plants?.includes(plant) ?? true))
      items.push(...(await dueAmong(store, free)))
      if (items.length >= limit) {
        const taken = items.slice(0, limit)
        return { items: taken, next: taken.at(-1)?.session.id ?? null }
      }
      next = page.at(-1)?.id ?? null
      if (page.length < pageSize) return { items, next: null }
      // What is on hold, or pending, is passed over: there may be any number of it.
      await giveWay()
    }
  }

  async function named(sessions: readonly SessionId[]): Promise<readonly StoredSession[]> {
    const found: StoredSession[] = []
    for (const id of new Set(sessions)) {
      const session = await store.sessions.byId(id)
      if (!session) throw new GatewayError('not-found', `no session \`${id}\``)
      if (session.recording !== 'complete' && session.recording !== 'interrupted')
        throw new GatewayError('state-conflict', `session \`${id}\`: its recording is ${session.recording}`)
      found.push(session)
    }
    const [pending] = await store.deletions.pending(found.map(({ id }) => id))
    if (pending !== undefined)
      throw new GatewayError('state-conflict', `session \`${pending}\` stands in a proposal to delete it already`)
    return found
  }

  /** Refuses where one of them has to stay. */
  async function needAllDue(
    { person }: Actor,
    step: 'propose-deletion' | 'confirm-deletion',
    sessions: readonly StoredSession[],
  ): Promise<void> {
    const now = clock.now()
    for (const kept of await keptOf(store, bundle(), sessions)) {
      const { session, retention, keptUntil: until, holds } = kept
      const code = stayOf(kept, now)
      if (code === null) continue
      const why =
        code === 'held'
          ? `is on legal hold ${holds.map(nameHold).join(', ')}`
          : `is kept until ${until === null ? 'it is over' : new Date(until).toISOString()} by class \`${retention.id}\``
      return refuseStep(
        { store, clock },
        { person: person.id, step, code, subject: session.id },
        `recording \`${session.id}\` ${why}`,
      )
    }
  }

  /** Nobody has a hand in deleting what was recorded of themselves, or of a machine account they answer for. */
  async function needNoneOwn(
    { person }: Actor,
    step: 'propose-deletion' | 'confirm-deletion',
    sessions: readonly StoredSession[],
  ): Promise<void> {
    const [own] = await ownAmong(person.id, sessions)
    if (own !== undefined)
      return refuseStep(
        { store, clock },
        { person: person.id, step, code: 'own-recording', subject: own.id },
        `session \`${own.id}\` is your own, or of a machine account you answer for: two other people delete its recording`,
      )
  }

  async function ownAmong(person: PersonId, sessions: readonly StoredSession[]): Promise<readonly StoredSession[]> {
    const own: StoredSession[] = []
    for (const session of sessions) if ((await whoseIs(store, session)).has(person)) own.push(session)
    return own
  }

  /** Nobody decides on evidence of a plant they do not look over. */
  async function needOverseen(
    { person }: Actor,
    step: 'propose-deletion' | 'confirm-deletion',
    sessions: readonly StoredSession[],
  ): Promise<void> {
    const other = sessions.find(({ plant }) => !oversees(person, plant, viewers))
    if (other !== undefined)
      return refuseStep(
        { store, clock },
        { person: person.id, step, code: 'other-plant', subject: other.id },
        `session \`${other.id}\` is of plant \`${other.plant}\`, which you do not look over`,
      )
  }

  /** What is due, was recorded of others, and is of plants that they look over. */
  async function dueToOthers(by: Person): Promise<readonly StoredSession[]> {
    const plants = overseenPlants(by, viewers)
    const sessions = (await due({ limit: mostAtOnce, after: null }, plants)).items.map(({ session }) => session)
    const own = await ownAmong(by.id, sessions)
    return sessions.filter((session) => !own.includes(session))
  }

  async function sessionsOf(id: DeletionId): Promise<readonly StoredSession[]> {
    const sessions: StoredSession[] = []
    for (const { session } of await store.deletions.items(id)) {
      const stored = await store.sessions.byId(session)
      if (stored) sessions.push(stored)
    }
    return sessions
  }

  async function open(id: DeletionId): Promise<StoredDeletion> {
    const deletion = await store.deletions.byId(id)
    if (!deletion) throw new GatewayError('not-found', `no deletion \`${id}\``)
    return deletion
  }

  return {
    due,

    async propose(actor, asked, reason) {
      const all = asked.length === 0
      const sessions = all ? await dueToOthers(actor.person) : await named(asked)
      if (sessions.length === 0)
        throw new GatewayError(
          'state-conflict',
          'no recording is past its day and not held: the list of recordings says the day of each',
        )
      await needNoneOwn(actor, 'propose-deletion', sessions)
      await needOverseen(actor, 'propose-deletion', sessions)
      await needAllDue(actor, 'propose-deletion', sessions)
      await measure(sessions)
      const at = clock.now()
      const deletion = { id: mint.deletion(at), by: actor.person.id, at, reason }
      await store.change(async (tx) => {
        const items = await dueAmong(tx, sessions)
        if (items.length !== sessions.length) throw new GatewayError('evidence-kept', 'a legal hold was set meanwhile')
        await tx.deletions.insert(
          deletion,
          items.map(({ session, retention, keptUntil, bytes }) => ({
            session: session.id,
            retention: retention.id,
            keptUntil,
            bytes,
          })),
        )
        await tx.ledger.append('evidence.deletion_proposed', at, {
          deletion: deletion.id,
          by: deletion.by,
          reason: await tx.ledger.commit(reason),
          sessions: items.map(({ session }) => session.id),
          bytes: items.reduce((sum, { bytes }) => sum + bytes, 0),
        })
      })
      return { ...deletion, state: 'open', decided: null }
    },

    async confirm(actor, id, words) {
      const { person } = actor
      const deletion = await open(id)
      if (deletion.by === person.id)
        return refuseStep(
          { store, clock },
          { person: person.id, step: 'confirm-deletion', code: 'own-proposal', subject: id },
          'who proposed a deletion does not confirm it: another person has to',
        )
      if (deletion.state !== 'open') throw new GatewayError('state-conflict', `deletion \`${id}\` is ${deletion.state}`)
      const items = await store.deletions.items(id)
      const sessions = await sessionsOf(id)
      await needNoneOwn(actor, 'confirm-deletion', sessions)
      await needOverseen(actor, 'confirm-deletion', sessions)
      await needAllDue(actor, 'confirm-deletion', sessions)
      const decided = { by: person.id, at: clock.now(), words }
      await store.change(async (tx) => {
        if (!(await tx.deletions.decide(id, 'confirmed', decided)))
          throw new GatewayError('state-conflict', `deletion \`${id}\` was decided meanwhile`)
        await tx.ledger.append('evidence.deletion_confirmed', decided.at, {
          deletion: id,
          proposedBy: deletion.by,
          by: person.id,
          sessions: items.map(({ session }) => session),
        })
      })
      removal.begin()
      return { ...deletion, state: 'confirmed', decided }
    },

    async withdraw(actor, id, words) {
      const { person } = actor
      const deletion = await open(id)
      await needOverseen(actor, 'confirm-deletion', await sessionsOf(id))
      const decided = { by: person.id, at: clock.now(), words }
      await store.change(async (tx) => {
        if (!(await tx.deletions.decide(id, 'withdrawn', decided)))
          throw new GatewayError('state-conflict', `deletion \`${id}\` is not open any more`)
        await tx.ledger.append('evidence.deletion_withdrawn', decided.at, {
          deletion: id,
          proposedBy: deletion.by,
          by: person.id,
          reason: await tx.ledger.commit(words),
        })
      })
      return { ...deletion, state: 'withdrawn', decided }
    },
  }
}

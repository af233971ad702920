// From holds, deletions, erasures and the space there is to what their routes answer.

import type { ErasureId, HoldId, HoldTarget, Person, PersonId, SessionId } from '../../policy/index.ts'
import type { Actor } from '../access/authorize.ts'
import type { DeletedView, DeletionView, DueView, ErasureView, HoldView, StorageView } from '../contract/views.ts'
import { assertNever } from '../errors.ts'
import type { Due } from '../evidence/deletions.ts'
import { isHeldAbout } from '../evidence/holds.ts'
import { whoAnswered } from '../evidence/own-session.ts'
import { keptOf } from '../evidence/keeping.ts'
import { whoseIs } from '../evidence/own-session.ts'
import type { StorageState } from '../evidence/storage.ts'
import type { DeletedRecording, StoredDeletion } from '../store/deletions.ts'
import type { StoredErasure } from '../store/erasures.ts'
import type { StoredHold } from '../store/holds.ts'
import type { StoredSession } from '../store/sessions.ts'
import { refOf } from './person-ref.ts'
import type { Services } from './services.ts'

type Known = ReadonlyMap<string, Person>

export interface CustodyViewer {
  holds(actor: Actor, stored: readonly StoredHold[]): Promise<HoldView[]>
  due(items: readonly Due[]): Promise<DueView[]>
  deletion(actor: Actor, stored: StoredDeletion): Promise<DeletionView>
  erasures(actor: Actor, stored: readonly StoredErasure[]): Promise<ErasureView[]>
  /** @param plants whose lines are shown; null: all. */
  storage(state: StorageState, plants: readonly string[] | null): StorageView
  /** How a recording is kept, and what stays of it where it is not any more. */
  kept(stored: StoredSession): Promise<{ keptUntil: number | null; holds: string[]; deleted: DeletedView | null }>
}

export function openCustodyViewer({
  store,
  bundle,
  clock,
}: Pick<Services, 'store' | 'bundle' | 'clock'>): CustodyViewer {
  const assetName = (id: StoredSession['asset']): string => bundle().assets.get(id)?.name ?? id
  const ref = (people: Known, id: string) => refOf(people, id, bundle())

  function targetView(target: HoldTarget, people: Known): HoldView['target'] {
    switch (target.kind) {
      case 'all':
        return { kind: 'all', id: '', name: 'everything' }
      case 'person':
        return { ...target, name: ref(people, target.id).displayName }
      case 'supplier':
        return { ...target, name: bundle().suppliers.get(target.id)?.name ?? target.id }
      case 'asset':
        return { ...target, name: assetName(target.id) }
      case 'plant':
        return { ...target, name: bundle().plants.get(target.id)?.name ?? target.id }
      case 'session':
        return { ...target, name: target.id }
      default:
        return assertNever(target)
    }
  }

  const decidedView = (
    people: Known,
    decided: { readonly by: string; readonly at: number; readonly words: string } | null,
  ): DeletionView['decided'] =>
    decided === null ? null : { by: ref(people, decided.by), at: decided.at, words: decided.words }

  const deletedView = (people: Known, { deletion, item }: DeletedRecording): DeletedView => ({
    deletion: deletion.id,
    at: item.at ?? deletion.at,
    proposedBy: ref(people, deletion.by),
    confirmedBy: ref(people, deletion.decided?.by ?? ''),
    reason: deletion.reason,
  })

  async function sessionsOf(ids: readonly SessionId[]): Promise<ReadonlyMap<SessionId, StoredSession>> {
    const found = await Promise.all(ids.map((id) => store.sessions.byId(id)))
    return new Map(found.flatMap((session) => (session ? [[session.id, session] as const] : [])))
  }

  async function hasOwn(person: PersonId, sessions: readonly StoredSession[]): Promise<boolean> {
    for (const session of sessions) if ((await whoseIs(store, session)).has(person)) return true
    return false
  }

  return {
    async holds({ person }, stored) {
      const people = await store.people.byIds(
        stored.flatMap(({ by, released, target }) => [
          by,
          ...(released ? [released.by] : []),
          ...(target.kind === 'person' ? [target.id] : []),
        ]),
      )
      const about = new Set<HoldId>()
      for (const { id, target } of stored) if (await isHeldAbout(store, target, person.id)) about.add(id)
      return stored.map(({ id, target, span, by, at, reason, reference, released }) => ({
        id,
        target: targetView(target, people),
        span: span === null ? null : { ...span },
        by: ref(people, by),
        at,
        reason,
        reference,
        released: decidedView(people, released && { ...released, words: released.reason }),
        mayRelease: released === null && by !== person.id && !about.has(id),
      }))
    },

    async due(items) {
      const people = await store.people.byIds(items.map(({ session }) => session.person))
      return items.map(({ session, retention, keptUntil, bytes }) => ({
        session: session.id,
        person: ref(people, session.person),
        asset: session.asset,
        assetName: assetName(session.asset),
        plant: session.plant,
        startedAt: session.startedAt,
        endedAt: session.endedAt,
        labels: [...session.labels],
        retention: retention.id,
        keptUntil,
        bytes,
      }))
    },

    async deletion({ person }, { id, by, at, reason, state, decided }) {
      const items = await store.deletions.items(id)
      const sessions = await sessionsOf(items.map(({ session }) => session))
      const people = await store.people.byIds([
        by,
        ...(decided ? [decided.by] : []),
        ...[...sessions.values()].map((session) => session.person),
      ])
      return {
        id,
        by: ref(people, by),
        at,
        reason,
        state,
        decided: decidedView(people, decided),
        bytes: items.reduce((sum, { bytes }) => sum + bytes, 0),
        items: items.flatMap(({ session, retention, keptUntil, bytes, state: itemState, problem }) => {
          const of = sessions.get(session)
          if (!of) return []
          return [
            {
              session,
              person: ref(people, of.person),
              asset: of.asset,
              assetName: assetName(of.asset),
              plant: of.plant,
              startedAt: of.startedAt,
              retention,
              keptUntil,
              bytes,
              state: itemState,
              problem,
            },
          ]
        }),
        mayConfirm: state === 'open' && by !== person.id && !(await hasOwn(person.id, [...sessions.values()])),
      }
    },

    async erasures({ person }, stored) {
      const people = await store.people.byIds(
        stored.flatMap(({ by, decided, subject }) => [
          by,
          ...(decided ? [decided.by] : []),
          ...(subject.kind === 'person' ? [subject.id] : []),
        ]),
      )
      const own = new Set<ErasureId>()
      for (const { id, subject } of stored)
        if (subject.kind === 'person' && (await whoAnswered(store, subject.id, 0)).has(person.id)) own.add(id)
      return stored.map(({ id, subject, by, at, reason, count, state, decided }) => ({
        id,
        subject:
          subject.kind === 'person'
            ? { kind: 'person', id: subject.id, name: ref(people, subject.id).displayName }
            : { kind: 'commitment', id: subject.commitment, name: subject.commitment },
        by: ref(people, by),
        at,
        reason,
        values: count,
        state,
        decided: decidedView(people, decided),
        mayConfirm: state === 'open' && by !== person.id && !own.has(id),
      }))
    },

    storage: ({ forecast, ...state }, plants) => ({
      at: clock.now(),
      ...state,
      days: forecast.days,
      bytesPerDay: forecast.bytesPerDay,
      steadyBytes: forecast.steadyBytes,
      fullAt: forecast.fullAt,
      lines: forecast.lines
        .filter(({ plant }) => plants?.includes(plant) ?? true)
        .map(({ plant, retention, ...line }) => ({
          plant,
          plantName: bundle().plants.get(plant)?.name ?? plant,
          retention: { ...retention },
          ...line,
        })),
    }),

    async kept(stored) {
      const [kept] = await keptOf(store, bundle(), [stored])
      const deleted = stored.recording === 'deleted' ? await store.deletions.ofDeleted(stored.id) : null
      const people = deleted
        ? await store.people.byIds([deleted.deletion.by, deleted.deletion.decided?.by ?? deleted.deletion.by])
        : new Map<string, Person>()
      return {
        keptUntil: kept?.keptUntil ?? null,
        holds: kept?.holds.map(({ id }) => id) ?? [],
        deleted: deleted && deletedView(people, deleted),
      }
    },
  }
}

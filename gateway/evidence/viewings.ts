// How a second person agrees to a viewing: who wants to look asks, somebody else who may look answers in time, and then
// the one who asked may look for half an hour. Whether a second person is needed at all is the gate's (viewing.ts).

import {
  handlingOfRecording,
  type Bundle,
  type Instant,
  type Person,
  type SessionId,
  type ViewingId,
} from '../../policy/index.ts'
import { suspensionOfPerson } from '../access/suspensions.ts'
import type { Actor } from '../access/authorize.ts'
import type { WorldSource } from '../access/world.ts'
import { mint, type Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { StoredSession } from '../store/sessions.ts'
import type { Store, Tables, Tx } from '../store/store.ts'
import type { StoredViewing } from '../store/viewings.ts'
import { answerFault, faultText } from './second-person.ts'
import type { ViewingGate } from './viewing.ts'

/** How long a question waits for an answer. */
export const answerMs = 4 * 3_600_000
/** How long may be looked after the yes. */
export const viewMs = 30 * 60_000

export interface ViewingRequests {
  /**
   * Asks for a second person. @throws GatewayError `viewing-refused` where the rules refuse anyhow, `state-conflict` where
   * none is needed or a question waits already.
   */
  ask(actor: Actor, session: StoredSession, purpose: string): Promise<StoredViewing>
  /** @throws GatewayError `role-missing`, `state-conflict` */
  confirm(actor: Actor, id: ViewingId): Promise<StoredViewing>
  /** @throws GatewayError `role-missing`, `state-conflict` */
  refuse(actor: Actor, id: ViewingId, reason: string): Promise<StoredViewing>
  /** May this person answer, as far as the rules go? */
  mayAnswer(person: Person, viewing: StoredViewing, session: StoredSession): Promise<boolean>
  /** Ends the questions nobody answered in time. */
  sweep(): Promise<void>
}

export function openViewings(deps: {
  readonly store: Store
  readonly gate: ViewingGate
  readonly bundle: () => Bundle
  readonly world: Pick<WorldSource, 'now'>
  readonly clock: Clock
}): ViewingRequests {
  const { store, gate, bundle, world, clock } = deps

  const under = (session: StoredSession) => {
    const current = bundle()
    return { rules: handlingOfRecording(current, session).rules, bundle: current.digest }
  }

  async function needSession(tables: Tables, id: SessionId): Promise<StoredSession> {
    const session = await tables.sessions.byId(id)
    if (!session) throw new GatewayError('not-found')
    return session
  }

  /** A no of the rules is kept as evidence before it is thrown. */
  async function needAnswerer({ person }: Actor, id: ViewingId): Promise<StoredSession> {
    const viewing = await store.viewings.byId(id)
    if (!viewing) throw new GatewayError('not-found')
    const session = await needSession(store, viewing.session)
    const why = suspensionOfPerson(world.now().suspensions, person)
      ? 'not-a-viewer'
      : await answerFault(store, bundle(), person, viewing.viewer, session)
    if (why === null) return session
    const entry = { viewing: id, session: session.id, by: person.id, why } as const
    await store.change((tx) => tx.ledger.append('recording.view_answer_refused', clock.now(), entry))
    throw new GatewayError('role-missing', faultText[why])
  }

  async function answer(
    { person }: Actor,
    id: ViewingId,
    state: 'confirmed' | 'refused',
    reason: string | null,
    write: (tx: Tx, viewing: StoredViewing, now: Instant) => Promise<unknown>,
  ): Promise<StoredViewing> {
    return store.change(async (tx) => {
      const now = clock.now()
      const viewUntil = state === 'confirmed' ? now + viewMs : null
      if (!(await tx.viewings.answer(id, { state, by: person.id, at: now, reason, viewUntil })))
        throw new GatewayError('state-conflict', 'this viewing was answered already, or the time to answer is over')
      const viewing = await tx.viewings.byId(id)
      if (!viewing) throw new GatewayError('not-found')
      await write(tx, viewing, now)
      return viewing
    })
  }

  return {
    async ask(actor, session, purpose) {
      const { person } = actor
      // Who may watch a session while it lives may ask for that too.
      const looking = session.endedAt === null ? 'follow' : 'replay'
      const gated = await gate.permitView(actor, session, looking)
      // Keeps the refusal and throws.
      if (gated.kind === 'refused') await gate.needView(actor, session, looking)
      if (gated.kind === 'permitted')
        throw new GatewayError('state-conflict', 'you may look at this recording already: replay it')
      return store.change(async (tx) => {
        const now = clock.now()
        const viewing: StoredViewing = {
          id: mint.viewing(now),
          session: session.id,
          viewer: person.id,
          purpose,
          askedAt: now,
          answerBy: now + answerMs,
          state: 'asked',
          answered: null,
          viewUntil: null,
        }
        if (!(await tx.viewings.insert(viewing)))
          throw new GatewayError('state-conflict', 'you have asked for this already: wait for the answer')
        const { id, answerBy } = viewing
        const entry = { viewing: id, session: session.id, by: person.id, answerBy, ...under(session) }
        await tx.ledger.append('recording.view_asked', now, { ...entry, purpose: await tx.ledger.commit(purpose) })
        return viewing
      })
    },

    async confirm(actor, id) {
      const session = await needAnswerer(actor, id)
      return answer(actor, id, 'confirmed', null, (tx, { viewer, viewUntil }, now) =>
        tx.ledger.append('recording.view_confirmed', now, {
          viewing: id,
          session: session.id,
          viewer,
          by: actor.person.id,
          viewUntil: viewUntil ?? now,
          ...under(session),
        }),
      )
    },

    async refuse(actor, id, reason) {
      const session = await needAnswerer(actor, id)
      return answer(actor, id, 'refused', reason, async (tx, { viewer }, now) =>
        tx.ledger.append('recording.view_refused', now, {
          session: session.id,
          viewer,
          for: 'replay',
          why: 'second-person',
          viewing: id,
          by: actor.person.id,
          reason: await tx.ledger.commit(reason),
          ...under(session),
        }),
      )
    },

    async mayAnswer(person, viewing, session) {
      if (viewing.state !== 'asked' || viewing.answerBy <= clock.now()) return false
      if (suspensionOfPerson(world.now().suspensions, person) !== null) return false
      return (await answerFault(store, bundle(), person, viewing.viewer, session)) === null
    },

    async sweep() {
      if (!(await store.viewings.hasOverdue(clock.now()))) return
      await store.change(async (tx) => {
        const now = clock.now()
        for (const { id, session: of, viewer } of await tx.viewings.expire(now)) {
          const session = await needSession(tx, of)
          await tx.ledger.append('recording.view_refused', now, {
            session: of,
            viewer,
            for: 'replay',
            why: 'unanswered',
            viewing: id,
            by: null,
            reason: null,
            ...under(session),
          })
        }
      })
    },
  }
}

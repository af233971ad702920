// Somebody of the plant comes along with a session: who may, that they are there, and that they left. They say again and
// again that they are there; who falls silent has left. What a session does while nobody is there is the session's.

import type { Instant, Person, SessionId } from '../../policy/index.ts'
import type { WorldSource } from '../access/world.ts'
import type { Clock } from '../clock.ts'
import { keepRefusal } from '../access/refusal.ts'
import { GatewayError } from '../errors.ts'
import type { Store } from '../store/store.ts'
import { mayEscort } from './observers.ts'
import type { Registry } from './registry.ts'
import type { LiveSession } from './session.ts'
import type { Opening, Starter } from './start.ts'

/** How long somebody is taken to be there after they last said so. */
export const leaseMs = 15_000

export interface Escorts {
  /** The session waits until somebody comes along; nobody does by `until`, and it ends. */
  awaits(opening: Opening): void
  /**
   * Comes along, or says again that they are there. Resolves with until when that is believed.
   * @throws GatewayError `not-found`, `role-missing`, `state-conflict`
   */
  attach(person: Person, id: SessionId): Promise<{ readonly leaseUntil: Instant }>
  /**
   * Lets what is typed in the session through, for as long as they stay. Said again it stays so.
   * @throws GatewayError `not-found`; `role-missing`; `state-conflict` where they are not there, or nothing is held. A
   * refusal is kept.
   */
  liftHold(person: Person, id: SessionId): Promise<void>
  /** Leaves. @throws GatewayError `not-found`, `state-conflict` where they were not there. */
  leave(person: Person, id: SessionId): Promise<void>
}

export function openEscorts(deps: {
  readonly store: Store
  readonly registry: Registry
  readonly clock: Clock
  readonly starter: Starter
  readonly world: Pick<WorldSource, 'now'>
}): Escorts {
  const { store, registry, clock, starter, world } = deps
  const waiting = new Map<SessionId, Opening>()

  function find(id: SessionId): LiveSession {
    const session = registry.get(id)
    if (!session) throw new GatewayError('not-found', `no running session \`${id}\``)
    if (session.state !== 'active' && session.standing !== 'waiting')
      throw new GatewayError('state-conflict', `session \`${id}\` has ended already, or is ending`)
    return session
  }

  return {
    awaits(opening) {
      const { session } = opening
      waiting.set(session.facts.id, opening)
      void session.begun().finally(() => waiting.delete(session.facts.id))
    },

    async attach(person, id) {
      const session = find(id)
      const worker = await store.people.byId(session.facts.person)
      if (!mayEscort(person, session, worker, world.now().suspensions)) {
        const { plant } = session.facts
        const text = `escorting in plant \`${plant}\` needs an escort, approver or safety engineer of that plant who is not suspended, and not who works in the session or answers for the machine account that does`
        throw new GatewayError('role-missing', text)
      }
      if (session.observers.includes(person.id)) {
        const leaseUntil = session.now() + leaseMs
        session.attach(person.id, leaseUntil)
        return { leaseUntil }
      }
      const started = await store.change(async (tx) => {
        await tx.ledger.append('session.attached_observer', clock.now(), { session: id, observer: person.id })
        const opening = waiting.get(id)
        // Another escort may have begun it in the transaction before.
        const row = await tx.sessions.byId(id)
        if (!opening || row?.state !== 'opening' || session.standing !== 'waiting') return null
        return starter.start(tx, opening)
      })
      // Waiting has kept nothing alive: what was taken away meanwhile is taken away.
      if (started?.kind === 'overtaken') {
        session.end('policy-changed', started.text)
        throw new GatewayError('state-conflict', `session \`${id}\` may no longer begin: ${started.text}`)
      }
      const leaseUntil = session.now() + leaseMs
      session.attach(person.id, leaseUntil)
      if (started) session.begin(started)
      return { leaseUntil }
    },

    async liftHold(person, id) {
      const session = find(id)
      const refused = { person: person.id, step: 'lift-write-hold', subject: id } as const
      if (!session.observers.includes(person.id))
        return keepRefusal(
          { store, clock },
          { ...refused, code: 'not-attached' },
          `you do not escort session \`${id}\`: come along with it first`,
        )
      const worker = await store.people.byId(session.facts.person)
      if (!mayEscort(person, session, worker, world.now().suspensions))
        return keepRefusal(
          { store, clock },
          { ...refused, code: 'role-missing' },
          `you may not escort session \`${id}\``,
        )
      const hold = session.writeHold
      if (hold === null) throw new GatewayError('state-conflict', `nothing is held back in session \`${id}\``)
      if (hold.by !== null) return
      const { asset, plant } = session.facts
      const entry = { session: id, by: person.id, asset, plant }
      await store.change((tx) => tx.ledger.append('session.write_hold_lifted', clock.now(), entry))
      // Who left meanwhile has lifted nothing: the session looks who is there.
      session.liftHold(person.id)
    },

    async leave(person, id) {
      const session = find(id)
      if (!session.observers.includes(person.id))
        throw new GatewayError('state-conflict', `you do not escort session \`${id}\``)
      // At once: that it is written may take longer.
      session.detach(person.id)
      await store.change((tx) =>
        tx.ledger.append('session.observer_lost', clock.now(), {
          session: id,
          observer: person.id,
          because: 'left',
        }),
      )
    },
  }
}

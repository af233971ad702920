// The living sessions of this node, and everything that ends them from outside: signals of the bus, and a look at the
// store every second, which also sees what another process wrote there.

import {
  comesFrom,
  machineEndsAt,
  type Grant,
  type GrantId,
  type Machine,
  type Person,
  type PersonId,
  type SessionId,
} from '../../policy/index.ts'
import type { Door } from '../access/authorize.ts'
import type { WorldSource } from '../access/world.ts'
import type { Bus, Signal } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { assertNever } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'
import { noRevocation, type Revocation } from '../identity/certificates/revocation-file.ts'
import { openBeliefs } from './beliefs.ts'
import { endOfRevoked } from './end-reasons.ts'
import { mayEscort } from './observers.ts'
import { openReevaluation } from './reevaluation.ts'
import type { LiveSession } from './session.ts'
import { openTurns } from '../turns.ts'

export interface Registry {
  add(session: LiveSession): void
  remove(id: SessionId): void
  get(id: SessionId): LiveSession | null
  all(): readonly LiveSession[]
  ofPerson(person: PersonId): number
  /** The session on this grant that only observes since its window ended, or null. */
  draining(grant: GrantId): LiveSession | null
  /** Decides one anew because time may have changed its decision. */
  redecide(session: LiveSession): void
  /** Looks at the time for every session, and at what the store no longer permits: grant revoked, person disabled. */
  sweep(): Promise<void>
  /** Resolves when every session has been decided that a signal so far asked for. */
  settled(): Promise<void>
  /** Ends every session and resolves when all are sealed, or when `graceMs` has passed. */
  stop(graceMs: number): Promise<void>
}

/** Sessions whose rows are read together; reading them takes a part of a turn. */
const batch = 100

export function openRegistry(deps: {
  readonly bus: Bus
  readonly store: Store
  readonly door: Door
  readonly world: Pick<WorldSource, 'now'>
  readonly clock: Clock
  readonly log: Log
  /** Keys that are believed no more; none where left out. */
  readonly revocation?: Revocation
}): Registry {
  const { bus, store, door, log } = deps
  const beliefs = openBeliefs({ store, bundle: door.bundle, revocation: deps.revocation ?? noRevocation })
  const live = new Map<SessionId, LiveSession>()
  const reevaluation = openReevaluation(deps)
  let onEmpty: (() => void) | null = null
  /** Roles and plants of each session's person when they were looked at last. */
  const heldBy = new WeakMap<LiveSession, string>()
  // Owned by decideAll: the round under way, and whether something has changed since it began.
  let round: Promise<void> | null = null
  let changed = false

  const of = (which: (session: LiveSession) => boolean): LiveSession[] => [...live.values()].filter(which)

  /** One round at a time: changes that come during one are all decided by the next. */
  function decideAll(): void {
    changed = true
    round ??= (async () => {
      while (changed) {
        changed = false
        await reevaluation.decide([...live.values()], 'change')
        // What cannot be asked now the next sweep asks.
        await endUnbelieved([...live.values()]).catch((err: unknown) =>
          log.error({ err }, 'Whether the keys of sessions are still believed could not be asked; tried again'),
        )
      }
      round = null
    })()
  }

  /** What a session was opened on, and who could show it to the gateway, is believed no more. */
  async function endUnbelieved(sessions: readonly LiveSession[]): Promise<void> {
    for (const [session, reason] of await beliefs.lostBy(sessions)) session.order(reason)
  }

  function hear(signal: Signal): void {
    switch (signal.kind) {
      case 'extension-offered':
      case 'file-decided':
        return
      case 'reevaluate':
        decideAll()
        return
      case 'grant-revoked':
        for (const session of of(({ facts }) => facts.grant === signal.grant)) session.order('revoked', signal.reason)
        return
      case 'grant-extended': {
        const extended = of(({ facts }) => facts.grant === signal.grant)
        for (const session of extended) session.extend(signal.until)
        void reevaluation.decide(extended, 'change')
        return
      }
      case 'sessions-suspended':
        for (const id of signal.sessions) live.get(id)?.order('suspended', signal.why)
        return
      case 'person-disabled':
        for (const session of of(({ facts }) => facts.person === signal.person)) session.order('person-disabled')
        for (const session of live.values()) session.lose(signal.person)
        return
      case 'session-kill': {
        const { by, reason, at, overrides = false } = signal
        live.get(signal.session)?.order('killed', reason, { by, orderedAt: at }, overrides)
        return
      }
      default:
        assertNever(signal)
    }
  }
  const unsubscribe = bus.subscribe(hear)

  /** Its networks or its end may have been set anew by the local command line. */
  function isAsDeclared(machine: Machine, { facts, windowUntil }: LiveSession): boolean {
    return comesFrom(machine, facts.source) && windowUntil <= machineEndsAt(machine)
  }

  /** Its grant was revoked, perhaps by a suspension that only the store knows of yet. */
  async function endRevoked(session: LiveSession, person: Person, grant: Grant & { kind: 'revoked' }): Promise<void> {
    const suspensions = await store.suspensions.inForce()
    const { reason, detail } = endOfRevoked(session.facts, person, grant.reason, door.bundle(), suspensions)
    session.order(reason, detail)
  }

  /** A feed of people, or a hand, may have changed them on the command line. */
  function isHeldAnew(session: LiveSession, { roles, plants }: Person): boolean {
    const held = JSON.stringify([roles, plants])
    const before = heldBy.get(session)
    heldBy.set(session, held)
    return before !== undefined && before !== held
  }

  /** What another process did: the local command line disables people and revokes grants without this bus. */
  async function sweepBatch(sessions: readonly LiveSession[]): Promise<void> {
    const people = await store.people.byIds(sessions.flatMap(({ facts, observers }) => [facts.person, ...observers]))
    const grants = await store.grants.byIds(sessions.map(({ facts }) => facts.grant))
    const { suspensions } = deps.world.now()
    const touched: LiveSession[] = []
    for (const session of sessions) {
      const person = people.get(session.facts.person)
      const isChanged = person !== undefined && isHeldAnew(session, person)
      const grant = grants.get(session.facts.grant)?.grant
      if (!person || person.disabled) session.order('person-disabled')
      else if (person.machine?.owner.disabled) session.order('owner-gone')
      else if (!grant) session.order('revoked')
      else if (grant.kind === 'revoked') await endRevoked(session, person, grant)
      else if (person.machine && !isAsDeclared(person.machine, session)) touched.push(session)
      else if (grant.kind === 'open' && grant.schedule.kind === 'whole' && grant.window.until !== session.windowUntil) {
        session.extend(grant.window.until)
        touched.push(session)
      } else if (isChanged) touched.push(session)
      // Who comes along has to be who may, every second of it: a role may be gone, an account off.
      for (const id of session.observers) {
        const observer = people.get(id)
        if (!observer || !mayEscort(observer, session, person ?? null, suspensions)) session.lose(id)
      }
    }
    await endUnbelieved(sessions)
    if (touched.length > 0) await reevaluation.decide(touched, 'change')
  }

  return {
    add: (session) => live.set(session.facts.id, session),
    remove(id) {
      live.delete(id)
      if (live.size === 0) onEmpty?.()
    },
    get: (id) => live.get(id) ?? null,
    all: () => [...live.values()],
    draining: (grant) =>
      of(({ facts, state }) => facts.grant === grant && state === 'active').find(
        (session) => session.windowUntil <= session.now(),
      ) ?? null,
    ofPerson: (person) => of(({ facts }) => facts.person === person).length,
    redecide: (session) => void reevaluation.decide([session], 'time'),
    async sweep() {
      const sessions = [...live.values()]
      const giveWay = openTurns()
      for (const session of sessions) {
        session.look()
        await giveWay()
      }
      for (let from = 0; from < sessions.length; from += batch) {
        await sweepBatch(sessions.slice(from, from + batch))
        await giveWay()
      }
    },
    settled: () => round ?? Promise.resolve(),
    async stop(graceMs) {
      unsubscribe()
      if (live.size === 0) return
      const empty = new Promise<void>((resolve) => (onEmpty = resolve))
      for (const session of live.values()) session.end('gateway-stopped')
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), graceMs)))
      if ((await Promise.race([empty, late])) === 'late')
        log.warn({ sessions: live.size }, 'Sessions not sealed in time; the next start seals them as interrupted')
      clearTimeout(timer)
    },
  }
}

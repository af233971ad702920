// The living sessions of this node, and everything that ends them from outside: signals of the bus, and a look at the
// store every second, which also sees what another process wrote there.

import type { PersonId, SessionId } from '../../policy/index.ts'
import type { Bus, Signal } from '../bus/bus.ts'
import { assertNever } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'
import type { LiveSession } from './session.ts'

export interface Registry {
  add(session: LiveSession): void
  remove(id: SessionId): void
  get(id: SessionId): LiveSession | null
  all(): readonly LiveSession[]
  ofPerson(person: PersonId): number
  /** Ends what the store no longer permits: grant not open, person disabled. */
  sweep(): Promise<void>
  /** Ends every session and resolves when all are sealed, or when `graceMs` has passed. */
  stop(graceMs: number): Promise<void>
}

export function openRegistry(deps: { readonly bus: Bus; readonly store: Store; readonly log: Log }): Registry {
  const { bus, store, log } = deps
  const live = new Map<SessionId, LiveSession>()
  let onEmpty: (() => void) | null = null

  function hear(signal: Signal): void {
    switch (signal.kind) {
      case 'grant-revoked':
        for (const session of live.values())
          if (session.facts.grant === signal.grant) session.end('revoked', signal.reason)
        return
      case 'grant-extended':
        for (const session of live.values()) if (session.facts.grant === signal.grant) session.extend(signal.until)
        return
      case 'person-disabled':
        for (const session of live.values()) if (session.facts.person === signal.person) session.end('person-disabled')
        return
      case 'session-kill': {
        const { by, reason, at } = signal
        live.get(signal.session)?.end('killed', reason, { by, orderedAt: at })
        return
      }
      default:
        assertNever(signal)
    }
  }
  const unsubscribe = bus.subscribe(hear)

  return {
    add: (session) => live.set(session.facts.id, session),
    remove(id) {
      live.delete(id)
      if (live.size === 0) onEmpty?.()
    },
    get: (id) => live.get(id) ?? null,
    all: () => [...live.values()],
    ofPerson: (person) => [...live.values()].filter((session) => session.facts.person === person).length,
    async sweep() {
      for (const session of live.values()) {
        const { grant, person } = session.facts
        const [stored, who] = [await store.grants.byId(grant), await store.people.byId(person)]
        if (!who || who.disabled) session.end('person-disabled')
        else if (!stored || stored.grant.kind === 'revoked')
          session.end('revoked', stored?.grant.kind === 'revoked' ? stored.grant.reason : null)
        else if (stored.grant.kind === 'expired') session.end('expired')
        else if (stored.grant.window.until !== session.windowUntil) session.extend(stored.grant.window.until)
      }
    },
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

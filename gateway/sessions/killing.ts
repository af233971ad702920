// Ending one living session by hand: who may, what is asked first where the process could be harmed, and the one step by
// which a safety engineer ends it at once all the same. The order is evidence before it is carried out; carrying it out
// is the session's, which asks safety whether it ends at once or slowly.

import { safeOutcomeOf, type Bundle, type Instant, type Person, type SessionId } from '../../policy/index.ts'
import { keepRefusal } from '../access/refusal.ts'
import { openReview } from '../access/reviews.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { StoredSession } from '../store/sessions.ts'
import type { Store, Tx } from '../store/store.ts'
import type { Registry } from './registry.ts'

export interface KillWish {
  readonly reason: string
  /** End it also where the asset asks for a safe state of the process first. */
  readonly insist: boolean
  /** As a safety engineer, in an emergency: at once, whatever the asset declares as safe. */
  readonly override: boolean
}

/** Within how long somebody looks back at an override. */
const reviewMs = 24 * 3_600_000

/** May this person overrule what an asset of the plant declares as safe? */
export function mayOverrideSafety(
  person: Person,
  { plant, person: worker }: Pick<StoredSession, 'plant' | 'person'>,
): boolean {
  return (
    !person.disabled &&
    person.supplier === null &&
    person.id !== worker &&
    person.plants.includes(plant) &&
    person.roles.includes('safety-engineer')
  )
}

export interface Killer {
  /**
   * Orders a session to end. That the person may end it is the caller's to know; that they may override is known here.
   * @throws GatewayError `confirm-safe-state` where the asset asks for a safe state and nobody insists; `role-missing`;
   * `state-conflict` where it has ended, or ends slowly already. The first two are kept.
   */
  kill(person: Person, id: SessionId, wish: KillWish): Promise<void>
}

export function openKiller(deps: {
  readonly store: Store
  readonly registry: Pick<Registry, 'get'>
  readonly bus: Bus
  readonly clock: Clock
  readonly bundle: () => Bundle
}): Killer {
  const { store, registry, bus, clock, bundle } = deps

  /** An override, its reason and its review; in the transaction that orders the end. */
  async function noteOverride(
    tx: Tx,
    stored: StoredSession,
    person: Person,
    reason: string,
    now: Instant,
  ): Promise<void> {
    const { id: session, grant, person: worker, asset, plant } = stored
    const reviewDueAt = now + reviewMs
    await tx.ledger.append('safety.overridden', now, {
      session,
      by: person.id,
      person: worker,
      asset,
      plant,
      reason: await tx.ledger.commit(reason),
      held: (registry.get(session)?.heldForSafetyUntil ?? null) !== null,
      reviewDueAt,
    })
    const known = await tx.reviews.ofGrant(grant)
    if (known.some((review) => review.session === session)) return
    const request = (await tx.grants.byId(grant))?.grant.request
    if (request === undefined) throw new GatewayError('state-conflict', `the grant of session \`${session}\` is gone`)
    await openReview(tx, now, {
      kind: 'session',
      request,
      grant,
      session,
      person: worker,
      asset,
      plant,
      dueAt: reviewDueAt,
    })
  }

  return {
    async kill(person, id, { reason, insist, override }) {
      const stored = await store.sessions.byId(id)
      if (!stored) throw new GatewayError('not-found', `no session \`${id}\``)
      const asset = bundle().assets.get(stored.asset)
      if (override && !mayOverrideSafety(person, stored))
        return keepRefusal(
          deps,
          { person: person.id, step: 'override-safety', code: 'role-missing', subject: id },
          `overriding safety in plant \`${stored.plant}\` needs a safety engineer of that plant who does not work in the session`,
        )
      const asks = asset?.expiry.kind === 'confirm-safe-state'
      if (asks && !insist && !override)
        return keepRefusal(
          deps,
          { person: person.id, step: 'end-session', code: 'confirm-safe-state', subject: id },
          `is the process at \`${stored.asset}\` in a safe state: look, and insist to end the session all the same`,
        )
      const at = clock.now()
      const by = person.id
      // Given once: who comes second finds the session ending.
      await store.change(async (tx) => {
        const current = await tx.sessions.byId(id)
        const living = registry.get(id)
        const isAlive = current?.state === 'active' ? living?.state === 'active' : living?.standing === 'waiting'
        if (!isAlive) throw new GatewayError('state-conflict', `session \`${id}\` has ended already, or is ending`)
        if (living && living.heldForSafetyUntil !== null && !override)
          throw new GatewayError(
            'state-conflict',
            `session \`${id}\` takes no input any more and is closed at the hard limit of \`${stored.asset}\`, which is safety-related: only a safety engineer closes it before`,
          )
        const isOverride = override && asset !== undefined && safeOutcomeOf(asset) !== 'cut'
        if (isOverride) await noteOverride(tx, stored, person, reason, at)
        if (override || living?.endsAtOnce !== false) await tx.sessions.update(id, { state: 'ending' })
        const entry = { session: id, by, reason: await tx.ledger.commit(reason), insisted: asks }
        await tx.ledger.append('session.kill_ordered', at, entry)
      })
      bus.publish({ kind: 'session-kill', session: id, by, reason, at, ...(override && { overrides: true }) })
    },
  }
}

// Ending access at one stroke without keeping anybody off: by session, grant, person, supplier, asset, zone, plant, or
// all. Also what carries out the orders another process has left.

import {
  quietWorld,
  suspensionOf,
  zoneOf,
  type Person,
  type RevocationTarget,
  type SessionId,
  type Suspension,
} from '../../policy/index.ts'
import type { Bus } from '../bus/bus.ts'
import { GatewayError } from '../errors.ts'
import type { StoredSession } from '../store/sessions.ts'
import type { Actor } from './authorize.ts'
import {
  announceEnd,
  endFound,
  findAccess,
  findTarget,
  leaveOrders,
  mayEndAll,
  unsafeToEnd,
  type Ended,
  type Found,
  type NamedTarget,
} from './ending.ts'
import { keepRefusal } from './refusal.ts'
import { describe, saySuspension, type Hand, type SuspendDeps } from './suspensions.ts'

export interface Revoked {
  readonly target: RevocationTarget
  readonly ended: Ended
  readonly at: number
}

export interface RevokeWish {
  readonly reason: string
  /** End sessions also where the asset asks for a safe state first. */
  readonly insist: boolean
}

/** One's own session or grant may always be ended. */
function isOwn({ person }: Hand, target: RevocationTarget, { grants, sessions }: Found): boolean {
  if (target.kind !== 'session' && target.kind !== 'grant') return false
  const owners = [...grants.map(({ grant }) => grant.person), ...sessions.map((session) => session.person)]
  return owners.length > 0 && owners.every((owner) => owner === person.id)
}

/**
 * Revokes what is open and orders sessions to end, in one transaction, from any process that has the store. A session is
 * ended with the grant it rests on: it would be back at once otherwise.
 * @throws GatewayError `role-missing`; `confirm-safe-state` naming the sessions, unless it is insisted; `state-conflict`
 * when a grant or session named is over.
 */
export async function revokeAccess(
  { store, clock, bundle }: SuspendDeps,
  hand: Hand,
  named: NamedTarget,
  { reason, insist }: RevokeWish,
): Promise<Revoked> {
  const { person, via } = hand
  const target = await findTarget(store, bundle(), named)
  const subject = target.kind === 'all' ? null : target.id
  const before = await findAccess(store, bundle(), target)
  if (!isOwn(hand, target, before) && !mayEndAll(person, target, before))
    return keepRefusal(
      { store, clock },
      { person: person.id, step: 'revoke', code: 'role-missing', subject },
      `ending the access of ${describe(target)} needs somebody who may end access in every plant concerned`,
    )
  const unsafe = unsafeToEnd(bundle(), before.sessions)
  if (unsafe.length > 0 && !insist) return refuseUnsafe({ store, clock }, person, subject, unsafe)
  return store.change(async (tx) => {
    const now = clock.now()
    const order = { by: person.id, reason, now, insisted: unsafe.length > 0 }
    const ended = await endFound(tx, await findAccess(tx, bundle(), target), order)
    const isOver = ended.grants.length === 0 && ended.sessions.length === 0
    if (isOver && (target.kind === 'grant' || target.kind === 'session'))
      throw new GatewayError('state-conflict', `${describe(target)} is over already`)
    if (via === 'local') await leaveOrders(tx, ended, order)
    await tx.ledger.append('access.revoked', now, {
      target,
      by: person.id,
      via,
      reason: await tx.ledger.commit(reason),
      insisted: unsafe.length > 0,
      grants: ended.grants,
      sessions: ended.sessions.map(({ id }) => id),
    })
    return { target, ended, at: now }
  })
}

/** @throws GatewayError `confirm-safe-state`, always, naming the sessions. */
function refuseUnsafe(
  kept: Pick<SuspendDeps, 'store' | 'clock'>,
  person: Person,
  subject: string | null,
  unsafe: readonly StoredSession[],
): Promise<never> {
  const named = unsafe.map(({ id, asset }) => `\`${asset}\` (${id})`).join(', ')
  return keepRefusal(
    kept,
    { person: person.id, step: 'revoke', code: 'confirm-safe-state', subject },
    `is the process in a safe state: ${named}: look, and insist to end it all the same`,
    { problems: unsafe.map(({ id, asset }) => `session ${id} on asset ${asset}`) },
  )
}

export interface Revocations {
  revoke(actor: Actor, named: NamedTarget, wish: RevokeWish): Promise<Revoked>
  /**
   * For other ways to end a session: asks once whether the process is in a safe state.
   * @throws GatewayError `confirm-safe-state`, unless it is insisted or no session asks for it.
   */
  askSafeState(actor: Actor, target: RevocationTarget, insist: boolean): Promise<void>
  /** Carries out what another process has ordered. Called every second. */
  sweep(): Promise<void>
}

export function openRevocations(deps: SuspendDeps & { readonly bus: Bus }): Revocations {
  const { store, bus } = deps

  /** The suspension a session ends by, or null where somebody ended the session and nothing else. */
  async function suspensionOver(id: SessionId, suspensions: readonly Suspension[]): Promise<Suspension | null> {
    const session = suspensions.length === 0 ? null : await store.sessions.byId(id)
    const person = session && (await store.people.byId(session.person))
    const bundle = deps.bundle()
    const asset = session && bundle.assets.get(session.asset)
    if (!person || !asset) return null
    return suspensionOf({ ...quietWorld, suspensions }, asset, zoneOf(asset, bundle), [person])
  }

  return {
    async revoke({ person }, named, wish) {
      const done = await revokeAccess(deps, { person, via: 'https' }, named, wish)
      announceEnd(bus, done.ended, { by: person.id, reason: wish.reason, now: done.at })
      return done
    },
    async askSafeState({ person }, target, insist) {
      if (insist) return
      const { sessions } = await findAccess(store, deps.bundle(), target)
      // A kill ends one session; the others on its grant go on.
      const meant = target.kind === 'session' ? sessions.filter(({ id }) => id === target.id) : sessions
      const unsafe = unsafeToEnd(deps.bundle(), meant)
      if (unsafe.length > 0) await refuseUnsafe(deps, person, target.kind === 'all' ? null : target.id, unsafe)
    },
    async sweep() {
      if (!(await store.suspensions.hasOrders())) return
      // The orders are evidence already; taking them out is bookkeeping.
      const orders = await store.bookkeep((tx) => tx.suspensions.takeOrders())
      const suspensions = await store.suspensions.inForce()
      for (const order of orders) {
        const suspension = await suspensionOver(order.session, suspensions)
        // What ends it is told, as where the suspension was given here: the order then finds it ended.
        if (suspension !== null)
          bus.publish({ kind: 'sessions-suspended', sessions: [order.session], why: saySuspension(suspension) })
        bus.publish({ kind: 'session-kill', ...order })
      }
    },
  }
}

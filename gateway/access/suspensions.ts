// Taking a person, a supplier, an asset, a zone, a plant or everything off: what is open ends at once, and nothing new
// may be asked for, granted or used until another person lifts it (NERC CIP-005-7 R3.2). That decisions respect it is
// the door's and the policy's; here it comes and goes.

import type { Bundle, Person, Suspension, SuspensionId, SuspensionTarget } from '../../policy/index.ts'
import type { Bus } from '../bus/bus.ts'
import { mint, type Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { Store } from '../store/store.ts'
import type { StoredSuspension } from '../store/suspensions.ts'
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
  type NamedTarget,
} from './ending.ts'
import { keepRefusal } from './refusal.ts'
import type { WorldSource } from './world.ts'

export interface Suspended {
  readonly suspension: Suspension
  readonly ended: Ended
  /** Sessions among them on assets that ask for a safe state first: nobody was asked, somebody has to look. */
  readonly unconfirmed: Ended['sessions']
}

/** Who does it, and where: on the gateway's API, or on the gateway's own machine while the API is down. */
export interface Hand {
  readonly person: Person
  readonly via: 'https' | 'local'
}

export interface SuspendDeps {
  readonly store: Store
  readonly clock: Clock
  readonly bundle: () => Bundle
}

/** The suspension somebody is under themselves or with their supplier; null where there is none. */
export function suspensionOfPerson(
  standing: readonly Suspension[],
  { id, supplier }: Pick<Person, 'id' | 'supplier'>,
): Suspension | null {
  const covers = ({ target }: Suspension): boolean =>
    (target.kind === 'person' && target.id === id) || (target.kind === 'supplier' && target.id === supplier)
  return standing.find(covers) ?? null
}

const isSuspendable = (kind: NamedTarget['kind']): kind is SuspensionTarget['kind'] =>
  kind !== 'session' && kind !== 'grant'

/**
 * Suspends, revokes what is open and orders sessions to end, in one transaction. Works from any process that has the
 * store: the gateway notices within a second what another one wrote.
 * @throws GatewayError `role-missing`; `state-conflict` when the target is suspended already.
 */
export async function suspend(
  { store, clock, bundle }: SuspendDeps,
  { person, via }: Hand,
  named: NamedTarget,
  reason: string,
): Promise<Suspended> {
  if (!isSuspendable(named.kind))
    throw new GatewayError('malformed-body', `a ${named.kind} is not suspended: revoke it, or suspend the person`)
  const target = (await findTarget(store, bundle(), named)) as SuspensionTarget
  // Who is off would otherwise keep off whoever could lift it.
  if (suspensionOfPerson(await store.suspensions.inForce(), person) !== null)
    return keepRefusal(
      { store, clock },
      {
        person: person.id,
        step: 'suspend',
        code: 'suspended-party',
        subject: target.kind === 'all' ? null : target.id,
      },
      'you are suspended yourself: end access by a revocation, or let another person suspend',
    )
  if (!mayEndAll(person, target, await findAccess(store, bundle(), target)))
    return keepRefusal(
      { store, clock },
      { person: person.id, step: 'suspend', code: 'role-missing', subject: target.kind === 'all' ? null : target.id },
      `suspending ${describe(target)} needs admin, isms-manager, or an approver of every plant concerned`,
    )
  return store.change(async (tx) => {
    const now = clock.now()
    const suspension: Suspension = { id: mint.suspension(now), target, by: person.id, at: now, reason }
    if (!(await tx.suspensions.insert(suspension)))
      throw new GatewayError('state-conflict', `${describe(target)} is suspended already`)
    const found = await findAccess(tx, bundle(), target)
    const unconfirmed = unsafeToEnd(bundle(), found.sessions)
    const order = { by: person.id, reason, now, insisted: unconfirmed.length > 0 }
    const ended = await endFound(tx, found, order)
    if (via === 'local') await leaveOrders(tx, ended, order)
    const words = await tx.ledger.commit(reason)
    await tx.ledger.append('suspension.created', now, {
      suspension: suspension.id,
      target,
      by: person.id,
      via,
      reason: words,
      grants: ended.grants,
      sessions: ended.sessions.map(({ id }) => id),
    })
    if (target.kind === 'supplier')
      await tx.ledger.append('supplier.suspended', now, {
        suspension: suspension.id,
        supplier: target.id,
        by: person.id,
        reason: words,
      })
    return { suspension, ended, unconfirmed }
  })
}

/** A target in words, for messages. */
export function describe(target: { readonly kind: string; readonly id?: string }): string {
  return target.id === undefined ? 'everything' : `${target.kind} \`${target.id}\``
}

/** What the person in a session reads: what is off, and what was written about it. */
export function saySuspension({ target, reason }: Pick<Suspension, 'target' | 'reason'>): string {
  return `${describe(target)} is suspended: ${reason}`
}

export interface Suspensions {
  suspend(actor: Actor, named: NamedTarget, reason: string): Promise<Suspended>
  /** @throws GatewayError `policy-denied` for who suspended it or is suspended; `role-missing`; `state-conflict`. */
  lift(actor: Actor, id: SuspensionId, reason: string): Promise<StoredSuspension>
}

export function openSuspensions(deps: SuspendDeps & { readonly bus: Bus; readonly world: WorldSource }): Suspensions {
  const { store, clock, bundle, bus, world } = deps

  return {
    async suspend({ person }, named, reason) {
      const done = await suspend(deps, { person, via: 'https' }, named, reason)
      const sessions = done.ended.sessions.map(({ id: session }) => session)
      bus.publish({ kind: 'sessions-suspended', sessions, why: saySuspension(done.suspension) })
      announceEnd(bus, done.ended, { by: person.id, reason, now: done.suspension.at })
      await world.refresh()
      return done
    },

    async lift({ person }, id, reason) {
      const suspension = await store.suspensions.byId(id)
      if (!suspension) throw new GatewayError('not-found', `no suspension \`${id}\``)
      const refuse = (code: 'own-suspension' | 'suspended-party' | 'role-missing', text: string): Promise<never> =>
        keepRefusal({ store, clock }, { person: person.id, step: 'lift', code, subject: id }, text)
      if (suspension.by === person.id)
        return refuse('own-suspension', 'who suspended does not lift it: another person has to')
      if (suspensionOfPerson(await store.suspensions.inForce(), person) !== null)
        return refuse('suspended-party', 'you are suspended yourself: another person has to lift it')
      if (!mayEndAll(person, suspension.target, await findAccess(store, bundle(), suspension.target)))
        return refuse(
          'role-missing',
          `lifting the suspension of ${describe(suspension.target)} needs admin, isms-manager, or an approver of every plant concerned`,
        )
      const lifted = { by: person.id, at: clock.now(), reason }
      await store.change(async (tx) => {
        if (!(await tx.suspensions.lift(id, lifted)))
          throw new GatewayError('state-conflict', `suspension \`${id}\` was lifted already`)
        await tx.ledger.append('suspension.lifted', lifted.at, {
          suspension: id,
          target: suspension.target,
          suspendedBy: suspension.by,
          by: person.id,
          reason: await tx.ledger.commit(reason),
        })
      })
      await world.refresh()
      return { ...suspension, lifted }
    },
  }
}

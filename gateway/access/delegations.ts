// Lending one's right to decide to a colleague, for a time. Whose right counts for what is the quorum's; here it is lent
// and taken back. It is lent by its owner only, never to a supplier, and never lent on.

import { overseesAll, type DelegationId, type PersonId, type Role, type Window } from '../../policy/index.ts'
import { mint, type Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { StoredDelegation } from '../store/delegations.ts'
import type { Store } from '../store/store.ts'
import type { Actor } from './authorize.ts'
import { findTarget } from './ending.ts'
import { keepRefusal } from './refusal.ts'
import type { SuspendDeps } from './suspensions.ts'
import type { WorldSource } from './world.ts'

/** Roles whose decisions may be lent. */
const lendable: readonly Role[] = ['approver', 'safety-engineer', 'isms-manager', 'escort']
/** A hand-over, not a transfer: the right comes back. */
export const longestDelegationMs = 31 * 24 * 3_600_000

export interface Delegations {
  /** @throws GatewayError `policy-denied`, `role-missing`, `invalid-window`, `not-found`. */
  create(actor: Actor, given: { to: string; window: Window; reason: string }): Promise<StoredDelegation>
  /** By who lent it, who holds it, or who answers for the whole. */
  end(actor: Actor, id: DelegationId): Promise<void>
}

export function openDelegations(
  deps: SuspendDeps & { readonly store: Store; readonly clock: Clock; readonly world: WorldSource },
): Delegations {
  const { store, clock, bundle, world } = deps

  return {
    async create({ person }, { to: named, window, reason }) {
      const target = await findTarget(store, bundle(), { kind: 'person', id: named })
      const to = target.kind === 'person' ? await store.people.byId(target.id) : null
      if (!to) throw new GatewayError('not-found', `no person \`${named}\``)
      type Code = 'role-missing' | 'to-oneself' | 'to-a-supplier'
      const refuse = (code: Code, text: string): Promise<never> =>
        keepRefusal({ store, clock }, { person: person.id, step: 'delegate', code, subject: to.id }, text)
      if (!person.roles.some((role) => lendable.includes(role)) || person.supplier !== null)
        return refuse('role-missing', `only what one may do is lent: you have none of the roles ${lendable.join(', ')}`)
      if (to.id === person.id) return refuse('to-oneself', 'a right is lent to somebody else')
      if (to.supplier !== null) return refuse('to-a-supplier', 'a right of the plant is lent to nobody of a supplier')
      if (to.disabled) throw new GatewayError('not-found', `person \`${to.login}\` is disabled`)
      const now = clock.now()
      const length = window.until - Math.max(window.from, now)
      if (window.until <= now || window.from >= window.until)
        throw new GatewayError('invalid-window', 'a delegation ends after it begins, and in the future')
      if (length > longestDelegationMs)
        throw new GatewayError('invalid-window', 'a delegation holds for at most 31 days')
      const id = mint.delegation(now)
      const from: PersonId = person.id
      const row = { id, from, to: to.id, window, createdAt: now, reason }
      await store.change(async (tx) => {
        await tx.delegations.insert(row)
        const entry = { delegation: id, from, to: to.id, window, reason: await tx.ledger.commit(reason) }
        await tx.ledger.append('delegation.created', now, entry)
      })
      await world.refresh()
      return { ...row, ended: null }
    },

    async end({ person }, id) {
      const stored = await store.delegations.byId(id)
      const isTheirs = stored?.from === person.id || stored?.to === person.id
      const answers = overseesAll(person, ['admin', 'isms-manager'])
      if (!stored) throw new GatewayError('not-found', `no delegation \`${id}\``)
      if (!isTheirs && !answers)
        return keepRefusal(
          { store, clock },
          { person: person.id, step: 'end-delegation', code: 'role-missing', subject: id },
          'a delegation is ended by who lent or holds the right, or by who answers for the whole',
        )
      await store.change(async (tx) => {
        if (!(await tx.delegations.end(id, person.id, clock.now())))
          throw new GatewayError('state-conflict', `delegation \`${id}\` was ended already`)
        await tx.ledger.append('delegation.ended', clock.now(), { delegation: id, by: person.id })
      })
      await world.refresh()
    },
  }
}

// Taking back what one asked for: one request, or what still waits of a whole set, in one transaction.

import { withdraw, type PersonId, type RequestId, type RequestSetId } from '../../policy/index.ts'
import { GatewayError } from '../errors.ts'
import type { StoredRequest } from '../store/requests.ts'
import type { Store } from '../store/store.ts'
import type { Actor } from './authorize.ts'
import { done, refusedBy, stillSo, type TakeStep } from './steps.ts'

/** A machine account's owner takes back what was asked for it, also by the owner before. */
function ownerOf({ person, machines = [] }: Actor, { request }: StoredRequest): { readonly owner?: PersonId } {
  return machines.includes(request.by) ? { owner: person.id } : {}
}

function isOwn(actor: Actor, stored: StoredRequest): boolean {
  const { by, askedBy } = stored.request
  return [by, askedBy, ownerOf(actor, stored).owner].includes(actor.person.id)
}

/** @throws GatewayError `not-found` for what is not the actor's own, `state-conflict` for what is decided. */
export async function takeBack(take: TakeStep, actor: Actor, id: RequestId): Promise<void> {
  await take({ request: id, person: actor.person.id, step: 'withdraw' }, async (tx, now) => {
    const stored = await tx.requests.byId(id)
    if (!stored) throw new GatewayError('not-found', `no request \`${id}\``)
    const outcome = withdraw({ request: stored.request, by: actor.person.id, ...ownerOf(actor, stored), now })
    if (outcome.kind === 'refused') return refusedBy(outcome)
    stillSo(await tx.requests.update({ ...stored, request: outcome.request, alarmAt: null }, now))
    await tx.ledger.append('request.withdrawn', now, { request: id, person: actor.person.id })
    return done(undefined)
  })
}

/**
 * Takes back every request of the set that nobody has decided yet, all of them or none; what is decided stays as it is.
 * Gives the ids taken back.
 * @throws GatewayError `not-found` for a set that is not the actor's own, `state-conflict` where nothing of it waits.
 */
export async function takeBackSet(
  { store }: { readonly store: Store },
  take: TakeStep,
  actor: Actor,
  set: RequestSetId,
): Promise<readonly RequestId[]> {
  const [first] = await store.requests.ofSet(set)
  if (!first || !isOwn(actor, first)) throw new GatewayError('not-found', `no request set \`${set}\``)
  const attempt = { request: first.request.id, person: actor.person.id, step: 'withdraw' } as const
  return take(attempt, async (tx, now) => {
    const waiting = (await tx.requests.ofSet(set)).filter(({ request }) => request.kind === 'submitted')
    if (waiting.length === 0)
      return {
        kind: 'refused',
        code: 'already-decided',
        text: `every request of the set \`${set}\` is decided already`,
      }
    for (const stored of waiting) {
      const outcome = withdraw({ request: stored.request, by: actor.person.id, ...ownerOf(actor, stored), now })
      if (outcome.kind === 'refused') return refusedBy(outcome)
      stillSo(await tx.requests.update({ ...stored, request: outcome.request, alarmAt: null }, now))
      await tx.ledger.append('request.withdrawn', now, { request: stored.request.id, person: actor.person.id })
    }
    return done(waiting.map(({ request }) => request.id))
  })
}

// Taking back what one asked for: one request, or what still waits of a whole set, in one transaction.

import { withdraw, type RequestId, type RequestSetId } from '../../policy/index.ts'
import { GatewayError } from '../errors.ts'
import type { Store } from '../store/store.ts'
import type { Actor } from './authorize.ts'
import { done, refusedBy, stillSo, type TakeStep } from './steps.ts'

/** @throws GatewayError `not-found` for what is not the actor's own, `state-conflict` for what is decided. */
export async function takeBack(take: TakeStep, actor: Actor, id: RequestId): Promise<void> {
  await take({ request: id, person: actor.person.id, step: 'withdraw' }, async (tx, now) => {
    const stored = await tx.requests.byId(id)
    if (!stored) throw new GatewayError('not-found', `no request \`${id}\``)
    const outcome = withdraw({ request: stored.request, by: actor.person.id, now })
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
  if (!first || first.request.by !== actor.person.id) throw new GatewayError('not-found', `no request set \`${set}\``)
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
      const outcome = withdraw({ request: stored.request, by: actor.person.id, now })
      if (outcome.kind === 'refused') return refusedBy(outcome)
      stillSo(await tx.requests.update({ ...stored, request: outcome.request, alarmAt: null }, now))
      await tx.ledger.append('request.withdrawn', now, { request: stored.request.id, person: actor.person.id })
    }
    return done(waiting.map(({ request }) => request.id))
  })
}

// What time does to requests and grants: unanswered requests and ended grants expire, and an emergency that waits too
// long becomes an alarm, once.

import { expireGrant, expireRequest } from '../../policy/index.ts'
import type { StoredRequest } from '../store/requests.ts'
import type { Tx } from '../store/store.ts'
import type { AccessDeps } from './requests.ts'
import { Overtaken, stillSo } from './steps.ts'

/** Called every second; does nothing when nothing is due. Only what is due is read. */
export async function sweepAccess({
  store,
  clock,
  draining,
}: Pick<AccessDeps, 'store' | 'clock' | 'draining'>): Promise<void> {
  const now = clock.now()
  /** Somebody decided at this moment: there is nothing left to expire. */
  async function change(work: (tx: Tx) => Promise<void>): Promise<void> {
    try {
      await store.change(work)
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error
    }
  }

  for (const stored of await store.requests.overdue(now)) {
    const outcome = expireRequest({ request: stored.request, answerableUntil: stored.expiresAt, now })
    if (outcome.kind === 'refused') continue
    await change(async (tx) => {
      stillSo(await tx.requests.update({ ...stored, request: outcome.request, alarmAt: null }, now))
      await tx.ledger.append('request.expired', now, { request: stored.request.id })
    })
  }
  for (const { grant } of await store.grants.overdue(now)) {
    // Until its session is closed it may be extended; it lets nobody in.
    if (draining?.(grant.id)) continue
    const outcome = expireGrant({ grant, now })
    if (outcome.kind === 'refused') continue
    await change(async (tx) => {
      stillSo(await tx.grants.update(outcome.grant))
      await tx.ledger.append('grant.expired', now, { grant: grant.id })
    })
  }
  for (const stored of await store.requests.alarming(now)) {
    const { id, submittedAt } = stored.request
    if (!(await isAwaited(store, stored))) {
      await store.bookkeep((tx) => tx.requests.update({ ...stored, alarmAt: null }, now))
      continue
    }
    const alarmMinutes = Math.round(((stored.alarmAt ?? now) - submittedAt) / 60_000)
    await change(async (tx) => {
      stillSo(await tx.requests.update({ ...stored, alarmAt: null, alarmedAt: now }, now))
      await tx.ledger.append('request.emergency_overdue', now, { request: id, submittedAt, alarmMinutes })
    })
  }
}

/** Does anybody still wait for access? Not once the grant was taken away or is over. */
async function isAwaited({ grants }: Pick<Tx, 'grants'>, { request }: StoredRequest): Promise<boolean> {
  if (request.kind === 'submitted') return true
  return request.kind === 'approved' && (await grants.byId(request.grant))?.grant.kind === 'open'
}

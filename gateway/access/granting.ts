// Grants once they stand: taken away, made longer, used for the first time.

import {
  extend,
  firstUse,
  meets,
  needsToExtend,
  minutesOf,
  revoke,
  sayNeed,
  usableAt,
  type AccessAsk,
  type Grant,
  type GrantId,
  type Person,
  type PlantId,
  type SessionId,
  type Window,
} from '../../policy/index.ts'
import { GatewayError } from '../errors.ts'
import type { StoredRequest } from '../store/requests.ts'
import type { Tables, Tx } from '../store/store.ts'
import type { Actor, Door } from './authorize.ts'
import { needsFor } from './deciding.ts'
import type { AccessDeps } from './requests.ts'
import { moveReviews } from './reviews.ts'
import { acting, dutiesAt, rightsOf } from './rights.ts'
import { done, mayEnd, Overtaken, readRequest, refusedBy, stillSo, type TakeStep } from './steps.ts'

async function readGrant({ grants }: Pick<Tables, 'grants'>, id: GrantId): Promise<{ grant: Grant; plant: PlantId }> {
  const stored = await grants.byId(id)
  if (!stored) throw new GatewayError('not-found', `no grant \`${id}\``)
  return stored
}

/** Ends a grant and, within a second, every session that rests on it. */
export async function takeAway(
  { store, bus }: AccessDeps,
  take: TakeStep,
  actor: Actor,
  id: GrantId,
  reason: string,
): Promise<void> {
  const { grant: seen, plant } = await readGrant(store, id)
  const isTheirs = seen.person === actor.person.id || actor.machines?.includes(seen.person) === true
  if (!isTheirs && !mayEnd(actor.person, plant))
    throw new GatewayError('role-missing', `ending access in plant \`${plant}\` needs an approver of that plant`)
  await take({ grant: id, person: actor.person.id, step: 'revoke' }, async (tx, now) => {
    const { grant } = await readGrant(tx, id)
    const outcome = revoke({ grant, by: actor.person.id, reason, now })
    if (outcome.kind === 'refused') return refusedBy(outcome)
    stillSo(await tx.grants.update(outcome.grant))
    const entry = { grant: id, by: actor.person.id, reason: await tx.ledger.commit(reason) }
    await tx.ledger.append('grant.revoked', now, entry)
    return done(undefined)
  })
  bus.publish({ kind: 'grant-revoked', grant: id, reason })
}

/** The longest use of a grant, extensions and all: the plant's limit, and the tier's where it is shorter. */
function longestFor(door: Door, plant: PlantId, { tier }: Grant): number {
  const bundle = door.bundle()
  const declared = bundle.plants.get(plant)
  if (!declared) throw new GatewayError('state-conflict', `plant \`${plant}\` is no longer declared`)
  return Math.min(declared.maxWindowMinutes, bundle.access.tiers[tier].maxWindowMinutes ?? Infinity)
}

/** What policy is asked about: the use as it would be, and not what was asked for at first. */
function askToExtend(stored: StoredRequest, grant: Grant, running: Window | null, until: number): AccessAsk {
  const { operationClass, schedule, transfer } = grant
  const { transfer: _, ...asked } = stored.request.ask
  const window = { from: schedule.kind === 'recurring' && running ? running.from : grant.window.from, until }
  const ask = { ...asked, operationClass, window, ...(transfer && { transfer }) }
  return { ...ask, schedule: schedule.kind === 'from-first-use' ? schedule : { kind: 'whole' } }
}

/**
 * Makes a grant longer, or of a recurring one the occurrence that is running, in one step of one person: of those whose
 * yes it needed, the one that no other could stand for (`needsToExtend`).
 */
export async function makeLonger(
  deps: AccessDeps,
  take: TakeStep,
  actor: Actor,
  id: GrantId,
  { until, comment }: { readonly until: number; readonly comment: string },
): Promise<void> {
  const { door, bus, world } = deps
  await take({ grant: id, person: actor.person.id, step: 'extend' }, async (tx, now) => {
    const { grant } = await readGrant(tx, id)
    const { stored, requester } = await readRequest(tx, grant.request)
    const maxWindowMinutes = longestFor(door, stored.plant, grant)
    // A session that only observes since its window ended is brought back as if it had been extended just before.
    const drained = deps.draining?.(id) ?? null
    const usedAt = drained === null ? now : Math.min(now, drained.windowUntil - 1)
    if (until <= now) return { kind: 'refused', code: 'window-ended', text: 'expected an end that is still to come' }
    const running = usableAt(grant, usedAt)
    const question = { action: 'extend', ask: askToExtend(stored, grant, running, until), requester } as const
    const owners = await rightsOf(tx, actor.person, { ...world.now(), bundle: door.bundle(), now })
    const suffices = (one: Person): boolean => {
      const decision = door.preview(acting(actor, one), question, stored.ticketState)
      const duties = dutiesAt(door, stored.plant, one, now)
      const needed = needsToExtend(needsFor(stored, decision))
      return decision.kind === 'permit' && needed.some((need) => meets(need, { owner: one, duties }))
    }
    const owner = (owners.length > 1 ? owners.find(suffices) : undefined) ?? actor.person
    const refs = { grant: id, request: grant.request, ...(owner === actor.person ? {} : { onBehalfOf: owner.id }) }
    const decision = await door.authorize(tx, acting(actor, owner), question, refs, stored.ticketState)
    if (decision.kind === 'deny') {
      const ways = () => door.ways(acting(actor, owner), question, stored.ticketState)
      return { kind: 'denied', decision, ways }
    }
    const duties = dutiesAt(door, stored.plant, owner, now)
    const needs = needsToExtend(needsFor(stored, decision))
    if (!needs.some((need) => meets(need, { owner, duties }))) {
      const text = `an extension here is for ${needs.map(sayNeed).join(' or ')}`
      return { kind: 'refused', code: 'not-needed', text }
    }
    const given = { grant, requester, approver: actor.person, owner, running, until, maxWindowMinutes, now: usedAt }
    const outcome = extend(given)
    if (outcome.kind === 'refused') return refusedBy(outcome)
    stillSo(await tx.grants.update(outcome.grant))
    await tx.ledger.append('grant.extended', now, {
      grant: id,
      by: actor.person.id,
      onBehalfOf: owner.id,
      ...outcome.extension,
      comment: await tx.ledger.commit(comment),
    })
    await moveReviews(tx, now, { before: grant, after: outcome.grant, extension: outcome.extension })
    return done(undefined)
  })
  bus.publish({ kind: 'grant-extended', grant: id, until })
}

/**
 * A session begins on a grant, in the caller's transaction: a grant that counts from its first use begins to count, and
 * an emergency's time is taken. Returns the grant as it is from now on: its window is the session's.
 * @throws GatewayError when the grant is over or was taken away meanwhile; the transaction is then rolled back.
 */
export async function noteUse(
  tx: Tx,
  door: Door,
  grant: Grant,
  session: SessionId,
  now: number,
): Promise<Grant & { readonly kind: 'open' }> {
  const outcome = firstUse({ grant, now })
  if (outcome.kind === 'refused') throw new GatewayError('state-conflict', outcome.text)
  if (outcome.began) {
    if (!(await tx.grants.update(outcome.grant))) throw new Overtaken()
    const { window } = outcome.grant
    await tx.ledger.append('grant.first_used', now, { grant: grant.id, session, window })
  }
  const stored = await tx.requests.byId(grant.request)
  if (stored === null || stored.usedAt !== null) return outcome.grant
  stillSo(await tx.requests.update({ ...stored, usedAt: now, alarmAt: null }, now))
  if (grant.tier === 'emergency') {
    const { submittedAt } = stored.request
    const { targetMinutes } = door.bundle().access.tiers.emergency
    const minutes = minutesOf({ from: submittedAt, until: now })
    await tx.ledger.append('request.emergency_answered', now, {
      request: grant.request,
      grant: grant.id,
      session,
      submittedAt,
      minutes,
      targetMinutes,
      inTime: targetMinutes === null || minutes <= targetMinutes,
    })
  }
  return outcome.grant
}

// Asking: a request for each asset that was named, all of them or none. A break-glass request opens by itself.

import {
  answerableUntil,
  longestUse,
  breakGlass,
  parseAssetId,
  parseLogin,
  quote,
  plantOf,
  requestDigest,
  sortedSwitches,
  submit,
  standardChangeFor,
  withStandardRollback,
  type AccessAsk,
  type Asset,
  type Decision,
  type Events,
  type Remedy,
  type RequestId,
  type RequestSetId,
  type SubmittedRequest,
} from '../../policy/index.ts'
import { mint } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { StoredRequest } from '../store/requests.ts'
import type { Tx } from '../store/store.ts'
import type { Actor } from './authorize.ts'
import { keepRefusal } from './refusal.ts'
import { openReview, reviewDueAt } from './reviews.ts'
import type { AccessDeps } from './requests.ts'
import { done, refusedBy, type RefusedAsset, type Step, type TakeStep } from './steps.ts'
import { linkTicket, type TicketCheck } from './tickets.ts'
import { transferEntry } from './transfer-entry.ts'
import { readWhen, type When } from './when.ts'

/** What a person asks for, of one asset or of several at once. */
export interface Wanted extends Omit<AccessAsk, 'asset' | 'window' | 'schedule'> {
  /** As the user named them; at least one, each once. */
  readonly assets: readonly string[]
  readonly when: When
  /** Where policy refuses some: ask for the others all the same? */
  readonly partial: boolean
  /** The login of a machine account the person answers for, which would use it; left out: themselves. */
  readonly for?: string
}

export interface Submitted {
  /** Null for one asset alone. */
  readonly set: RequestSetId | null
  readonly ids: readonly RequestId[]
  /** With `partial`: what was not asked for, and why. */
  readonly refused: readonly RefusedAsset[]
}

interface Answered {
  readonly id: RequestId
  readonly asset: Asset
  readonly ask: AccessAsk
  readonly decision: Decision & { readonly kind: 'permit' }
}

/** @throws GatewayError `policy-denied` with the decision, and of several assets with `refused` and `offered`. */
export async function submitAll(deps: AccessDeps, take: TakeStep, asker: Actor, wanted: Wanted): Promise<Submitted> {
  const { door, clock, tickets, world } = deps
  if (wanted.assets.length === 0) throw new GatewayError('malformed-body', 'expected at least one asset, got none')
  const actor = await userFor(deps, asker, wanted.for)
  const askedBy = actor === asker ? {} : { askedBy: asker.person.id }
  const ticket = await tickets.check(wanted.ticket)
  const first = mint.request(clock.now())
  const made = await take({ request: first, person: asker.person.id, step: 'submit' }, async (tx, now) => {
    const bundle = door.bundle()
    const permitted: Answered[] = []
    const refused: RefusedAsset[] = []
    /** Of the first that policy refuses; each takes dozens of questions to the engine. */
    let worstWays: (() => readonly Remedy[]) | null = null
    for (const [at, named] of wanted.assets.entries()) {
      const parsed = parseAssetId(named)
      const asset = parsed.kind === 'ok' ? bundle.assets.get(parsed.id) : undefined
      if (!asset) {
        refused.push({ asset: named, decision: await door.refuseUnknown(tx, actor, 'request', named) })
        continue
      }
      const when = readWhen(wanted.when, plantOf(asset, bundle), bundle.access, now)
      if (when.kind === 'malformed') return { kind: 'refused', code: 'schedule-malformed', text: when.text }
      const id = at === 0 ? first : mint.request(now)
      const ask = withStandardRollback(askFor(wanted, asset, when), asset, bundle)
      const question = { action: 'request', ask } as const
      const decision = await door.authorize(tx, actor, question, { request: id, ...askedBy }, ticket.state)
      if (decision.kind === 'deny') {
        worstWays ??= () => door.ways(actor, question, ticket.state)
        refused.push({ asset: named, decision })
      } else permitted.push({ id, asset, ask, decision })
    }
    const [worst] = refused
    if (worst !== undefined && (permitted.length === 0 || !wanted.partial)) {
      return denied(worst, refused, permitted, wanted.assets.length > 1, worstWays ?? (() => []))
    }
    const set = permitted.length > 1 ? mint.requestSet(now) : null
    // Each is judged before any is written: a refusal by the state machine leaves nothing behind.
    const requests: { readonly request: SubmittedRequest; readonly of: Answered }[] = []
    for (const of of permitted) {
      const outcome = submit({ id: of.id, set, by: actor.person.id, ...askedBy, ask: of.ask, now })
      if (outcome.kind === 'refused') return refusedBy(outcome)
      requests.push({ request: outcome.request, of })
    }
    for (const { request, of } of requests) await keep(tx, now, deps, actor, request, of, ticket)
    return done({ set, ids: requests.map(({ request }) => request.id), refused })
  })
  // The seals of these assets are broken from now on.
  if (wanted.tier === 'break-glass') await world.refresh()
  return made
}

/**
 * Who would use what is asked for: the person who asks, or a machine account they answer for, with their login's factors.
 * @throws GatewayError `not-found`, as for one that is not there, where somebody else answers for it.
 */
async function userFor({ store, clock }: AccessDeps, asker: Actor, login: string | undefined): Promise<Actor> {
  if (login === undefined) return asker
  const parsed = parseLogin(login)
  const person = parsed.kind === 'ok' ? await store.people.byLogin(parsed.id) : null
  if (person?.machine?.owner.id === asker.person.id) return { ...asker, person }
  const refused = { person: asker.person.id, step: 'ask-for-machine', code: 'not-the-owner', subject: null } as const
  return keepRefusal({ store, clock }, refused, `no machine account ${quote(login)} that you answer for`)
}

function askFor(wanted: Wanted, asset: Asset, { window, schedule }: Pick<AccessAsk, 'window' | 'schedule'>): AccessAsk {
  const { protocol, operationClass, tier, criteria, purpose, ticket, rollback, files, transfer } = wanted
  return {
    asset: asset.id,
    protocol,
    operationClass,
    window,
    schedule,
    tier,
    criteria,
    purpose,
    ticket,
    rollback,
    files,
    ...(transfer && { transfer: { ...transfer, allow: sortedSwitches(transfer.allow) } }),
  }
}

function denied(
  worst: RefusedAsset,
  refused: readonly RefusedAsset[],
  permitted: readonly Answered[],
  several: boolean,
  ways: () => readonly Remedy[],
): Step<never> {
  if (!several) return { kind: 'denied', decision: worst.decision, ways }
  return {
    kind: 'denied',
    decision: worst.decision,
    ways,
    some: { refused, offered: permitted.map(({ asset }) => asset.id) },
  }
}

/** Writes one request that is permitted, with its evidence. */
async function keep(
  tx: Tx,
  now: number,
  { door }: AccessDeps,
  actor: Actor,
  request: SubmittedRequest,
  { asset, ask, decision }: Answered,
  ticket: TicketCheck,
): Promise<void> {
  const bundle = door.bundle()
  const { id: plant, baseline } = plantOf(asset, bundle)
  const rules = bundle.access.tiers[ask.tier]
  const isEmergency = ask.tier === 'emergency'
  const after = (minutes: number | null): number | null => (minutes === null ? null : now + minutes * 60_000)
  const needs = decision.obligations.flatMap((one) => (one.kind === 'approvals' ? one.needs : []))
  const digest = requestDigest(request)
  const stored: StoredRequest = {
    request,
    terms: request.terms,
    plant,
    digest,
    decision,
    needs,
    ticketState: ticket.state,
    expiresAt: answerableUntil(request, bundle.access.answers.expireMinutes),
    alarmAt: isEmergency ? after(rules.alarmMinutes) : null,
    alarmedAt: null,
    usedAt: null,
    lapsed: [],
    version: 0,
  }
  await tx.requests.insert(stored)
  const standard = standardChangeFor(asset, { ...ask, minutes: longestUse(ask) }, bundle)
  const { ledger } = tx
  const id = request.id
  const reason = await ledger.commit(ask.purpose)
  const about = { request: id, person: actor.person.id, asset: asset.id, plant }
  await ledger.append('request.submitted', now, {
    ...about,
    ...(baseline === null ? {} : { baseline }),
    ...(request.askedBy === undefined ? {} : { askedBy: request.askedBy }),
    set: request.set,
    supplier: actor.person.supplier,
    protocol: ask.protocol,
    operationClass: ask.operationClass,
    window: ask.window,
    schedule: ask.schedule,
    tier: ask.tier,
    criteria: ask.criteria,
    purpose: reason,
    ticket: ask.ticket === '' ? null : await ledger.commit(ask.ticket),
    rollback: ask.rollback === '' ? null : await ledger.commit(ask.rollback),
    ...(standard === null ? {} : { standardChange: standard.id }),
    files: ask.files.map(({ sha256 }) => sha256),
    ...(await transferEntry(tx, ask.transfer)),
    needs,
    answerBy: stored.expiresAt,
    digest,
  })
  await linkTicket(tx, now, id, ask.ticket, ticket)
  if (isEmergency) {
    const targetAt = after(rules.targetMinutes)
    const { alarmAt } = stored
    await ledger.append('request.emergency_declared', now, {
      ...about,
      criteria: ask.criteria,
      reason,
      targetAt,
      alarmAt,
    })
  }
  if (ask.tier === 'break-glass') await openSealed(tx, now, stored, request, { ...about, reason }, rules.reviewHours)
}

/** The shortest review that is forced where the bundle gives no time for one. */
const leastReviewHours = 24

async function openSealed(
  tx: Tx,
  now: number,
  stored: StoredRequest,
  request: SubmittedRequest,
  about: Pick<Events['request.break_glass'], 'request' | 'person' | 'asset' | 'plant' | 'reason'>,
  reviewHours: number | null,
): Promise<void> {
  const opened = breakGlass({ request, grant: mint.grant(now), now })
  // The tier is break-glass and its window was judged a moment ago.
  if (opened.kind === 'refused') throw new Error(`break-glass: ${opened.text}`)
  const { grant } = opened
  await tx.requests.update({ ...stored, request: opened.request }, now)
  await tx.grants.insert({ grant, plant: stored.plant })
  const { reason, ...core } = about
  const { window } = grant
  await tx.ledger.append('request.break_glass', now, {
    ...core,
    grant: grant.id,
    supplier: (await tx.people.byId(about.person))?.supplier ?? null,
    window,
    criteria: request.ask.criteria,
    reason,
    digest: stored.digest,
  })
  const dueAt = reviewDueAt(window.until, reviewHours ?? leastReviewHours)
  const review = await openReview(tx, now, { ...core, kind: 'break-glass', grant: grant.id, dueAt })
  await tx.ledger.append('incident.capa_opened', now, {
    ...core,
    because: 'break-glass',
    grant: grant.id,
    review,
    dueAt,
  })
}

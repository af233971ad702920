// Deciding on a request: yes, yes with less, and no. Whose right is used is found here;
// whether it suffices is the state machine's to say.

import {
  approve,
  blastRadius,
  deny,
  isSameTerms,
  joinNeeds,
  narrowTerms,
  needsOf,
  requestDigest,
  type ApprovalNeed,
  type Changes,
  type Decision,
  type DecisionRequest,
  type GrantId,
  type Person,
  type RequestId,
  type Terms,
  type TicketState,
  type ToldReach,
  type Voice,
  type Yes,
} from '../../policy/index.ts'
import { mint } from '../clock.ts'
import type { StoredRequest } from '../store/requests.ts'
import type { Tx } from '../store/store.ts'
import type { Actor, DecisionRefs, Door } from './authorize.ts'
import type { AccessDeps } from './requests.ts'
import { openReview, reviewDueAt } from './reviews.ts'
import { acting, askAsTermed, dutiesAt, rightsOf, voicesOf } from './rights.ts'
import { done, mayEnd, readRequest, refusedBy, stillSo, type ReadRequest, type TakeStep } from './steps.ts'
import { linkTicket } from './tickets.ts'
import { transferEntry } from './transfer-entry.ts'

export interface YesAnswer {
  /** Of the request as the approver read it. */
  readonly digest: string
  readonly comment: string
  /** Less than the terms as they are. */
  readonly changes?: Changes
}

export type YesResult =
  | { readonly kind: 'granted'; readonly grant: GrantId }
  /** The yes counts; these are still needed. */
  | { readonly kind: 'waiting'; readonly open: readonly ApprovalNeed[] }

/** What a request needs, as far as was decided before and is decided now. */
export function needsFor(stored: StoredRequest, decision: Decision | null): readonly ApprovalNeed[] {
  const now = decision?.kind === 'permit' ? decision.obligations : []
  return needsOf([[{ kind: 'approvals', needs: stored.needs }], now])
}

/** The state machine's question, for one right the actor may use. */
export function yesOf(
  deps: Pick<AccessDeps, 'door'>,
  { stored, requester }: ReadRequest,
  given: {
    readonly actor: Actor
    readonly owner: Person
    readonly answer: YesAnswer
    readonly voices: readonly Voice[]
    readonly decision: Decision
    readonly now: number
  },
): Yes {
  const { actor, owner, answer, voices, decision, now } = given
  return {
    request: stored.request,
    requester,
    approver: actor.person,
    owner,
    digest: answer.digest,
    comment: answer.comment,
    ...(answer.changes ? { changes: answer.changes } : {}),
    now,
    grant: mint.grant(now),
    needs: needsFor(stored, decision),
    duties: dutiesAt(deps.door, stored.plant, owner, now),
    voices,
  }
}

/** The right to use: the first with which the yes counts; else the first that policy lets decide; else one's own. */
export async function chooseRight(
  deps: AccessDeps,
  tables: Pick<Tx, 'people' | 'suspensions'>,
  read: ReadRequest,
  given: {
    readonly actor: Actor
    readonly answer: YesAnswer
    readonly voices: readonly Voice[]
    readonly ticket: TicketState
    readonly now: number
  },
): Promise<{ readonly owner: Person; readonly question: DecisionRequest }> {
  const { actor, ticket, now } = given
  const question = questionFor(read, given.answer.changes)
  const owners = await rightsOf(tables, actor.person, { ...deps.world.now(), bundle: deps.door.bundle(), now })
  let permitted: Person | null = null
  for (const owner of owners.length > 1 ? owners : []) {
    const decision = deps.door.preview(acting(actor, owner), question, ticket)
    if (decision.kind === 'deny') continue
    if (approve(yesOf(deps, read, { ...given, owner, decision })).kind === 'ok') return { owner, question }
    permitted ??= owner
  }
  return { owner: permitted ?? actor.person, question }
}

/** A change that widens is refused by the state machine; policy is asked about what stands. */
function termsWith({ terms }: StoredRequest, changes: Changes = {}): Terms {
  const narrowed = narrowTerms(terms, changes)
  return narrowed.kind === 'ok' ? narrowed.terms : terms
}

function questionFor({ stored, requester }: ReadRequest, changes: Changes = {}): DecisionRequest {
  return { action: 'approve', ask: askAsTermed(stored, termsWith(stored, changes)), requester }
}

const refsFor = (request: RequestId, actor: Actor, owner: Person): DecisionRefs => ({
  request,
  ...(owner.id === actor.person.id ? {} : { onBehalfOf: owner.id }),
})

/** A yes. */
export async function sayYes(
  deps: AccessDeps,
  take: TakeStep,
  actor: Actor,
  id: RequestId,
  answer: YesAnswer,
): Promise<YesResult> {
  const { door, tickets, store } = deps
  const { ticket: reference } = (await readRequest(store, id)).stored.request.ask
  const ticket = await tickets.check(reference)
  return take<YesResult>({ request: id, person: actor.person.id, step: 'approve' }, async (tx, now) => {
    const read = await readRequest(tx, id)
    const { stored, requester } = read
    const voices = await voicesOf(tx, door, { stored, requester, ticket: ticket.state, now })
    const given = { actor, answer, voices, ticket: ticket.state, now }
    const { owner, question } = await chooseRight(deps, tx, read, given)
    const decision = await door.authorize(tx, acting(actor, owner), question, refsFor(id, actor, owner), ticket.state)
    if (decision.kind === 'deny') {
      return { kind: 'denied', decision, ways: () => door.ways(acting(actor, owner), question, ticket.state) }
    }
    const yes = yesOf(deps, read, { ...given, owner, decision })
    const outcome = approve(yes)
    if (outcome.kind === 'refused') return refusedBy(outcome)
    await linkTicket(tx, now, id, reference, ticket)
    const terms = termsWith(stored, answer.changes)
    const digest = requestDigest({ ...outcome.request, terms })
    const because = digest === stored.digest ? ('no-longer-theirs' as const) : ('terms-changed' as const)
    const kept: StoredRequest = {
      ...stored,
      request: outcome.request,
      terms,
      digest,
      needs: joinNeeds([stored.needs, yes.needs]),
      ticketState: ticket.state,
      expiresAt: Math.min(stored.expiresAt, terms.window.until),
      lapsed: [...stored.lapsed, ...outcome.lapsed.map((yes) => ({ ...yes, lapsedAt: now, because }))],
    }
    stillSo(await tx.requests.update(kept, now))
    await noteTerms(tx, now, stored, kept, actor)
    for (const { by } of outcome.lapsed) {
      await tx.ledger.append('request.approval_lapsed', now, { request: id, approver: by, because })
    }
    const comment = await tx.ledger.commit(answer.comment)
    const reach = toldReach(door, stored)
    const about = { request: id, requester: requester.id, approver: actor.person.id, reach, digest, comment }
    if (outcome.grant === null) {
      const { open } = outcome
      const entry = { ...about, onBehalfOf: owner.id, asset: stored.request.ask.asset, open }
      await tx.ledger.append('request.approval_given', now, entry)
      return done({ kind: 'waiting', open })
    }
    const { grant } = outcome
    await tx.grants.insert({ grant, plant: stored.plant })
    await tx.ledger.append('request.approved', now, {
      ...about,
      grant: grant.id,
      approvals: outcome.request.approvals.map(({ by, onBehalfOf }) => ({ by, onBehalfOf })),
      needs: yes.needs,
      asset: grant.asset,
      operationClass: grant.operationClass,
      window: grant.window,
      schedule: grant.schedule,
      tier: grant.tier,
      escort: grant.escort,
      conditions: grant.conditions === '' ? null : await tx.ledger.commit(grant.conditions),
      ...(await transferEntry(tx, grant.transfer)),
    })
    const { reviewHours } = door.bundle().access.tiers[grant.tier]
    if (grant.tier === 'emergency' && reviewHours !== null) {
      const { id: of, person, asset, window } = grant
      const dueAt = reviewDueAt(window.until, reviewHours)
      await openReview(tx, now, {
        kind: 'emergency',
        request: id,
        grant: of,
        person,
        asset,
        plant: stored.plant,
        dueAt,
      })
    }
    return done({ kind: 'granted', grant: grant.id })
  })
}

/** How far the asset leads, by the bundle the yes was given under. */
function toldReach(door: Door, { request }: StoredRequest): ToldReach {
  const bundle = door.bundle()
  const asset = bundle.assets.get(request.ask.asset)
  // The door has just permitted it: there is no yes for an asset that is not declared.
  if (!asset) throw new Error(`asset \`${request.ask.asset}\` is not declared`)
  const { assets, zones } = blastRadius(asset, bundle)
  return { assets, zones: zones.length }
}

async function noteTerms(
  tx: Tx,
  now: number,
  before: StoredRequest,
  { request, terms, digest }: StoredRequest,
  actor: Actor,
): Promise<void> {
  if (isSameTerms(before.terms, terms)) return
  const { window, operationClass, escort, conditions, transfer } = terms
  await tx.ledger.append('request.terms_changed', now, {
    request: request.id,
    by: actor.person.id,
    from: before.digest,
    to: digest,
    window,
    operationClass,
    escort,
    conditions: conditions === '' ? null : await tx.ledger.commit(conditions),
    ...(await transferEntry(tx, transfer)),
  })
}

/** A no: one suffices, of anybody who may decide or end access here. */
export async function sayNo(
  deps: AccessDeps,
  take: TakeStep,
  actor: Actor,
  id: RequestId,
  answer: { readonly digest: string; readonly comment: string },
): Promise<void> {
  const { door, world } = deps
  await take({ request: id, person: actor.person.id, step: 'deny' }, async (tx, now) => {
    const read = await readRequest(tx, id)
    const { stored, requester } = read
    const { ticketState: ticket } = stored
    const question = questionFor(read)
    const owners = await rightsOf(tx, actor.person, { ...world.now(), bundle: door.bundle(), now })
    const able = (owner: Person): boolean =>
      mayEnd(acting(actor, owner).person, stored.plant) ||
      door.preview(acting(actor, owner), question, ticket).kind === 'permit'
    const owner = owners.find(able) ?? actor.person
    const decider = acting(actor, owner)
    const decision = await door.authorize(tx, decider, question, refsFor(id, actor, owner), ticket)
    // Saying no needs the right to decide, not that yes would be right: who ends access may always refuse it.
    if (decision.kind === 'deny' && !mayEnd(decider.person, stored.plant)) {
      return { kind: 'denied', decision, ways: () => door.ways(decider, question, ticket) }
    }
    const outcome = deny({ request: stored.request, requester, approver: actor.person, owner, ...answer, now })
    if (outcome.kind === 'refused') return refusedBy(outcome)
    stillSo(await tx.requests.update({ ...stored, request: outcome.request, alarmAt: null }, now))
    await tx.ledger.append('request.denied', now, {
      request: id,
      requester: requester.id,
      approver: actor.person.id,
      onBehalfOf: owner.id,
      digest: stored.digest,
      comment: await tx.ledger.commit(answer.comment),
    })
    return done(undefined)
  })
}

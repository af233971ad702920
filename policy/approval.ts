// The life of an access request until it is decided, as functions from one state to the next; the grant it becomes lives
// on in grant.ts. Ids, people and the time are given. Whether policy permits a step is decide.ts's question, how yeses
// are counted quorum.ts's; what the states themselves forbid, such as approving twice or approving one's own request, is
// refused here whoever asks.

import type { GrantId, PersonId, RequestId, RequestSetId } from './ids.ts'
import type { OpenGrant } from './grant.ts'
import type { AccessAsk, AccessRequest, Approval, ApprovalNeed, Instant, Person, Window } from './model.ts'
import { sayNeed } from './obligations.ts'
import { refused, type Outcome, type Refused } from './outcome.ts'
import { lapseOf, tally, unfitness, type Voice } from './quorum.ts'
import { faultOfRecurrence } from './recurrence.ts'
import { requestDigest } from './request-digest.ts'
import { firstTerms, isSameTerms, narrowTerms, type Changes } from './terms.ts'
import { faultOfTransfer } from './transfer.ts'
import { faultOf, show } from './window.ts'

export type SubmittedRequest = AccessRequest & { readonly kind: 'submitted' }
export type ApprovedRequest = AccessRequest & { readonly kind: 'approved' }
export type RefusedRequest = AccessRequest & { readonly kind: 'refused' }
export type WithdrawnRequest = AccessRequest & { readonly kind: 'withdrawn' }
export type ExpiredRequest = AccessRequest & { readonly kind: 'expired' }

/** A request comes into being. Refused when its window or schedule is malformed or over, or no purpose is given. */
export function submit(given: {
  readonly id: RequestId
  readonly set: RequestSetId | null
  readonly by: PersonId
  /** Who asks in the name of a machine account. */
  readonly askedBy?: PersonId
  readonly ask: AccessAsk
  readonly now: Instant
}): Outcome<{ readonly request: SubmittedRequest }> {
  const { id, set, by, askedBy, ask, now } = given
  const fault = faultOf(ask.window)
  if (fault !== null) return refused('window-malformed', fault)
  const odd = faultOfSchedule(ask)
  if (odd !== null) return refused('schedule-malformed', odd)
  if (ask.window.until <= now) return ended(ask.window)
  const misfit = faultOfTransfer(ask)
  if (misfit !== null) return refused('transfer-malformed', misfit)
  if (ask.purpose.trim() === '') return refused('reason-missing', 'expected a purpose for the access, got none')
  const terms = firstTerms(ask)
  const who = askedBy === undefined ? { by } : { by, askedBy }
  return { kind: 'ok', request: { kind: 'submitted', id, set, ...who, ask, submittedAt: now, approvals: [], terms } }
}

/** Who decides, on what, and in whose name. */
export interface Verdict {
  readonly request: AccessRequest
  /** Who made the request. */
  readonly requester: Person
  readonly approver: Person
  /** Whose right to decide is used: the approver, or who lets them decide in their name. */
  readonly owner: Person
  /** The digest of the request and its terms as the approver saw them. */
  readonly digest: string
  readonly comment: string
  readonly now: Instant
}

export interface Yes extends Verdict {
  /** The id of the grant, if this yes completes the request. */
  readonly grant: GrantId
  /** Less than the terms as they are; an empty change is none. */
  readonly changes?: Changes
  readonly needs: readonly ApprovalNeed[]
  /** What the owner of the right is on duty for now. */
  readonly duties: readonly string[]
  /** Who stands behind the yeses given before, as they are now. One that is missing counts no longer. */
  readonly voices: readonly Voice[]
}

export type Approved = {
  /** Yeses given before that count no longer: the terms changed, or who gave them may no longer decide. */
  readonly lapsed: readonly Approval[]
} & (
  | { readonly request: SubmittedRequest; readonly grant: null; readonly open: readonly ApprovalNeed[] }
  | { readonly request: ApprovedRequest; readonly grant: OpenGrant; readonly open: readonly [] }
)

/**
 * A yes. When every need is met the request becomes a grant for its terms; until then it waits for the others. A yes
 * with changes narrows the terms: it counts for the new ones, and those given for the old ones do not.
 */
export function approve(yes: Yes): Outcome<Approved> {
  const judged = judge(yes)
  if (judged.kind === 'refused') return judged
  const { request } = judged
  const { requester, approver, owner, now, needs, duties } = yes
  if (request.ask.tier === 'break-glass') return refused('not-break-glass', 'nobody approves a break-glass request')
  const narrowed = narrowTerms(request.terms, yes.changes ?? {})
  if (narrowed.kind === 'refused') return narrowed
  const { terms } = narrowed
  if (terms.window.until <= now) return ended(terms.window)
  const next: SubmittedRequest = { ...request, terms }
  const approval: Approval = {
    by: approver.id,
    onBehalfOf: owner.id,
    at: now,
    verdict: 'approve',
    comment: yes.comment,
    requestDigest: requestDigest(next),
  }
  const earlier = request.approvals.flatMap((given) => {
    const voice = yes.voices.find((one) => one.approval.by === given.by && one.approval.at === given.at)
    const counts =
      isSameTerms(terms, request.terms) &&
      given.requestDigest === approval.requestDigest &&
      voice !== undefined &&
      lapseOf(voice, requester) === null
    return counts ? [voice] : []
  })
  const involved = new Set(earlier.flatMap(({ approval: { by, onBehalfOf } }) => [by, onBehalfOf]))
  if (involved.has(approver.id) || involved.has(owner.id)) {
    return refused('already-approved', 'this yes is given already: each that is needed is another person\u2019s')
  }
  const before = tally(needs, earlier)
  const voice: Voice = { approval, approver, owner, duties, objection: null }
  const after = tally(needs, [...earlier, voice])
  if (after.open.length >= before.open.length) {
    return refused('not-needed', `what is needed is a yes of ${before.open.map(sayNeed).join(' and of ')}`)
  }
  const approvals = [...earlier.map((one) => one.approval), approval]
  const lapsed = request.approvals.filter((given) => !approvals.includes(given))
  if (after.open.length > 0) {
    return { kind: 'ok', request: { ...next, approvals }, grant: null, open: after.open, lapsed }
  }
  const grant = grantFor(next, yes.grant, now)
  return {
    kind: 'ok',
    request: { ...core(next), kind: 'approved', approvals, grant: grant.id },
    grant,
    open: [],
    lapsed,
  }
}

/**
 * A break-glass request opens by itself, approved by nobody. Whether it may is policy's question, asked when it was
 * submitted; that it alarms and is reviewed is the caller's duty.
 */
export function breakGlass(given: {
  readonly request: SubmittedRequest
  readonly grant: GrantId
  readonly now: Instant
}): Outcome<{ readonly request: ApprovedRequest; readonly grant: OpenGrant }> {
  const { request, now } = given
  if (request.ask.tier !== 'break-glass') {
    return refused('not-break-glass', `a request of the tier \`${request.ask.tier}\` waits for its approvals`)
  }
  if (request.terms.window.until <= now) return ended(request.terms.window)
  const grant = grantFor(request, given.grant, now)
  return { kind: 'ok', request: { ...core(request), kind: 'approved', approvals: [], grant: grant.id }, grant }
}

/** Deny: the request ends. A no needs a comment, so that the person who asked knows what to change. */
export function deny(verdict: Verdict): Outcome<{ readonly request: RefusedRequest }> {
  const judged = judge(verdict)
  if (judged.kind === 'refused') return judged
  if (verdict.comment.trim() === '') return refused('reason-missing', 'expected a comment that says why, got none')
  const { request } = judged
  const { approver, owner, comment, now, digest } = verdict
  const denial: Approval = {
    by: approver.id,
    onBehalfOf: owner.id,
    at: now,
    verdict: 'deny',
    comment,
    requestDigest: digest,
  }
  return { kind: 'ok', request: { ...core(request), kind: 'refused', approvals: [...request.approvals, denial] } }
}

/** The person who asked takes the request back; that of a machine account, who answers for it now. */
export function withdraw(given: {
  readonly request: AccessRequest
  readonly by: PersonId
  /** Who owns the machine account that would use it. */
  readonly owner?: PersonId
  readonly now: Instant
}): Outcome<{ readonly request: WithdrawnRequest }> {
  const { request, by, now } = given
  if (request.kind !== 'submitted') return decided(request)
  if (by !== request.by && by !== request.askedBy && by !== given.owner)
    return refused('not-the-requester', 'only the person who asked withdraws a request')
  return { kind: 'ok', request: { ...core(request), kind: 'withdrawn', at: now } }
}

/** Until when a request can be answered: so many minutes from its asking, and never past its window. */
export function answerableUntil(request: SubmittedRequest, expireMinutes: number): Instant {
  return Math.min(request.terms.window.until, request.submittedAt + expireMinutes * 60_000)
}

/** Nobody decided in time. */
export function expireRequest(given: {
  readonly request: AccessRequest
  readonly answerableUntil: Instant
  readonly now: Instant
}): Outcome<{ readonly request: ExpiredRequest }> {
  const { request, now } = given
  if (request.kind !== 'submitted') return decided(request)
  const until = Math.min(given.answerableUntil, request.terms.window.until)
  if (now < until) return notEnded(until)
  return { kind: 'ok', request: { ...core(request), kind: 'expired', at: now } }
}

type Judged = { readonly kind: 'ok'; readonly request: SubmittedRequest } | Refused

/** What holds for a yes and a no alike. */
function judge({ request, requester, approver, owner, digest, now }: Verdict): Judged {
  if (request.kind !== 'submitted') return decided(request)
  if (requester.id !== request.by) {
    return refused('not-the-requester', 'expected the person who made the request as requester')
  }
  const unfit = unfitness(requester, approver, owner)
  if (unfit !== null) return unfit
  if (digest !== requestDigest(request)) {
    return refused('digest-mismatch', 'the request is not the one that was shown: read it again and decide on that')
  }
  if (request.terms.window.until <= now) return ended(request.terms.window)
  return { kind: 'ok', request }
}

/** What the terms come to when they are granted now. */
function grantFor({ id, by, ask, terms }: SubmittedRequest, grant: GrantId, now: Instant): OpenGrant {
  const { schedule } = ask
  const began = Math.max(now, terms.window.from)
  const counted =
    schedule.kind === 'from-approval'
      ? { from: began, until: Math.min(began + schedule.minutes * 60_000, terms.window.until) }
      : null
  return {
    kind: 'open',
    id: grant,
    request: id,
    person: by,
    asset: ask.asset,
    protocol: ask.protocol,
    operationClass: terms.operationClass,
    window: counted ?? terms.window,
    schedule: counted === null ? schedule : { kind: 'whole' },
    tier: ask.tier,
    escort: terms.escort,
    conditions: terms.conditions,
    ...(terms.transfer && { transfer: terms.transfer }),
  }
}

function faultOfSchedule({ schedule }: AccessAsk): string | null {
  switch (schedule.kind) {
    case 'whole':
      return null
    case 'from-approval':
    case 'from-first-use':
      return Number.isSafeInteger(schedule.minutes) && schedule.minutes > 0
        ? null
        : `expected a whole number of minutes, at least 1, got \`${schedule.minutes}\``
    case 'recurring':
      return schedule.extended === undefined
        ? faultOfRecurrence(schedule.recurrence, schedule.timeZone)
        : 'expected a recurrence as asked, got one with an occurrence made longer'
  }
}

function core({ id, set, by, askedBy, ask, submittedAt }: AccessRequest) {
  return { id, set, by, ...(askedBy === undefined ? {} : { askedBy }), ask, submittedAt }
}

const decided = (request: AccessRequest): Refused =>
  refused('already-decided', `the request is \`${request.kind}\` already`)
const ended = (window: Window): Refused => refused('window-ended', `the window ended at ${show(window.until)}`)
const notEnded = (until: Instant): Refused => refused('window-not-ended', `it holds until ${show(until)}`)

// The life of an access request and of the grant it becomes, as functions from one state to the next. Ids, people and
// the time are given. Whether policy permits a step is decide.ts's question; what the states themselves forbid,
// such as approving twice or approving one's own request, is refused here whoever asks.

import { digestOf } from './digest.ts'
import type { GrantId, PersonId, RequestId } from './ids.ts'
import type { AccessAsk, AccessRequest, Approval, Grant, Instant, Person, Window } from './model.ts'
import { faultOf, isInstant, isWithin, minutesOf, show } from './window.ts'

export type SubmittedRequest = AccessRequest & { readonly kind: 'submitted' }
export type ApprovedRequest = AccessRequest & { readonly kind: 'approved' }
export type RefusedRequest = AccessRequest & { readonly kind: 'refused' }
export type WithdrawnRequest = AccessRequest & { readonly kind: 'withdrawn' }
export type ExpiredRequest = AccessRequest & { readonly kind: 'expired' }
export type OpenGrant = Grant & { readonly kind: 'open' }
export type RevokedGrant = Grant & { readonly kind: 'revoked' }
export type ExpiredGrant = Grant & { readonly kind: 'expired' }

export const refusalCodes = [
  /** The request was approved, refused, withdrawn or has expired before. */
  'already-decided',
  'own-request',
  'own-supplier',
  /** The `requester` given is not who made the request, or withdraws another's. */
  'not-the-requester',
  /** What the approver saw is not this request. */
  'digest-mismatch',
  'window-malformed',
  'window-ended',
  'window-not-ended',
  'window-outside-ask',
  'window-not-longer',
  'window-too-long',
  /** The grant was revoked or has expired before. */
  'grant-not-open',
  'reason-missing',
] as const
export type RefusalCode = (typeof refusalCodes)[number]

export interface Refused {
  readonly kind: 'refused'
  readonly code: RefusalCode
  readonly text: string
}
export type Outcome<T> = ({ readonly kind: 'ok' } & T) | Refused

const refused = (code: RefusalCode, text: string): Refused => ({ kind: 'refused', code, text })

/**
 * What an approval binds to: SHA-256 (hex) over the request as asked, in a fixed order and with lengths. The state is
 * not part of it, so it stays the same from submission on.
 */
export function requestDigest(request: Pick<AccessRequest, 'id' | 'by' | 'ask' | 'submittedAt'>): string {
  const { id, by, ask, submittedAt } = request
  return digestOf([
    'sallyport.request.v1',
    id,
    by,
    ask.asset,
    ask.protocol,
    ask.operationClass,
    String(ask.window.from),
    String(ask.window.until),
    ask.purpose,
    ask.ticket,
    String(submittedAt),
  ])
}

/** A request comes into being. Refused when its window is malformed or over, or no purpose is given. */
export function submit(given: {
  readonly id: RequestId
  readonly by: PersonId
  readonly ask: AccessAsk
  readonly now: Instant
}): Outcome<{ readonly request: SubmittedRequest }> {
  const { id, by, ask, now } = given
  const fault = faultOf(ask.window)
  if (fault !== null) return refused('window-malformed', fault)
  if (ask.window.until <= now) return ended(ask.window)
  if (ask.purpose.trim() === '') return refused('reason-missing', 'expected a purpose for the access, got none')
  return { kind: 'ok', request: { kind: 'submitted', id, by, ask, submittedAt: now } }
}

export interface Verdict {
  readonly request: AccessRequest
  /** Who made the request. */
  readonly requester: Person
  readonly approver: Person
  /** The digest of the request as the approver saw it. */
  readonly digest: string
  readonly comment: string
  readonly now: Instant
}

/** Approve: the request becomes a grant, for the window asked or, if one is given, a shorter one inside it. */
export function approve(
  verdict: Verdict & { readonly grant: GrantId; readonly window?: Window },
): Outcome<{ readonly request: ApprovedRequest; readonly grant: OpenGrant }> {
  const judged = judge(verdict, 'approve')
  if (judged.kind === 'refused') return judged
  const { request, approval } = judged
  const { ask } = request
  const window = verdict.window ?? ask.window
  const fault = faultOf(window)
  if (fault !== null) return refused('window-malformed', fault)
  if (!isWithin(window, ask.window)) {
    return refused(
      'window-outside-ask',
      `expected a window inside the one asked for, ${span(ask.window)}, got ${span(window)}`,
    )
  }
  if (window.until <= verdict.now) return ended(window)
  const { id, by, submittedAt } = request
  return {
    kind: 'ok',
    request: { kind: 'approved', id, by, ask, submittedAt, approvals: [approval], grant: verdict.grant },
    grant: {
      kind: 'open',
      id: verdict.grant,
      request: id,
      person: by,
      asset: ask.asset,
      protocol: ask.protocol,
      operationClass: ask.operationClass,
      window,
    },
  }
}

/** Deny: the request ends. A no needs a comment, so that the person who asked knows what to change. */
export function deny(verdict: Verdict): Outcome<{ readonly request: RefusedRequest }> {
  const judged = judge(verdict, 'deny')
  if (judged.kind === 'refused') return judged
  if (verdict.comment.trim() === '') return refused('reason-missing', 'expected a comment that says why, got none')
  const { id, by, ask, submittedAt } = judged.request
  return { kind: 'ok', request: { kind: 'refused', id, by, ask, submittedAt, approvals: [judged.approval] } }
}

/** The person who asked takes the request back. */
export function withdraw(given: {
  readonly request: AccessRequest
  readonly by: PersonId
  readonly now: Instant
}): Outcome<{ readonly request: WithdrawnRequest }> {
  const { request, by, now } = given
  if (request.kind !== 'submitted') return decided(request)
  if (by !== request.by) return refused('not-the-requester', 'only the person who asked withdraws a request')
  return { kind: 'ok', request: { ...core(request), kind: 'withdrawn', at: now } }
}

/** Nobody decided before the window was over. */
export function expireRequest(given: {
  readonly request: AccessRequest
  readonly now: Instant
}): Outcome<{ readonly request: ExpiredRequest }> {
  const { request, now } = given
  if (request.kind !== 'submitted') return decided(request)
  if (now < request.ask.window.until) return notEnded(request.ask.window)
  return { kind: 'ok', request: { ...core(request), kind: 'expired', at: now } }
}

/** Somebody takes an open grant away. Who may is policy's question; that a reason is given is asked here. */
export function revoke(given: {
  readonly grant: Grant
  readonly by: PersonId
  readonly reason: string
  readonly now: Instant
}): Outcome<{ readonly grant: RevokedGrant }> {
  const { grant, by, reason, now } = given
  if (grant.kind !== 'open') return notOpen(grant)
  if (reason.trim() === '') return refused('reason-missing', 'expected a reason for the revocation, got none')
  return { kind: 'ok', grant: { ...grant, kind: 'revoked', by, at: now, reason } }
}

/** The window of an open grant is over. */
export function expireGrant(given: {
  readonly grant: Grant
  readonly now: Instant
}): Outcome<{ readonly grant: ExpiredGrant }> {
  const { grant, now } = given
  if (grant.kind !== 'open') return notOpen(grant)
  if (now < grant.window.until) return notEnded(grant.window)
  return { kind: 'ok', grant: { ...grant, kind: 'expired', at: now } }
}

/** An approver lengthens an open grant that is not over, up to the plant's longest window, counted from its beginning. */
export function extend(given: {
  readonly grant: Grant
  readonly requester: Person
  readonly approver: Person
  readonly until: Instant
  readonly maxWindowMinutes: number
  readonly now: Instant
}): Outcome<{ readonly grant: OpenGrant }> {
  const { grant, requester, approver, until, maxWindowMinutes, now } = given
  if (grant.kind !== 'open') return notOpen(grant)
  if (requester.id !== grant.person)
    return refused('not-the-requester', 'expected the person the grant is for as requester')
  const conflict = conflictOf(requester, approver)
  if (conflict !== null) return conflict
  if (grant.window.until <= now) return ended(grant.window)
  if (!isInstant(until)) return refused('window-malformed', 'expected the new end in whole milliseconds')
  if (until <= grant.window.until) {
    return refused('window-not-longer', `expected an end after ${show(grant.window.until)}, got ${show(until)}`)
  }
  const window = { from: grant.window.from, until }
  if (minutesOf(window) > maxWindowMinutes) {
    const text = `expected a window of at most ${maxWindowMinutes} minutes in all, got ${minutesOf(window)}`
    return refused('window-too-long', text)
  }
  return { kind: 'ok', grant: { ...grant, window } }
}

type Judged = { readonly kind: 'ok'; readonly request: SubmittedRequest; readonly approval: Approval } | Refused

/** What holds for a yes and a no alike. */
function judge(verdict: Verdict, answer: Approval['verdict']): Judged {
  const { request, requester, approver, digest, comment, now } = verdict
  if (request.kind !== 'submitted') return decided(request)
  if (requester.id !== request.by) {
    return refused('not-the-requester', 'expected the person who made the request as requester')
  }
  const conflict = conflictOf(requester, approver)
  if (conflict !== null) return conflict
  const actual = requestDigest(request)
  if (digest !== actual) {
    return refused('digest-mismatch', 'the request is not the one that was shown: read it again and decide on that')
  }
  if (request.ask.window.until <= now) return ended(request.ask.window)
  return {
    kind: 'ok',
    request,
    approval: { by: approver.id, at: now, verdict: answer, comment, requestDigest: actual },
  }
}

/** INVARIANT: nobody decides on their own request, nor on one of their own supplier. */
function conflictOf(requester: Person, approver: Person): Refused | null {
  if (approver.id === requester.id) return refused('own-request', 'nobody decides on their own request')
  if (approver.supplier !== null && approver.supplier === requester.supplier) {
    return refused('own-supplier', `nobody decides on a request of their own supplier \`${approver.supplier}\``)
  }
  return null
}

function core({ id, by, ask, submittedAt }: AccessRequest): Pick<AccessRequest, 'id' | 'by' | 'ask' | 'submittedAt'> {
  return { id, by, ask, submittedAt }
}

const span = (window: Window): string => `${show(window.from)} to ${show(window.until)}`
const decided = (request: AccessRequest): Refused =>
  refused('already-decided', `the request is \`${request.kind}\` already`)
const notOpen = (grant: Grant): Refused => refused('grant-not-open', `the grant is \`${grant.kind}\` already`)
const ended = (window: Window): Refused => refused('window-ended', `the window ended at ${show(window.until)}`)
const notEnded = (window: Window): Refused =>
  refused('window-not-ended', `the window holds until ${show(window.until)}`)

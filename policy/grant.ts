// The life of a grant, as functions from one state to the next: taken away, over, used for the first time, made longer.
// How it comes into being is approval.ts's; whether policy permits a step is decide.ts's question.

import type { PersonId } from './ids.ts'
import type { Grant, Instant, Person, Window } from './model.ts'
import { refused, type Outcome, type Refused } from './outcome.ts'
import { unfitness } from './quorum.ts'
import { isInstant, minutesOf, show } from './window.ts'

export type OpenGrant = Grant & { readonly kind: 'open' }
export type RevokedGrant = Grant & { readonly kind: 'revoked' }
export type ExpiredGrant = Grant & { readonly kind: 'expired' }

/** Somebody takes an open grant away. Who may is policy's question; that a reason is given is asked here. */
export function revoke(given: {
  readonly grant: Grant
  readonly by: PersonId | null
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
  if (now < grant.window.until) return notEnded(grant.window.until)
  return { kind: 'ok', grant: { ...grant, kind: 'expired', at: now } }
}

/**
 * The first connection on a grant: one that counts from its first use now counts. `began` says whether this use was
 * what it counts from; every other grant stays as it is.
 */
export function firstUse(given: {
  readonly grant: Grant
  readonly now: Instant
}): Outcome<{ readonly grant: OpenGrant; readonly began: boolean }> {
  const { grant, now } = given
  if (grant.kind !== 'open') return notOpen(grant)
  if (grant.window.until <= now) return ended(grant.window)
  if (now < grant.window.from) return refused('window-not-begun', `the window begins at ${show(grant.window.from)}`)
  if (grant.schedule.kind !== 'from-first-use') return { kind: 'ok', grant, began: false }
  const until = Math.min(now + grant.schedule.minutes * 60_000, grant.window.until)
  return { kind: 'ok', grant: { ...grant, window: { from: now, until }, schedule: { kind: 'whole' } }, began: true }
}

export interface Extension {
  /** The window as a whole, or of a recurring access the occurrence that is running. */
  readonly what: 'window' | 'occurrence'
  readonly from: Window
  readonly to: Window
}

/**
 * An approver lengthens an open grant that is not over, up to the longest use allowed, counted from its beginning. Of a
 * recurring access the occurrence that is running gets longer, this once, and no other.
 */
export function extend(given: {
  readonly grant: Grant
  readonly requester: Person
  readonly approver: Person
  readonly owner: Person
  /** The span that is usable now; null when none is. */
  readonly running: Window | null
  readonly until: Instant
  readonly maxWindowMinutes: number
  readonly now: Instant
}): Outcome<{ readonly grant: OpenGrant; readonly extension: Extension }> {
  const { grant, requester, approver, owner, until, maxWindowMinutes, now } = given
  if (grant.kind !== 'open') return notOpen(grant)
  if (requester.id !== grant.person)
    return refused('not-the-requester', 'expected the person the grant is for as requester')
  const unfit = unfitness(requester, approver, owner)
  if (unfit !== null) return unfit
  if (grant.window.until <= now) return ended(grant.window)
  if (!isInstant(until)) return refused('window-malformed', 'expected the new end in whole milliseconds')
  const { schedule } = grant
  const from = schedule.kind === 'recurring' ? given.running : grant.window
  if (from === null) {
    const text = 'no occurrence is running: one is extended while it runs, and further days are asked for anew'
    return refused('nothing-running', text)
  }
  const least = Math.max(from.until, now)
  if (until <= least) return refused('window-not-longer', `expected an end after ${show(least)}, got ${show(until)}`)
  const to = { from: from.from, until }
  // Counted from a first use still to come, it is the span for that use that grows, and not the use.
  if (schedule.kind !== 'from-first-use' && minutesOf(to) > maxWindowMinutes) {
    const text = `expected at most ${maxWindowMinutes} minutes in all, got ${minutesOf(to)}`
    return refused('window-too-long', text)
  }
  if (schedule.kind !== 'recurring') {
    return { kind: 'ok', grant: { ...grant, window: to }, extension: { what: 'window', from, to } }
  }
  const window = { from: grant.window.from, until: Math.max(grant.window.until, until) }
  return {
    kind: 'ok',
    grant: { ...grant, window, schedule: { ...schedule, extended: to } },
    extension: { what: 'occurrence', from, to },
  }
}

const notOpen = (grant: Grant): Refused => refused('grant-not-open', `the grant is \`${grant.kind}\` already`)
const ended = (window: Window): Refused => refused('window-ended', `the window ended at ${show(window.until)}`)
const notEnded = (until: Instant): Refused => refused('window-not-ended', `it holds until ${show(until)}`)

// What is due in a session at an instant, and when the next thing is: pure, so that it can be tried with any clock and
// any order of events. Doing it (telling the user, stopping input, closing sockets, writing evidence) is the session's.

import { hardLimitOf, type EndReason, type ExpiryBehaviour, type InputStop, type Instant } from '../../policy/index.ts'

/** A permission other than the window that ran out with time. */
export interface Lapse {
  /** When the first of it did. */
  readonly at: Instant
  readonly reason: EndReason
  /** The rules that deny since: a later denial by others is a change, and ends the session at once. */
  readonly rules: readonly string[]
  /** What they said. */
  readonly detail: string
}

/** Where a session stands, as values. Instants are the session's own time, which never runs slower than time does. */
export interface Stand {
  readonly expiry: ExpiryBehaviour
  readonly windowUntil: Instant
  readonly lapse: Lapse | null
  readonly observeOnly: boolean
  /** Input waits for somebody who comes along to let it through. */
  readonly writeHeld: boolean
  /** `leaseUntil`: until when somebody is attached; in the past, since when nobody is. Null where nobody has to be. */
  readonly escort: { readonly graceMs: number; readonly leaseUntil: Instant } | null
  readonly idle: IdleStand
  /** Until when it waits for room on the disk; null where it does not. */
  readonly heldUntil: Instant | null
  /** When time alone may change the decision; null where it does not. */
  readonly decidedUntil: Instant | null
}

export interface IdleStand {
  /** Null: never locked, never ended for resting. */
  readonly lockMs: number | null
  readonly endMs: number | null
  /** When somebody last typed on a terminal, and when anything last moved that counts against the idle end. */
  readonly typedAt: Instant
  readonly movedAt: Instant
  readonly hasTerminal: boolean
  readonly locked: boolean
}

export interface Due {
  /** Why it ends now, or null. */
  readonly end: EndReason | null
  /** Why input is stopped now; empty: it flows. */
  readonly stops: readonly InputStop[]
  /** Is the terminal to be locked now? */
  readonly lock: boolean
  /** Is it to be decided anew? */
  readonly redecide: boolean
  /** When something of this changes by time alone; null: never. */
  readonly next: Instant | null
}

/** When input stops for good: the end of the window, or of another permission that ran out before it. */
export function endOfUse({ windowUntil, lapse }: Stand): { readonly at: Instant; readonly reason: EndReason } {
  return lapse !== null && lapse.at < windowUntil ? lapse : { at: windowUntil, reason: 'expired' }
}

/** When it is closed whatever happens. */
export function hardUntil(stand: Stand): Instant {
  return hardLimitOf(stand.expiry, endOfUse(stand).at)
}

function ends(stand: Stand): readonly { readonly at: Instant; readonly reason: EndReason }[] {
  const { escort, idle, heldUntil } = stand
  return [
    { at: hardUntil(stand), reason: endOfUse(stand).reason },
    ...(heldUntil === null ? [] : [{ at: heldUntil, reason: 'recorder-failed' as const }]),
    ...(escort === null ? [] : [{ at: escort.leaseUntil + escort.graceMs, reason: 'escort-gone' as const }]),
    ...(idle.endMs === null ? [] : [{ at: idle.movedAt + idle.endMs, reason: 'idle' as const }]),
  ]
}

/** INVARIANT: at and after the earliest of its limits it ends, and input never flows at or after the end of its use. */
export function dueAt(stand: Stand, now: Instant): Due {
  const { escort, idle, decidedUntil, observeOnly, writeHeld } = stand
  const use = endOfUse(stand)
  const limits = ends(stand)
  const over = limits.filter(({ at }) => at <= now).toSorted((a, b) => a.at - b.at)[0]
  const lockAt = idle.lockMs !== null && idle.hasTerminal && !idle.locked ? idle.typedAt + idle.lockMs : null
  const stops: InputStop[] = []
  if (now >= use.at) stops.push(use.reason === 'expired' ? 'window' : 'lapsed')
  if (escort !== null && now >= escort.leaseUntil) stops.push('escort')
  if (observeOnly) stops.push('observe-only')
  if (writeHeld) stops.push('write-hold')
  const later = [
    use.at,
    ...limits.map(({ at }) => at),
    ...[escort?.leaseUntil, lockAt, decidedUntil].filter((at) => at !== null && at !== undefined),
  ].filter((at) => at > now)
  return {
    end: over?.reason ?? null,
    stops,
    lock: lockAt !== null && now >= lockAt,
    redecide: decidedUntil !== null && now >= decidedUntil,
    next: later.length === 0 ? null : Math.min(...later),
  }
}

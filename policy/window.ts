// Windows: spans of instants in which access may be used. Says whether one is well formed, how long it is, and whether
// an instant lies inside. Who may have which window is decided elsewhere.

import type { Instant, Window } from './model.ts'

/** How far in the past a request's window may begin: the time it takes to fill in the form. */
export const startGraceMs = 5 * 60_000

/** The largest instant a date can hold (ECMA-262 21.4.1.1). */
const lastInstant = 8.64e15

export function isInstant(value: number): boolean {
  return Number.isSafeInteger(value) && Math.abs(value) <= lastInstant
}

/** Both ends are instants: the window can be reckoned with, though it may still run backwards. */
export function hasFiniteEnds(window: Window): boolean {
  return isInstant(window.from) && isInstant(window.until)
}

/** Length in minutes, a begun minute counted whole, so that a window is never longer than it says. */
export function minutesOf(window: Window): number {
  return Math.ceil((window.until - window.from) / 60_000)
}

/** `from` is inside, `until` is not. */
export function isInside(window: Window, at: Instant): boolean {
  return at >= window.from && at < window.until
}

/** Is `inner` nowhere outside `outer`? */
export function isWithin(inner: Window, outer: Window): boolean {
  return inner.from >= outer.from && inner.until <= outer.until
}

/** What is wrong with the form of a window, as a clause, or null. */
export function faultOf(window: Window): string | null {
  if (!hasFiniteEnds(window)) return 'expected a window between two instants in whole milliseconds'
  if (window.from >= window.until) {
    return `expected a window that ends after it begins, got \`${show(window.from)}\` to \`${show(window.until)}\``
  }
  return null
}

/** An instant as people and tools both read it (RFC 3339, UTC, seconds). */
export function show(at: Instant): string {
  return isInstant(at) ? new Date(at).toISOString().replace(/\.\d+Z$/, 'Z') : String(at)
}

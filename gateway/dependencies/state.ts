// How one dependency stands, and what a look makes of it: values only. So many failures in a row and it is degraded;
// one good look and it is available again. Beside it the day is counted for the heartbeat.

import type { DependencyState, Instant } from '../../policy/index.ts'
import type { SeenDependency } from '../store/dependencies.ts'

/** What looks or uses showed since the last time. */
export interface Shown {
  readonly at: Instant
  readonly good: number
  readonly failed: number
  /** Failures in a row, where whoever looked counts them itself; null: this was one look. */
  readonly streak: number | null
  /** Null where it works. */
  readonly problem: string | null
}

const rank: Readonly<Record<DependencyState, number>> = { available: 0, unknown: 1, degraded: 2 }
const worse = (a: DependencyState, b: DependencyState): DependencyState => (rank[b] > rank[a] ? b : a)

/** One that nobody has looked at. */
export function unseen(dependency: string, watch: string, now: Instant): SeenDependency {
  return {
    dependency,
    watch,
    state: 'unknown',
    since: now,
    failures: 0,
    lookedAt: null,
    goodAt: null,
    problem: null,
    day: { from: now, good: 0, failed: 0, worst: 'unknown', degradedMs: 0 },
  }
}

/** What it is after that. @param limit failures in a row after which it is degraded. */
export function after(seen: SeenDependency, shown: Shown, limit: number): SeenDependency {
  const { at, good, failed, problem } = shown
  const failures = shown.streak ?? (failed > 0 ? seen.failures + failed : 0)
  const state: DependencyState = failures === 0 ? 'available' : failures >= limit ? 'degraded' : seen.state
  const isChange = state !== seen.state
  const endedMs = isChange && seen.state === 'degraded' ? at - Math.max(seen.since, seen.day.from) : 0
  // The first look of a day says how the day began: not known is no longer the worst there was.
  const before = seen.day.worst === 'unknown' ? state : seen.day.worst
  return {
    ...seen,
    state,
    since: isChange ? at : seen.since,
    failures,
    lookedAt: at,
    goodAt: good > 0 ? at : seen.goodAt,
    problem,
    day: {
      ...seen.day,
      good: seen.day.good + good,
      failed: seen.day.failed + failed,
      worst: worse(before, state),
      degradedMs: seen.day.degradedMs + Math.max(0, endedMs),
    },
  }
}

/** The day so far, with an outage that lasts, ms. */
export function degradedMsOf({ state, since, day }: SeenDependency, now: Instant): number {
  return day.degradedMs + (state === 'degraded' ? Math.max(0, now - Math.max(since, day.from)) : 0)
}

/** A new day begins as the last one ended. */
export function nextDay(seen: SeenDependency, now: Instant): SeenDependency {
  return { ...seen, day: { from: now, good: 0, failed: 0, worst: seen.state, degradedMs: 0 } }
}

// How each thing the path of access leans on was seen last: one row each, so that a restart does not forget that
// something is down, nor how the day went so far.

import type { DependencyState, Instant } from '../../policy/index.ts'
import type { Db } from './schema.ts'

/** The time a heartbeat is about, so far. */
export interface DependencyDay {
  readonly from: Instant
  readonly good: number
  readonly failed: number
  readonly worst: DependencyState
  /** Ended outages of that time, ms; one that lasts is reckoned from `since`. */
  readonly degradedMs: number
}

export interface SeenDependency {
  readonly dependency: string
  /** How it is looked at, by `watchKey`. */
  readonly watch: string
  readonly state: DependencyState
  readonly since: Instant
  readonly failures: number
  readonly lookedAt: Instant | null
  readonly goodAt: Instant | null
  readonly problem: string | null
  readonly day: DependencyDay
}

export interface Dependencies {
  all(): Promise<readonly SeenDependency[]>
  put(seen: SeenDependency): Promise<void>
  remove(dependency: string): Promise<void>
}

export function dependenciesIn(db: Db): Dependencies {
  return {
    async all() {
      const rows = await db.selectFrom('dependency_state').selectAll().orderBy('dependency').execute()
      return rows.map((row) => ({
        dependency: row.dependency,
        watch: row.watch,
        state: row.state as DependencyState,
        since: Number(row.since),
        failures: Number(row.failures),
        lookedAt: row.looked_at === null ? null : Number(row.looked_at),
        goodAt: row.good_at === null ? null : Number(row.good_at),
        problem: row.problem,
        day: {
          from: Number(row.day_from),
          good: Number(row.day_good),
          failed: Number(row.day_failed),
          worst: row.day_worst as DependencyState,
          degradedMs: Number(row.day_degraded_ms),
        },
      }))
    },
    async put({ dependency, watch, state, since, failures, lookedAt, goodAt, problem, day }) {
      const values = {
        watch,
        state,
        since,
        failures,
        looked_at: lookedAt,
        good_at: goodAt,
        problem,
        day_from: day.from,
        day_good: day.good,
        day_failed: day.failed,
        day_worst: day.worst,
        day_degraded_ms: day.degradedMs,
      }
      await db
        .insertInto('dependency_state')
        .values({ dependency, ...values })
        .onConflict((c) => c.column('dependency').doUpdateSet(values))
        .execute()
    },
    async remove(dependency) {
      await db.deleteFrom('dependency_state').where('dependency', '=', dependency).execute()
    },
  }
}

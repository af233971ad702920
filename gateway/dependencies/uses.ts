// What the gateway learns of others by using them: each use says how it went, and once a second the watch takes what
// came. Nothing is asked here only to know.

import type { DependencyUse, Instant } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'

/** What one use showed since it was last taken: over all far sides of that use, the worst of them counts. */
export interface Used {
  readonly at: Instant
  readonly good: number
  readonly failed: number
  /** Failures in a row of the far side that fails longest; 0 where the last use of each went well. */
  readonly streak: number
  readonly problem: string | null
}

export interface Uses {
  /** @param name which of several, such as a webhook's. @param problem null: it went well. */
  note(use: DependencyUse, name: string, problem: string | null): void
  /** What was noted of a use since the last call; null where it was not used. */
  take(use: DependencyUse): Used | null
}

interface FarSide {
  streak: number
  problem: string | null
}

/** Names come from the configuration; more than that is somebody's mistake, and not kept. */
const mostNames = 100

export function openUses(clock: Clock): Uses {
  const sides = new Map<DependencyUse, Map<string, FarSide>>()
  const fresh = new Map<DependencyUse, { good: number; failed: number; at: Instant }>()
  return {
    note(use, name, problem) {
      const of = sides.get(use) ?? new Map<string, FarSide>()
      sides.set(use, of)
      if (!of.has(name) && of.size >= mostNames) return
      of.set(name, { streak: problem === null ? 0 : (of.get(name)?.streak ?? 0) + 1, problem })
      const counted = fresh.get(use) ?? { good: 0, failed: 0, at: 0 }
      if (problem === null) counted.good += 1
      else counted.failed += 1
      fresh.set(use, { ...counted, at: clock.now() })
    },
    take(use) {
      const counted = fresh.get(use)
      if (counted === undefined) return null
      fresh.delete(use)
      const all = [...(sides.get(use) ?? [])]
      const [worst] = all.toSorted(([, a], [, b]) => b.streak - a.streak)
      const [name = '', side] = worst ?? []
      const streak = side?.streak ?? 0
      const problem = side?.problem ?? null
      return { ...counted, streak, problem: problem !== null && all.length > 1 ? `${name}: ${problem}` : problem }
    },
  }
}

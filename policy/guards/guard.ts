// The shape of an invariant: what it finds in a situation, and what would have to change.

import type { Remedy, RemedyKind } from '../model.ts'
import type { Situation } from '../situation.ts'

/** What stands in the way, as a clause, and what would have to change. */
export interface Finding {
  readonly holds: string
  readonly remedy: Remedy
}

export interface Guard {
  /** Catalogue ids of the controls it serves. */
  readonly controls: readonly string[]
  /** Null when nothing stands in the way. */
  readonly check: (situation: Situation) => Finding | null
}

/** A finding: what holds, and the next step. */
export function finding(holds: string, kind: RemedyKind, next: string): Finding {
  return { holds, remedy: { kind, text: next } }
}

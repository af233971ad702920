// What an activation costs: every open grant in use is decided anew under the new bundle, in short turns, so that the
// sessions of the same process go on meanwhile. The turns are those of gateway/sessions/reevaluation.ts and the question
// is the door's own; reading people and grants from the store is not in it. Says how long all of it takes and how long
// the event loop stood still at most.

import { setImmediate as nextTurn } from 'node:timers/promises'
import { decide, decidedUntil, type Bundle } from '../../../policy/index.ts'
import type { PlantSize } from './plant.ts'
import { questionsOf } from './questions.ts'

export interface ReEvaluationFigures {
  readonly size: PlantSize
  readonly grants: number
  readonly ms: number
  /** Milliseconds the event loop was held at most. */
  readonly longestBlock: number
}

/** How long deciding may keep everything else waiting, ms. */
const longestTurnMs = 10

export async function measureReEvaluation(
  bundle: Bundle,
  size: PlantSize,
  grants: number,
): Promise<ReEvaluationFigures> {
  const questions = questionsOf(size, grants, 'connect')
  for (const { request, facts } of questions.slice(0, 200)) decide(request, bundle, facts)
  let longestBlock = 0
  const started = performance.now()
  let turnBegan = started
  for (const { request, facts } of questions) {
    decide(request, bundle, facts)
    decidedUntil(request, bundle, facts)
    const held = performance.now() - turnBegan
    if (held < longestTurnMs) continue
    longestBlock = Math.max(longestBlock, held)
    await nextTurn()
    turnBegan = performance.now()
  }
  return { size, grants, ms: performance.now() - started, longestBlock }
}

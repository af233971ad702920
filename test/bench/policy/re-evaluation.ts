// What an activation costs: every open grant in use is decided anew under the new bundle, in short turns, so that the
// sessions of the same process go on meanwhile. The turns are those of gateway/turns.ts and the question
// is the door's own; reading people and grants from the store is not in it. Says how long all of it takes and how long
// the event loop stood still at most.

import { monitorEventLoopDelay } from 'node:perf_hooks'
import { openTurns } from '../../../gateway/turns.ts'
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

export async function measureReEvaluation(
  bundle: Bundle,
  size: PlantSize,
  grants: number,
): Promise<ReEvaluationFigures> {
  const questions = questionsOf(size, grants, 'connect')
  for (const { request, facts } of questions.slice(0, 200)) decide(request, bundle, facts)
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const started = performance.now()
  const giveWay = openTurns()
  for (const { request, facts } of questions) {
    decide(request, bundle, facts)
    decidedUntil(request, bundle, facts)
    await giveWay()
  }
  const ms = performance.now() - started
  delay.disable()
  return { size, grants, ms, longestBlock: delay.max / 1e6 }
}

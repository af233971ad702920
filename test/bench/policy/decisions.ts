// Decisions a second and their 99th percentile, against Cedar asked by itself: the same questions put to the engine with
// every policy of the bundle, parsed before, and with nothing worked out around it. The ratio says what the gateway's
// own part costs or saves.

import { parseBundle, showProblem, type Bundle } from '../../../policy/index.ts'
import { ask, keepPolicies, keepSchema } from '../../../policy/cedar/engine.ts'
import { questionOf } from '../../../policy/cedar/question.ts'
import { decide } from '../../../policy/decide.ts'
import { situationOf } from '../../../policy/situation.ts'
import { quantile } from '../figures.ts'
import { plantFiles, type PlantSize } from './plant.ts'
import { questionsOf, type Question } from './questions.ts'

export interface DecisionFigures {
  readonly size: PlantSize
  readonly decide: Rate
  readonly cedar: Rate
  /** Permits and denials, so that a reader sees that both were measured. */
  readonly permits: number
  readonly denials: number
}

export interface Rate {
  readonly perSecond: number
  /** Milliseconds. */
  readonly median: number
  readonly p99: number
}

/** @throws with every problem when the made-up plant is not a valid bundle. */
export function bundleOf(size: PlantSize): Bundle {
  const parsed = parseBundle(plantFiles(size, 'csv'))
  if (parsed.kind === 'ok') return parsed.bundle
  throw new Error(`the bench's plant: ${parsed.problems.slice(0, 5).map(showProblem).join('\n')}`)
}

/** Calls in turns of so many, so that both sides meet the same moments of the machine. */
const turn = 200
const warmUp = 400

/** Times each call by itself. Turns of the two sides alternate. */
export function timeSides<T>(
  items: readonly T[],
  sides: readonly ((item: T) => void)[],
): readonly (readonly number[])[] {
  for (const side of sides) for (const item of items.slice(0, warmUp)) side(item)
  const samples = sides.map((): number[] => [])
  for (let at = 0; at < items.length; at += turn)
    for (const [i, side] of sides.entries())
      for (const item of items.slice(at, at + turn)) {
        const started = performance.now()
        side(item)
        samples[i]?.push(performance.now() - started)
      }
  return samples
}

export function rateOf(samples: readonly number[]): Rate {
  const total = samples.reduce((sum, ms) => sum + ms, 0)
  return {
    perSecond: (samples.length / total) * 1000,
    median: quantile(samples, 0.5),
    p99: quantile(samples, 0.99),
  }
}

/** Measures one size. @param calls how many decisions. */
export function measureDecisions(bundle: Bundle, size: PlantSize, calls: number): DecisionFigures {
  const whole = `bench/${size.assets}/${size.policies}`
  const policies = Object.fromEntries([...bundle.policies.values()].map(({ id, source }) => [id, source]))
  const fault = keepSchema() ?? keepPolicies(whole, policies)
  if (fault !== null) throw new Error(`the bench's policies: ${fault}`)
  const questions = questionsOf(size, calls, 'all').map((question) => ({
    ...question,
    cedar: { ...cedarQuestion(question, bundle), policySet: whole },
  }))
  let permits = 0
  const [decided = [], asked = []] = timeSides(questions, [
    ({ request, facts }) => {
      if (decide(request, bundle, facts).kind === 'permit') permits += 1
    },
    ({ cedar }) => {
      const answer = ask(cedar)
      if (answer.kind === 'failed') throw new Error(`cedar: ${answer.message}`)
    },
  ])
  const all = questions.length + Math.min(warmUp, questions.length)
  return { size, decide: rateOf(decided), cedar: rateOf(asked), permits, denials: all - permits }
}

function cedarQuestion({ request, facts }: Question, bundle: Bundle) {
  const asset = bundle.assets.get(request.action === 'connect' ? request.asset : request.ask.asset)
  if (asset === undefined) throw new Error('the bench asks about an asset its plant has not')
  return questionOf(situationOf(request, asset, bundle, facts), bundle)
}

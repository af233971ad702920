// The policy part of the bench: decisions at growing plants and rule books, the check of a large bundle, and what an
// activation costs. Needs no network and no OpenSSH; docs/performance.md explains the figures.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { bundleOf, measureDecisions, type DecisionFigures } from './decisions.ts'
import { measureLiving, type LivingFigures } from './living.ts'
import type { PlantSize } from './plant.ts'
import { measureReEvaluation, type ReEvaluationFigures } from './re-evaluation.ts'
import { measureValidation, type ValidationFigures } from './validation.ts'

export interface PolicyPlan {
  readonly assets: readonly number[]
  readonly policies: readonly number[]
  /** Decisions timed at each size. */
  readonly calls: number
  readonly grants: number
}

export interface PolicyFindings {
  readonly decisions: readonly DecisionFigures[]
  readonly validations: readonly ValidationFigures[]
  readonly reEvaluations: readonly ReEvaluationFigures[]
  readonly living: LivingFigures
}

/** A YAML file may have 8 MiB; larger inventories are a table. */
const mostInYaml = 15_000

const sizeText = ({ assets, policies }: PlantSize): string => `${assets} assets, ${policies} policies`

/**
 * Measures everything of the plan, the largest last.
 * @param folder for bundles written to disk; must not exist.
 */
export async function measurePolicy(
  plan: PolicyPlan,
  folder: string,
  say: (text: string) => void,
): Promise<PolicyFindings> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const largest = Math.max(...plan.assets)
  const validations: ValidationFigures[] = []
  for (const inventory of ['yaml', 'csv'] as const) {
    const size = { assets: inventory === 'yaml' ? Math.min(largest, mostInYaml) : largest, policies: 100 }
    say(`policy: checking a bundle of ${sizeText(size)} (${inventory})`)
    validations.push(await measureValidation(join(folder, inventory), size, inventory))
  }
  const decisions: DecisionFigures[] = []
  const reEvaluations: ReEvaluationFigures[] = []
  for (const assets of plan.assets)
    for (const policies of plan.policies) {
      const size = { assets, policies }
      say(`policy: deciding at ${sizeText(size)}`)
      const bundle = bundleOf(size)
      decisions.push(measureDecisions(bundle, size, plan.calls))
      if (assets === largest) reEvaluations.push(await measureReEvaluation(bundle, size, plan.grants))
    }
  say(`policy: deciding ${plan.grants} living sessions anew`)
  const living = await measureLiving(plan.grants, join(folder, 'living.sqlite'))
  return { decisions, validations, reEvaluations, living }
}

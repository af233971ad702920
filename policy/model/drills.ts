// Drills: what a gateway is put to the test with while it serves, against the very door and rules in force. A drill
// dials nothing and touches nothing real: it has an asset of its own, and people that exist in it alone.

import type { AssetId } from '../ids.ts'

export const drillSteps = [
  // Where everything is right it is let in: without this, no refusal below says anything.
  'permitted',
  'unknown-key',
  'wrong-place',
  'outside-window',
  'second-factor',
  'no-grant',
  'unapproved-operation',
  'unregistered-asset',
  'safety-system',
  'suspended-supplier',
  'stolen-link',
  'recorder-down',
  'policy-down',
  'kill',
] as const
export type DrillStep = (typeof drillSteps)[number]

/** A drill of register.yaml: what is tried, how often, and who answers for it. */
export interface Drill {
  readonly name: string
  /** Declared with `drill: true`. */
  readonly asset: AssetId
  readonly everyDays: number
  readonly owner: string
  /** In the order they are taken. */
  readonly steps: readonly DrillStep[]
}

export const drillVerdicts = ['held', 'failed', 'not-applicable'] as const
export type DrillVerdict = (typeof drillVerdicts)[number]

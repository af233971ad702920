// A bundle with one policy more that cannot be evaluated, for drills: what cannot be evaluated has to deny.

import { keepPolicies } from './cedar/engine.ts'
import { PolicySlices } from './cedar/slices.ts'
import type { Bundle } from './bundle/bundle.ts'

/** One name for all: a later drill takes the place of the one before, and the engine keeps no more than one. */
const name = 'drill/policies'
export const faultyPolicy = 'drill-fault'
/** It is what a policy should be until it is reckoned with: no number is one more than the largest (Cedar, overflow). */
const source = `permit(principal, action, resource) when { context.windowMinutes + 9223372036854775807 + 9223372036854775807 > 0 };`

/**
 * The bundle, with a policy beside its own that fails whenever it is asked. For one decision: nothing of it is kept.
 * @throws when the engine does not take it.
 */
export function withFaultyPolicy(bundle: Bundle): Bundle {
  const policies = [
    ...[...bundle.policies.values()].map(({ id, source: own }) => ({ id, source: own })),
    { id: faultyPolicy, source },
  ]
  const fault = keepPolicies(name, Object.fromEntries(policies.map((each) => [each.id, each.source])))
  if (fault !== null) throw new Error(`cedar: ${fault}`)
  const slices = new PolicySlices('drill', name, policies, undefined, 0)
  return { ...bundle, cedar: { ...bundle.cedar, slices } }
}

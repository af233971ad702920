// From what was declared to what can be decided by. What was declared is plain data and may have been read elsewhere, in
// another process; only the engine's own part, the policies held parsed, has to be made where it is asked.

import { keepPolicies, keepSchema } from '../cedar/engine.ts'
import { PolicySlices, shapesOf, type PolicyShapes } from '../cedar/slices.ts'
import type { Bundle, PolicyRule } from './bundle.ts'
import { deepFreeze } from './freeze.ts'
import { takeApart, type Parts } from './parts.ts'

/** What is worked out of the policies beforehand, because it takes long. */
export interface PreparedPolicies {
  readonly shapes: PolicyShapes
  readonly parts: Parts
}

/** A bundle without what only the thread that decides can hold. Plain data: maps, lists and scalars. */
export interface DeclaredBundle extends Omit<Bundle, 'cedar'> {
  readonly prepared: PreparedPolicies
}

export function preparePolicies(policies: readonly PolicyRule[]): PreparedPolicies {
  return { shapes: shapesOf(policies), parts: takeApart(policies) }
}

/**
 * The bundle, frozen, with its policies held ready by the engine of this thread: some 100 ms for a thousand of them.
 * @throws when the engine does not take them, which it did where they were read.
 */
export function readyBundle({ prepared, ...declared }: DeclaredBundle): Bundle {
  const { digest } = declared
  const policies = [...declared.policies.values()]
  const policySet = `${digest}/policies`
  const fault =
    keepSchema() ?? keepPolicies(policySet, Object.fromEntries(policies.map((rule) => [rule.id, rule.source])))
  if (fault !== null) throw new Error(`cedar: ${fault}`)
  const partSet = `${digest}/parts`
  const isTaken = keepPolicies(partSet, prepared.parts.policies) === null
  return deepFreeze({
    ...declared,
    cedar: {
      policySet,
      slices: new PolicySlices(digest, policySet, policies, prepared.shapes),
      parts: isTaken ? { policySet: partSet, all: prepared.parts.all } : null,
    },
  })
}

// Letting go of a bundle's policies in the Cedar engine. The engine keeps parsed sets by name for ever and has no call to
// drop one; putting an empty set under the name frees what it held, all but the name itself (some 80 bytes a bundle).

import { keepPolicies } from '../cedar/engine.ts'
import type { Bundle } from './bundle.ts'

/**
 * Frees the policies held for a bundle. It must not be decided under any more: with its policies gone nothing is
 * permitted, so a mistake here refuses and never opens. Another parse of the same files takes them up again.
 */
export function releaseBundle({ cedar }: Bundle): void {
  cedar.slices.release()
  for (const name of [cedar.policySet, cedar.parts?.policySet]) {
    if (name !== undefined) keepPolicies(name, {})
  }
}

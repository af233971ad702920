// The demo bundle for scenes of other things: their people are new in every test, so nothing is asked of them that has to
// be attested first. What is attested has scenes of its own.

import type { Bundle } from '../../policy/index.ts'

/** The bundle without trainings and expectations. */
export function untaught(bundle: Bundle): Bundle {
  return { ...bundle, expectations: [], access: { ...bundle.access, trainings: [] } }
}

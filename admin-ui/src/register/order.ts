// The register in the order in which it needs attention. Pure.

import type { ControlView } from '../../../gateway/contract/views.ts'

/** Control states, the one that most needs somebody first. */
export const attention = [
  'failing',
  'no-evidence',
  'stale',
  'not-exercised',
  'fresh',
] as const satisfies readonly ControlView['state'][]

/** Controls by need of attention, then by id. */
export const byAttention = (controls: readonly ControlView[]): readonly ControlView[] =>
  controls.toSorted((a, b) => attention.indexOf(a.state) - attention.indexOf(b.state) || a.id.localeCompare(b.id))

/** How many controls are in each state, states without one included. */
export const countStates = (
  controls: readonly ControlView[],
): readonly { state: ControlView['state']; count: number }[] =>
  attention.map((state) => ({ state, count: controls.filter((control) => control.state === state).length }))

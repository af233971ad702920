// Small streams of events for the register's tests: each event with its minute, and what the register says of them.

import type { Events, EventType } from '../../../policy/events.ts'
import type { EvidenceEvent } from '../../../policy/model.ts'
import { catalogue } from '../../../policy/register/catalogue.ts'
import { startRegister, type ControlState } from '../../../policy/register/evaluate.ts'

export const start = Date.parse('2026-03-02T09:00:00Z')
export const minute = 60_000
export const day = 24 * 60 * minute

export type Loose = {
  readonly [T in EventType]: readonly [minutes: number, type: T, data: { readonly [K in keyof Events[T]]?: unknown }]
}[EventType]

export function stream(...events: readonly Loose[]): readonly EvidenceEvent[] {
  return events.map(([minutes, type, data], index) => ({
    index,
    at: start + minutes * minute,
    type,
    data: { ...data },
  }))
}

export function stateOf(control: string, events: readonly EvidenceEvent[], at = start + 60 * minute): ControlState {
  const register = startRegister(catalogue.values(), start)
  for (const event of events) register.feed(event)
  const found = register.result(at).find((each) => each.control.id === control)
  if (found === undefined) throw new Error(`no state for ${control}`)
  return found
}

export const window = { from: start, until: start + 120 * minute }
export const purpose = `sha256:${'a'.repeat(64)}`

/** What is shown of one control. */
export interface Cases {
  /** Held, when looked at an hour later. */
  readonly fresh: readonly Loose[]
  /** How long after the start the same events are too old, ms. */
  readonly staleAfter: number
  /** Events that feed the control and test nothing. */
  readonly notExercised: readonly Loose[]
  /** Each way to fail, with the index of the event that shows it. */
  readonly failing: readonly (readonly [string, readonly Loose[], number])[]
}

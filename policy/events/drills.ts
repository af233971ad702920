// Drills: what was tried against the living gateway, and whether it held.

import { drillSteps, drillVerdicts } from '../model/drills.ts'
import { event, instant, list, number, oneOf, optional, orNull, record, said, text, type EventsOf } from './fields.ts'
import { assetId, drillRunId, personId, plantId } from './names.ts'

export const drillEvents = {
  'drill.started': event(
    'A drill began: entries that carry its id are its own, and nothing in them happened to the plant.',
    { drill: drillRunId, name: text, asset: assetId, plant: plantId, by: personId, bundle: text },
  ),
  'drill.completed': event('A drill ended: what was expected of each step, and what came.', {
    drill: drillRunId,
    name: text,
    asset: assetId,
    plant: plantId,
    by: personId,
    bundle: text,
    outcome: said('`passed` only where no step failed and at least one held.', oneOf(['passed', 'failed'])),
    startedAt: instant,
    steps: list(
      record({
        step: oneOf(drillSteps),
        verdict: oneOf(drillVerdicts),
        expected: text,
        got: text,
        tookMs: optional(said('How long it took, where that is what was measured.', number)),
        entries: said('Ledger indexes of what it wrote.', list(number)),
      }),
    ),
  }),
  'drill.overdue': event('A drill of the bundle was not completed in its time. Once for each day it was due.', {
    name: text,
    plant: plantId,
    lastAt: said('When it was last completed; null: never.', orNull(instant)),
    dueAt: instant,
  }),
} as const

export type DrillEvents = EventsOf<typeof drillEvents>

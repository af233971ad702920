// What is answered about drills: those the bundle declares, and what their runs found.

import { Type, type Static } from 'typebox'
import { PersonRef } from './parts.ts'
import { Instant, closed, orNull } from '../primitives.ts'

export const DrillStepView = Type.Object(
  {
    step: Type.String(),
    /** In words, what is tried. */
    title: Type.String(),
    verdict: Type.Union([Type.Literal('held'), Type.Literal('failed'), Type.Literal('not-applicable')]),
    expected: Type.String(),
    got: Type.String(),
    tookMs: orNull(Type.Number()),
    /** Ledger indexes of what it wrote. */
    entries: Type.Array(Type.Integer()),
  },
  closed,
)
export type DrillStepView = Static<typeof DrillStepView>

export const DrillRunView = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    asset: Type.String(),
    plant: Type.String(),
    by: PersonRef,
    startedAt: Instant,
    endedAt: orNull(Instant),
    /** Null while it runs, and where the gateway stopped in the middle of it. */
    outcome: orNull(Type.Union([Type.Literal('passed'), Type.Literal('failed')])),
    steps: Type.Array(DrillStepView),
  },
  closed,
)
export type DrillRunView = Static<typeof DrillRunView>

export const DrillView = Type.Object(
  {
    name: Type.String(),
    plant: Type.String(),
    asset: Type.String(),
    owner: Type.String(),
    everyDays: Type.Integer(),
    steps: Type.Array(Type.Object({ step: Type.String(), title: Type.String() }, closed)),
    last: orNull(DrillRunView),
    dueAt: Instant,
    overdue: Type.Boolean(),
    mayRun: Type.Boolean(),
  },
  closed,
)
export type DrillView = Static<typeof DrillView>

export const DrillsView = Type.Object({ drills: Type.Array(DrillView), runs: Type.Array(DrillRunView) }, closed)
export type DrillsView = Static<typeof DrillsView>

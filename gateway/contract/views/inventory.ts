// What is answered about how well the inventory stands: walkdowns, coverage, applicability, and how the scope fits.

import { Type, type Static } from 'typebox'
import { Instant, closed, orNull } from '../primitives.ts'
import { AssetView } from './assets.ts'
import { PersonRef } from './parts.ts'
import { ControlStateView } from './register.ts'

/** What was confirmed: the assets as they stand now. */
export const ConfirmedView = Type.Object({ items: Type.Array(AssetView) }, closed)
export type ConfirmedView = Static<typeof ConfirmedView>

const Counts = Type.Object({ uncovered: Type.Integer(), untested: Type.Integer(), covered: Type.Integer() }, closed)

export const CoverageRow = Type.Object(
  {
    kind: Type.Union([
      Type.Literal('asset'),
      Type.Literal('conduit'),
      Type.Literal('interface'),
      Type.Literal('information'),
    ]),
    id: Type.String(),
    name: Type.String(),
    plant: Type.String(),
    owner: orNull(Type.String()),
    state: Type.Union([Type.Literal('uncovered'), Type.Literal('untested'), Type.Literal('covered')]),
    why: Type.String(),
    /** Controls of the register that apply to it. */
    controls: Type.Array(Type.Object({ id: Type.String(), state: ControlStateView }, closed)),
    /** The last time one of them was put to the test on this very thing. */
    freshest: orNull(Type.Object({ control: Type.String(), index: Type.Integer(), at: Instant }, closed)),
  },
  closed,
)
export type CoverageRow = Static<typeof CoverageRow>

export const CoverageView = Type.Object(
  {
    computedAt: Instant,
    ledgerSize: Type.Integer(),
    bundle: Type.String(),
    scopeVersion: Type.String(),
    counts: Counts,
    /** A page, what is not covered first. */
    items: Type.Array(CoverageRow),
    next: orNull(Type.String()),
  },
  closed,
)
export type CoverageView = Static<typeof CoverageView>

export const CoverageSnapshotView = Type.Object(
  { index: Type.Integer(), at: Instant, digest: Type.String(), counts: Counts },
  closed,
)
export type CoverageSnapshotView = Static<typeof CoverageSnapshotView>

/** The controls of the gateway support evidence for these clauses; whether one is met is an auditor's judgement. */
export const ApplicabilityView = Type.Object(
  {
    computedAt: Instant,
    bundle: Type.String(),
    scopeVersion: Type.String(),
    statement: Type.String(),
    standards: Type.Array(
      Type.Object(
        {
          /** As scope.yaml names it. */
          regime: Type.String(),
          /** Key of the catalogue; null where it maps no control to this regime. */
          standard: orNull(Type.String()),
          clauses: Type.Array(
            Type.Object(
              {
                clause: Type.String(),
                controls: Type.Array(
                  Type.Object(
                    {
                      id: Type.String(),
                      title: Type.String(),
                      coverage: Type.Union([Type.Literal('full'), Type.Literal('partial')]),
                      /** Who answers for it; null: the plant does not use it. */
                      owner: orNull(Type.String()),
                      state: orNull(ControlStateView),
                    },
                    closed,
                  ),
                ),
              },
              closed,
            ),
          ),
        },
        closed,
      ),
    ),
    /** Controls a regime maps, and register.yaml leaves out. */
    unused: Type.Array(Type.String()),
  },
  closed,
)
export type ApplicabilityView = Static<typeof ApplicabilityView>

export const ScopeFitView = Type.Object(
  {
    bundle: Type.String(),
    scopeVersion: Type.String(),
    /** The last review; null while nobody has looked. */
    last: orNull(Type.Object({ by: PersonRef, at: Instant, decisions: Type.String() }, closed)),
    /** When the next one is due; null: the first one is, now. */
    dueAt: orNull(Instant),
    isDue: Type.Boolean(),
    findings: Type.Array(
      Type.Object(
        {
          topic: Type.String(),
          title: Type.String(),
          count: Type.Integer(),
          items: Type.Array(Type.Object({ id: Type.String(), text: Type.String() }, closed)),
        },
        closed,
      ),
    ),
    mayReview: Type.Boolean(),
  },
  closed,
)
export type ScopeFitView = Static<typeof ScopeFitView>

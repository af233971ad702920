// What is answered about controls and evidence.

import { Type, type Static } from 'typebox'
import { Instant, closed, orNull } from '../primitives.ts'

export const ControlStateView = Type.Union([
  Type.Literal('fresh'),
  Type.Literal('stale'),
  Type.Literal('failing'),
  Type.Literal('not-exercised'),
  Type.Literal('no-evidence'),
])
export type ControlStateView = Static<typeof ControlStateView>

export const ControlView = Type.Object(
  {
    id: Type.String(),
    title: Type.String(),
    description: Type.String(),
    owner: Type.String(),
    risks: Type.Array(Type.String()),
    state: ControlStateView,
    reason: Type.String(),
    population: Type.Integer(),
    events: Type.Integer(),
    lastIndex: orNull(Type.Integer()),
    lastAt: orNull(Instant),
    freshness: Type.String(),
    failsWhen: Type.String(),
    evidenceEvents: Type.Array(Type.String()),
    offenders: Type.Array(Type.Object({ index: Type.Integer(), text: Type.String() }, closed)),
    mappings: Type.Record(Type.String(), Type.Array(Type.String())),
  },
  closed,
)
export type ControlView = Static<typeof ControlView>

export const RegisterView = Type.Object(
  {
    computedAt: Instant,
    ledgerSize: Type.Integer(),
    /** Whose register it is; null: of all there is. */
    plants: orNull(Type.Array(Type.String())),
    scopeVersion: Type.String(),
    statement: Type.String(),
    notCovered: Type.Array(Type.String()),
    controls: Type.Array(ControlView),
  },
  closed,
)
export type RegisterView = Static<typeof RegisterView>

/** One entry, byte for byte, and the file that proves it stands in the ledger (C2SP tlog-proof). */
export const EntryProofView = Type.Object(
  { index: Type.Integer({ minimum: 0 }), entry: Type.String(), proof: Type.String() },
  closed,
)
export type EntryProofView = Static<typeof EntryProofView>

export const EvidenceView = Type.Object(
  {
    index: Type.Integer(),
    at: Instant,
    type: Type.String(),
    data: Type.Record(Type.String(), Type.Unknown()),
    /** What the commitments and person ids in `data` stand for, as far as it is still kept. */
    meaning: Type.Record(Type.String(), Type.String()),
  },
  closed,
)
export type EvidenceView = Static<typeof EvidenceView>

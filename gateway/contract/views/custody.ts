// What is answered about the custody of evidence: how long recordings are kept, legal holds, deletions, erasures, and the
// space there is.

import { Type, type Static } from 'typebox'
import { PersonRef } from './parts.ts'
import { Instant, closed, orNull } from '../primitives.ts'

export const RetentionView = Type.Object(
  { id: Type.String(), text: Type.String(), keepDays: Type.Integer({ minimum: 0 }) },
  closed,
)
export type RetentionView = Static<typeof RetentionView>

/** What stays of a deleted recording. */
export const DeletedView = Type.Object(
  { deletion: Type.String(), at: Instant, proposedBy: PersonRef, confirmedBy: PersonRef, reason: Type.String() },
  closed,
)
export type DeletedView = Static<typeof DeletedView>

const Decided = Type.Object({ by: PersonRef, at: Instant, words: Type.String() }, closed)

export const HoldView = Type.Object(
  {
    id: Type.String(),
    target: Type.Object({ kind: Type.String(), id: Type.String(), name: Type.String() }, closed),
    span: orNull(Type.Object({ from: Instant, until: Instant }, closed)),
    by: PersonRef,
    at: Instant,
    reason: Type.String(),
    reference: Type.String(),
    released: orNull(Decided),
    /** May who asks release it? */
    mayRelease: Type.Boolean(),
  },
  closed,
)
export type HoldView = Static<typeof HoldView>

const Recorded = {
  session: Type.String(),
  person: PersonRef,
  asset: Type.String(),
  assetName: Type.String(),
  plant: Type.String(),
  startedAt: Instant,
  retention: Type.String(),
  keptUntil: Instant,
  bytes: Type.Integer({ minimum: 0 }),
}

export const DueView = Type.Object({ ...Recorded, endedAt: orNull(Instant), labels: Type.Array(Type.String()) }, closed)
export type DueView = Static<typeof DueView>

export const DeletionItemView = Type.Object(
  {
    ...Recorded,
    state: Type.Union([
      Type.Literal('waiting'),
      Type.Literal('removing'),
      Type.Literal('deleted'),
      /** It has to be kept after all. */
      Type.Literal('stopped'),
    ]),
    problem: orNull(Type.String()),
  },
  closed,
)
export type DeletionItemView = Static<typeof DeletionItemView>

export const DeletionView = Type.Object(
  {
    id: Type.String(),
    by: PersonRef,
    at: Instant,
    reason: Type.String(),
    state: Type.Union([
      Type.Literal('open'),
      /** Confirmed, and not every recording is gone yet. */
      Type.Literal('confirmed'),
      Type.Literal('withdrawn'),
      Type.Literal('done'),
    ]),
    decided: orNull(Decided),
    bytes: Type.Integer({ minimum: 0 }),
    items: Type.Array(DeletionItemView),
    mayConfirm: Type.Boolean(),
  },
  closed,
)
export type DeletionView = Static<typeof DeletionView>

export const ErasureView = Type.Object(
  {
    id: Type.String(),
    subject: Type.Object({ kind: Type.String(), id: Type.String(), name: Type.String() }, closed),
    by: PersonRef,
    at: Instant,
    reason: Type.String(),
    /** Values that could be erased when it was proposed; when it is done, those that were. */
    values: Type.Integer({ minimum: 0 }),
    state: Type.Union([Type.Literal('open'), Type.Literal('withdrawn'), Type.Literal('done')]),
    decided: orNull(Decided),
    mayConfirm: Type.Boolean(),
  },
  closed,
)
export type ErasureView = Static<typeof ErasureView>

export const StorageLevelView = Type.Union([Type.Literal('enough'), Type.Literal('low'), Type.Literal('full')])

const Bytes = Type.Integer({ minimum: 0 })

export const StorageView = Type.Object(
  {
    at: Instant,
    /** `low`: below the threshold for a warning. `full`: no new session begins. */
    level: StorageLevelView,
    freeBytes: Bytes,
    totalBytes: Bytes,
    warnPercent: Type.Integer(),
    refusePercent: Type.Integer(),
    /** Of all recordings that are kept. */
    keptBytes: Bytes,
    /** Of the last so many days. */
    days: Type.Integer({ minimum: 1 }),
    bytesPerDay: Bytes,
    /** What the recordings come to once as much falls due as comes in. */
    steadyBytes: Bytes,
    /** When no new session could begin if nothing is deleted; null where that is not foreseen. */
    fullAt: orNull(Instant),
    lines: Type.Array(
      Type.Object(
        {
          plant: Type.String(),
          plantName: Type.String(),
          retention: RetentionView,
          recordings: Type.Integer({ minimum: 0 }),
          bytes: Bytes,
          bytesPerDay: Bytes,
          steadyBytes: Bytes,
        },
        closed,
      ),
    ),
  },
  closed,
)
export type StorageView = Static<typeof StorageView>

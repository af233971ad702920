// What is answered about assets, and how far somebody gets from one.

import { Type, type Static } from 'typebox'
import { Instant, closed, orNull } from '../primitives.ts'
import { OpenFilesView } from './transfers.ts'

/** What the last walkdown says: was the asset seen where it is declared, and not too long ago? */
export const ConfirmationView = Type.Object(
  {
    state: Type.Union([Type.Literal('fresh'), Type.Literal('stale'), Type.Literal('moved'), Type.Literal('never')]),
    /** The day it was seen, in its plant's own zone. */
    seenOn: orNull(Type.String()),
    /** Where it is fresh: the first instant at which it is not. */
    until: orNull(Instant),
    /** As a clause. */
    text: Type.String(),
  },
  closed,
)
export type ConfirmationView = Static<typeof ConfirmationView>

export const AssetView = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    plant: Type.String(),
    plantName: Type.String(),
    timeZone: Type.String(),
    /** Name of the baseline of controls the plant works by; null where none is named. */
    baseline: orNull(Type.String()),
    zone: Type.String(),
    zoneName: Type.String(),
    level: Type.Number(),
    owner: Type.String(),
    type: Type.String(),
    criticality: Type.String(),
    safety: Type.String(),
    labels: Type.Array(Type.String()),
    /** Those of them it has by the information it holds; of which, only people of the plant are told. */
    inheritedLabels: Type.Array(
      Type.Object(
        { label: Type.String(), from: Type.Array(Type.String({ description: 'names of information' })) },
        closed,
      ),
    ),
    protocols: Type.Array(Type.String()),
    maxWindowMinutes: Type.Integer(),
    scope: Type.Union([Type.Literal('in'), Type.Literal('out'), Type.Literal('undetermined')]),
    scopeReason: Type.String(),
    /** The command that opens a session now, or null while no grant of the person reading is in its window. */
    connect: orNull(Type.String()),
    /** Null for a reader of a supplier. */
    confirmation: orNull(ConfirmationView),
    /** May the reader confirm it at a walkdown? */
    mayConfirm: Type.Boolean(),
    /** What of files the reader could ask for; null for none. */
    files: orNull(OpenFilesView),
  },
  closed,
)
export type AssetView = Static<typeof AssetView>

/** How far somebody could get from the asset through declared conduits, whatever they carry. */
export const ReachView = Type.Object(
  {
    /** Other assets that can be touched: all, those of high criticality, and those that safety rests on. */
    assets: Type.Integer(),
    critical: Type.Integer(),
    safety: Type.Integer(),
    zones: Type.Integer(),
    hops: Type.Integer(),
  },
  closed,
)
export type ReachView = Static<typeof ReachView>

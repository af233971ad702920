// What is answered about assets, and how far somebody gets from one.

import { Type, type Static } from 'typebox'
import { closed, orNull } from '../primitives.ts'

export const AssetView = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    plant: Type.String(),
    plantName: Type.String(),
    timeZone: Type.String(),
    zone: Type.String(),
    zoneName: Type.String(),
    level: Type.Number(),
    owner: Type.String(),
    type: Type.String(),
    criticality: Type.String(),
    safety: Type.String(),
    labels: Type.Array(Type.String()),
    protocols: Type.Array(Type.String()),
    maxWindowMinutes: Type.Integer(),
    scope: Type.Union([Type.Literal('in'), Type.Literal('out'), Type.Literal('undetermined')]),
    scopeReason: Type.String(),
    /** The command that opens a session now, or null while no grant of the person reading is in its window. */
    connect: orNull(Type.String()),
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

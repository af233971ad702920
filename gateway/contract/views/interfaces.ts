// What is answered about interfaces and about the information a plant holds.

import { Type, type Static } from 'typebox'
import { closed, orNull } from '../primitives.ts'

const Scope = Type.Union([Type.Literal('in'), Type.Literal('out'), Type.Literal('undetermined')])

const EndView = Type.Object(
  {
    kind: Type.Union([Type.Literal('zone'), Type.Literal('asset'), Type.Literal('outside')]),
    /** Null for what is outside. */
    id: orNull(Type.String()),
    name: Type.String(),
    /** Does it, or anything in the zone, lie in the scope? Null for what is outside. */
    inScope: orNull(Type.Boolean()),
  },
  closed,
)

export const InterfaceView = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    type: Type.String(),
    plant: Type.String(),
    from: EndView,
    to: EndView,
    direction: Type.Union([Type.Literal('forward'), Type.Literal('both')]),
    /** Classes or labels of information. */
    payloads: Type.Array(Type.String()),
    owner: orNull(Type.String()),
    reason: Type.String(),
    /** Reference of the change it came with. */
    change: Type.String(),
    reviewBy: Type.String(),
    /** As `to be removed by 2026-12-31`. */
    state: Type.String(),
    /** What is overdue about it, one clause each. */
    faults: Type.Array(Type.String()),
    /** Conduits it runs over; none where it passes beside the gateway. */
    conduits: Type.Array(Type.String()),
    supplier: orNull(Type.String()),
  },
  closed,
)
export type InterfaceView = Static<typeof InterfaceView>

export const InformationView = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    owner: Type.String(),
    class: Type.String(),
    /** What holds it has these labels too. */
    labels: Type.Array(Type.String()),
    criticality: Type.String(),
    heldBy: Type.Array(Type.Object({ asset: Type.String(), name: Type.String(), scope: Scope }, closed)),
  },
  closed,
)
export type InformationView = Static<typeof InformationView>

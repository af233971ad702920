// What is answered about the risks of the register.

import { Type, type Static } from 'typebox'
import { Instant, closed, orNull } from '../primitives.ts'

const Level = Type.Union([Type.Literal('low'), Type.Literal('medium'), Type.Literal('high'), Type.Literal('very-high')])

export const RiskView = Type.Object(
  {
    id: Type.String(),
    title: Type.String(),
    owner: Type.String(),
    safety: Type.Union([
      Type.Literal('none'),
      Type.Literal('minor-injury'),
      Type.Literal('serious-injury'),
      Type.Literal('death'),
      Type.Literal('several-deaths'),
    ]),
    /** Of the safety system it bears on. */
    sil: orNull(Type.Integer()),
    plant: orNull(Type.Object({ id: Type.String(), name: Type.String() }, closed)),
    line: orNull(Type.String()),
    /** What it touches; none: all of its line or plant, or everything. */
    assets: Type.Array(Type.Object({ id: Type.String(), name: Type.String() }, closed)),
    impact: orNull(Type.Object({ hours: Type.Integer(), cost: Type.Integer(), currency: Type.String() }, closed)),
    /** Null: nobody measured it. */
    level: orNull(Level),
    /** The version of the scale it was measured on. */
    scale: orNull(Type.String()),
    /** Controls of the register that treat it. */
    controls: Type.Array(Type.Object({ id: Type.String(), title: Type.String() }, closed)),
    /** Exceptions of the register that rest on it. */
    exceptions: Type.Array(Type.String()),
    acceptance: orNull(
      Type.Object(
        {
          by: Type.String(),
          reason: Type.String(),
          until: Type.String({ description: 'last day, UTC' }),
          decision: orNull(Type.String({ description: 'reference of the decision of the committee' })),
          state: Type.Union([Type.Literal('in-force'), Type.Literal('expiring'), Type.Literal('expired')]),
          endsAt: Instant,
        },
        closed,
      ),
    ),
    /** `treated`: by a control. `accepted`: borne as it is. `open`: neither, or not any more. */
    state: Type.Union([Type.Literal('treated'), Type.Literal('accepted'), Type.Literal('open')]),
    /** Does bearing it take a decision of the committee? */
    committee: Type.Boolean(),
  },
  closed,
)
export type RiskView = Static<typeof RiskView>

export const RisksView = Type.Object(
  {
    bundle: Type.String(),
    /** The committee decides above this level; null where the register names none. */
    committeeAbove: orNull(Level),
    /** The graver first: harm to people, SIL, level. */
    items: Type.Array(RiskView),
  },
  closed,
)
export type RisksView = Static<typeof RisksView>

/** An accepted risk beside a request: what an approver has to know of its asset. */
export const AcceptedRiskView = Type.Object({ id: Type.String(), title: Type.String(), until: Type.String() }, closed)
export type AcceptedRiskView = Static<typeof AcceptedRiskView>

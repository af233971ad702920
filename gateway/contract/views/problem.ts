// What every refusal and error says.

import { Type, type Static } from 'typebox'
import { DecisionView } from './parts.ts'
import { RefusedAssetView } from './requests.ts'
import { closed } from '../primitives.ts'

/** Every refusal and error. `message` says what was wrong, what was expected, and the next step. */
export const ProblemView = Type.Object(
  {
    code: Type.String(),
    message: Type.String(),
    /** Present when policy refused. */
    decision: Type.Optional(DecisionView),
    /** Present when policy refused some of several assets: nothing was made for any. */
    refused: Type.Optional(Type.Array(RefusedAssetView)),
    /** Beside `refused`: what may be asked for without them. */
    offered: Type.Optional(Type.Array(Type.String())),
    /** Present when several things were wrong with what was sent. */
    problems: Type.Optional(Type.Array(Type.String())),
  },
  closed,
)
export type ProblemView = Static<typeof ProblemView>

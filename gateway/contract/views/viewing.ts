// What is answered about how a recording is handled, and about viewings that a second person has to agree to.

import { Type, type Static } from 'typebox'
import { Instant, closed, orNull } from '../primitives.ts'
import { PersonRef } from './parts.ts'

const RuleRef = Type.Object({ id: Type.String(), text: Type.String() }, closed)

/** The strictest of all rules of handling.yaml about a recording. */
export const HandlingView = Type.Object(
  {
    rules: Type.Array(RuleRef),
    /** Roles of which one is needed; null where no rule names any. */
    roles: orNull(Type.Array(Type.String())),
    secondPerson: Type.Boolean(),
    export: Type.Union([Type.Literal('full'), Type.Literal('without-keys'), Type.Literal('refused')]),
    retention: Type.Object({ id: Type.String(), text: Type.String(), keepDays: Type.Integer() }, closed),
    maskPrompts: Type.Boolean(),
    /** Of object stores its copy may stand in; null: any. */
    regions: orNull(Type.Array(Type.String())),
  },
  closed,
)
export type HandlingView = Static<typeof HandlingView>

/** May the reader look at it now? `text` says why not; `until`: the second person's yes ends then. */
export const MayViewView = Type.Object(
  {
    kind: Type.Union([Type.Literal('permitted'), Type.Literal('second-person'), Type.Literal('refused')]),
    text: orNull(Type.String()),
    until: orNull(Instant),
  },
  closed,
)
export type MayViewView = Static<typeof MayViewView>

export const ViewingView = Type.Object(
  {
    id: Type.String(),
    session: Type.String(),
    asset: Type.String(),
    assetName: Type.String(),
    plant: Type.String(),
    startedAt: Instant,
    /** Who worked in the session. */
    person: PersonRef,
    /** Who wants to look, and why. */
    viewer: PersonRef,
    purpose: Type.String(),
    rules: Type.Array(RuleRef),
    askedAt: Instant,
    answerBy: Instant,
    state: Type.Union([
      Type.Literal('asked'),
      Type.Literal('confirmed'),
      Type.Literal('refused'),
      /** Nobody answered in time. */
      Type.Literal('expired'),
    ]),
    answered: orNull(Type.Object({ by: PersonRef, at: Instant, reason: orNull(Type.String()) }, closed)),
    viewUntil: orNull(Instant),
    /** May the reader answer it now? */
    mayAnswer: Type.Boolean(),
  },
  closed,
)
export type ViewingView = Static<typeof ViewingView>

// What is answered about rules that are watched until the day from which they hold.

import { Type, type Static } from 'typebox'
import { Instant, closed, orNull } from '../primitives.ts'
import { PersonRef } from './parts.ts'

export const WatchedRuleRow = Type.Object(
  {
    rule: Type.String(),
    text: Type.String(),
    effect: Type.Union([Type.Literal('forbid'), Type.Literal('duty')]),
    controls: Type.Array(Type.String()),
    file: Type.String(),
    line: Type.Integer(),
    enforceFrom: Type.String({ description: 'the day from which it holds, in the zone of each plant' }),
    plants: Type.Array(
      Type.Object({ plant: Type.String(), name: Type.String(), holdsFrom: Instant, holds: Type.Boolean() }, closed),
    ),
    /** Decisions it would have been at work in, and how many of them were permits. */
    struck: Type.Integer(),
    ofPermits: Type.Integer(),
    people: Type.Integer(),
    assets: Type.Integer(),
    latest: orNull(
      Type.Object(
        { index: Type.Integer(), at: Instant, person: PersonRef, asset: Type.String(), action: Type.String() },
        closed,
      ),
    ),
  },
  closed,
)
export type WatchedRuleRow = Static<typeof WatchedRuleRow>

export const WatchedView = Type.Object(
  {
    bundle: Type.String(),
    from: Instant,
    until: Instant,
    /** Decisions recorded in that time. */
    decisions: Type.Integer(),
    /** The rules with a day, the next to hold first. */
    rules: Type.Array(WatchedRuleRow),
  },
  closed,
)
export type WatchedView = Static<typeof WatchedView>

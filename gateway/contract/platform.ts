// Releases of the gateway itself: what is asked and answered about them.

import { Type, type Static } from 'typebox'
import { closed, Instant, orNull, Words } from './primitives.ts'
import { PersonRef } from './views/parts.ts'

export const PlatformRecordsBody = Type.Object(
  {
    change: Words(200, 'the change in the plant\u2019s own change control'),
    impact: Words(2_000, 'what it changes for those who work with it'),
    test: Words(2_000, 'where and how it was tested, and the record of that'),
    rollback: Words(2_000, 'how to go back'),
  },
  closed,
)
export type PlatformRecordsBody = Static<typeof PlatformRecordsBody>

export const PlatformVerdictBody = Type.Object(
  {
    verdict: Type.Union([Type.Literal('approved'), Type.Literal('sent-back')]),
    /** `record.entry` as it was read; another one is `state-conflict`. */
    record: Type.Integer({ minimum: 0 }),
    comment: Words(500, 'what was looked at, and the judgement; evidence'),
  },
  closed,
)
export type PlatformVerdictBody = Static<typeof PlatformVerdictBody>

const Entry = Type.Integer({ description: 'entry of the ledger' })

export const PlatformReleaseView = Type.Object(
  {
    /** The entry that found it: its name. */
    id: Type.String(),
    at: Instant,
    /** By when another person lets it stand. */
    dueAt: Instant,
    state: Type.Union([
      Type.Literal('open'),
      Type.Literal('recorded'),
      Type.Literal('sent-back'),
      Type.Literal('approved'),
    ]),
    /** What became another, in words. */
    changes: Type.Array(Type.String()),
    record: orNull(
      Type.Object(
        {
          entry: Entry,
          by: PersonRef,
          at: Instant,
          change: Type.String(),
          impact: Type.String(),
          test: Type.String(),
          rollback: Type.String(),
        },
        closed,
      ),
    ),
    verdict: orNull(Type.Object({ entry: Entry, by: PersonRef, at: Instant, comment: Type.String() }, closed)),
    /** May the reader give its records, or judge them? */
    mayRecord: Type.Boolean(),
    mayJudge: Type.Boolean(),
  },
  closed,
)
export type PlatformReleaseView = Static<typeof PlatformReleaseView>

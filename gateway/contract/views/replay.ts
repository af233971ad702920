// What is answered about replays: a recording opened for a stated purpose, and what there is to see of one channel. Times
// are seconds since the channel was opened.

import { Type, type Static } from 'typebox'
import { Instant, closed, orNull } from '../primitives.ts'

/** A stated purpose opens a replay for a short time; the addresses in it work only for the person who stated it. */
export const ReplayView = Type.Object(
  {
    session: Type.String(),
    /** Somebody is at work in it: it is watched, and goes on. */
    live: Type.Boolean(),
    token: Type.String(),
    expiresAt: Instant,
    channels: Type.Array(
      Type.Object(
        {
          channel: Type.Integer(),
          kind: Type.String(),
          command: orNull(Type.String()),
          /** Address of its ReplayChannelView. */
          index: Type.String(),
          /** Address of its cast. */
          cast: Type.String(),
        },
        closed,
      ),
    ),
  },
  closed,
)
export type ReplayView = Static<typeof ReplayView>

const Seconds = Type.Number({ minimum: 0 })

export const ReplayChannelView = Type.Object(
  {
    channel: Type.Integer(),
    kind: Type.String(),
    command: orNull(Type.String()),
    term: orNull(Type.String()),
    /** Size it begins with. */
    columns: Type.Integer(),
    rows: Type.Integer(),
    openedAt: Instant,
    /** Of what is there by now. */
    duration: Seconds,
    /** Nothing follows: the channel is closed, or the recording sealed. */
    complete: Type.Boolean(),
    /** Why reading stopped early, of a recording that is damaged. */
    unreadable: orNull(Type.String()),
    exit: orNull(
      Type.Union([Type.Object({ code: Type.Integer() }, closed), Type.Object({ signal: Type.String() }, closed)]),
    ),
    /** Bursts of typing; where there are very many, near ones are one. */
    typed: Type.Array(Type.Object({ from: Seconds, until: Seconds, keys: Type.Integer() }, closed)),
    /** Times in which nothing crossed; the longest. */
    idle: Type.Array(Type.Object({ from: Seconds, until: Seconds }, closed)),
    marks: Type.Array(Type.Object({ at: Seconds, kind: Type.String(), text: Type.String() }, closed)),
    /** How many marks are not in the list: it is full. */
    marksLeftOut: Type.Integer(),
    /** Times from which its screen is known. */
    screens: Type.Integer(),
    /** What crossed, as it crossed. */
    raw: Type.Array(
      Type.Object(
        {
          direction: Type.Union([Type.Literal('in'), Type.Literal('out'), Type.Literal('err')]),
          bytes: Type.Integer(),
          /** Once nothing follows. */
          sha256: orNull(Type.String()),
          href: Type.String(),
        },
        closed,
      ),
    ),
  },
  closed,
)
export type ReplayChannelView = Static<typeof ReplayChannelView>

// What is answered about sessions and recordings.

import { Type, type Static } from 'typebox'
import { PersonRef } from './parts.ts'
import { Instant, closed, orNull } from '../primitives.ts'

export const SessionView = Type.Object(
  {
    id: Type.String(),
    state: Type.Union([
      Type.Literal('opening'),
      /** Somebody of the plant has to come along before it begins. */
      Type.Literal('waiting'),
      Type.Literal('active'),
      /** What is typed no longer reaches the target: its window is over, or it may only look. */
      Type.Literal('observing'),
      /** Nothing was typed for long: a code unlocks it. */
      Type.Literal('locked'),
      /** Its escort has left. */
      Type.Literal('paused'),
      Type.Literal('ending'),
      /** Over, and its recording not sealed yet: sealing has failed so far and is tried again. */
      Type.Literal('ended'),
      Type.Literal('sealed'),
    ]),
    grant: Type.String(),
    person: PersonRef,
    asset: Type.String(),
    assetName: Type.String(),
    plant: Type.String(),
    protocol: Type.String(),
    startedAt: Instant,
    windowUntil: Instant,
    /** When it is closed whatever happens; until then it may observe after its window. */
    hardUntil: Instant,
    /** Who of the plant is along with it now. */
    escorts: Type.Array(PersonRef),
    /** Does ending it by hand ask for a safe state of the process first? */
    asksSafeState: Type.Boolean(),
    endedAt: orNull(Instant),
    endReason: orNull(Type.String()),
    channels: Type.Integer(),
    bytesIn: Type.Integer(),
    bytesOut: Type.Integer(),
    source: Type.String(),
  },
  closed,
)
export type SessionView = Static<typeof SessionView>

export const EscortView = Type.Object({ session: SessionView, leaseUntil: Instant }, closed)
export type EscortView = Static<typeof EscortView>

export const RecordingView = Type.Object(
  {
    session: SessionView,
    status: Type.Union([
      Type.Literal('live'),
      /** Nobody writes it any more, and sealing it has failed so far. */
      Type.Literal('unsealed'),
      Type.Literal('complete'),
      Type.Literal('interrupted'),
      Type.Literal('missing'),
    ]),
    seal: orNull(Type.String()),
    evidenceIndex: orNull(Type.Integer()),
    /** Read from the recording for one that is asked for by itself; empty in lists, where `session.channels` counts them. */
    channels: Type.Array(
      Type.Object({ channel: Type.Integer(), kind: Type.String(), command: orNull(Type.String()) }, closed),
    ),
  },
  closed,
)
export type RecordingView = Static<typeof RecordingView>

export const FindingView = Type.Object({ where: Type.String(), holds: Type.Boolean(), what: Type.String() }, closed)

export const VerificationView = Type.Object(
  { session: Type.String(), holds: Type.Boolean(), checkedAt: Instant, findings: Type.Array(FindingView) },
  closed,
)
export type VerificationView = Static<typeof VerificationView>

/** A stated purpose opens a replay for a short time; the addresses in it work only for the person who stated it. */
export const ReplayView = Type.Object(
  {
    session: Type.String(),
    expiresAt: Instant,
    channels: Type.Array(Type.Object({ channel: Type.Integer(), kind: Type.String(), cast: Type.String() }, closed)),
  },
  closed,
)
export type ReplayView = Static<typeof ReplayView>

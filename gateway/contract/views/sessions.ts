// What is answered about sessions and recordings.

import { Type, type Static } from 'typebox'
import { PhysicalFactView } from './physical.ts'
import { DeletedView } from './custody.ts'
import { PersonRef } from './parts.ts'
import { HandlingView, MayViewView } from './viewing.ts'
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
      /** The disk has no room for its recording: nothing moves until there is some. */
      Type.Literal('held'),
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
    /** What code holds it to beyond its rules, while it lives. */
    profile: orNull(
      Type.Object(
        {
          name: Type.Literal('unsupported'),
          protocols: Type.Array(Type.String()),
          /** Exceptions of the register that cover its asset now, by id. */
          exceptions: Type.Array(Type.String()),
        },
        closed,
      ),
    ),
    /** What is typed waits until somebody who is with it lets it through; `liftedBy`: who has, while they stay. */
    writeHold: orNull(Type.Object({ liftedBy: orNull(PersonRef) }, closed)),
    /** It was to end, and is not cut off because people could come to harm: when it is closed. */
    safetyHold: orNull(Type.Object({ closesAt: Instant }, closed)),
    /** Is its asset safety-related, so that it takes a safety engineer to cut it off at once? */
    endsForSafety: Type.Boolean(),
    endedAt: orNull(Instant),
    endReason: orNull(Type.String()),
    channels: Type.Integer(),
    bytesIn: Type.Integer(),
    bytesOut: Type.Integer(),
    source: Type.String(),
    /** What stands open around its asset, and the key it needs, while it lives. */
    physical: Type.Array(PhysicalFactView),
  },
  closed,
)
export type SessionView = Static<typeof SessionView>

export const EscortView = Type.Object({ session: SessionView, leaseUntil: Instant }, closed)
export type EscortView = Static<typeof EscortView>

/** Its copy in the object store. */
export const CopyView = Type.Object(
  {
    state: Type.Union([
      Type.Literal('due'),
      /** There, and on the gateway’s own disk. */
      Type.Literal('stored'),
      /** Only there: looking at it fetches it. */
      Type.Literal('away'),
    ]),
    storedAt: orNull(Instant),
    /** Until when the store lets nobody remove it. */
    lockedUntil: orNull(Instant),
    /** Why it is not as it should be. */
    problem: orNull(Type.String()),
  },
  closed,
)
export type CopyView = Static<typeof CopyView>

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
      /** Deleted by two people, past its day: seal and reason stay in the ledger. */
      Type.Literal('deleted'),
    ]),
    seal: orNull(Type.String()),
    evidenceIndex: orNull(Type.Integer()),
    /** Of the asset when the session began. */
    labels: Type.Array(Type.String()),
    handling: HandlingView,
    /** Until when its retention class keeps it; null while the session is not over. */
    keptUntil: orNull(Instant),
    /** Ids of the legal holds on it. */
    holds: Type.Array(Type.String()),
    deleted: orNull(DeletedView),
    copy: orNull(CopyView),
    mayView: MayViewView,
    /**
     * Read from the recording for one that is asked for by itself and may be looked at; empty otherwise, and in lists,
     * where `session.channels` counts them.
     */
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

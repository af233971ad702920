// What happened in sessions, to their credentials and to their recordings.

import type {
  AssetId,
  ConduitId,
  GrantId,
  PersonId,
  PlantId,
  RequestId,
  SessionId,
  SupplierId,
  ZoneId,
} from '../ids.ts'
import type { MfaKind, Protocol, SafetyClass, Window } from '../model.ts'
import type { Commitment, EndReason, InputStop, Levels, SessionRefusal } from './words.ts'

export interface SessionEvents {
  readonly 'session.started': {
    readonly session: SessionId
    readonly grant: GrantId
    readonly request: RequestId
    readonly person: PersonId
    readonly supplier: SupplierId | null
    readonly asset: AssetId
    readonly plant: PlantId
    readonly zone: ZoneId
    readonly conduit: ConduitId
    /** Shared services it leans on, by id. */
    readonly leansOn: readonly string[]
    readonly protocol: Protocol
    readonly mfa: readonly MfaKind[]
    readonly window: Window
    readonly source: Commitment
    readonly safety: SafetyClass
    /** From the plant's gateway zone to the asset's zone. */
    readonly levels: Levels
    /** The first instant after the supplier's contract; null for the plant's own people. */
    readonly contractUntil: number | null
    /** Minutes an escort may be gone; null where nobody has to come along. */
    readonly escortGraceMinutes: number | null
    /** Minutes it may rest before it is ended; null where it may rest. */
    readonly idleEndMinutes: number | null
    /** Sessions at a time the person, the asset and the supplier may have; null: no limit of its own. */
    readonly most: { readonly person: number; readonly asset: number | null; readonly supplier: number | null }
  }
  /** A person whom policy lets in, and whose session could not begin all the same. */
  readonly 'session.refused': {
    readonly person: PersonId
    readonly asset: AssetId | null
    readonly reason: SessionRefusal
  }
  /** More sessions at a time than a person, an asset or a supplier may have. */
  readonly 'session.refused_concurrency': {
    readonly person: PersonId
    readonly asset: AssetId
    readonly supplier: SupplierId | null
    readonly limit: 'person' | 'asset' | 'supplier'
    readonly most: number
  }
  /** It waits for somebody of the plant to come along; nothing reaches the target before. */
  readonly 'session.escort_awaited': {
    readonly session: SessionId
    readonly grant: GrantId
    readonly person: PersonId
    readonly asset: AssetId
    readonly plant: PlantId
    readonly waitUntil: number
  }
  readonly 'session.attached_observer': { readonly session: SessionId; readonly observer: PersonId }
  /** `lapsed`: nothing was heard of them any more. Where nobody else is attached, input was stopped at this moment. */
  readonly 'session.observer_lost': {
    readonly session: SessionId
    readonly observer: PersonId
    readonly because: 'left' | 'lapsed'
  }
  /** Input to the target was stopped; what the target says still flows until `hardUntil`. */
  readonly 'session.degraded': {
    readonly session: SessionId
    readonly stops: readonly InputStop[]
    readonly windowUntil: number
    readonly hardUntil: number
  }
  /** Input to the target flows again. */
  readonly 'session.restored': { readonly session: SessionId; readonly windowUntil: number }
  /** The window ends soon, and who may extend it is told. */
  readonly 'session.extension_offered': {
    readonly session: SessionId
    readonly grant: GrantId
    readonly until: number
  }
  readonly 'session.idle_locked': { readonly session: SessionId; readonly idleSince: number }
  readonly 'session.unlocked': { readonly session: SessionId }
  readonly 'session.terminated_idle': { readonly session: SessionId; readonly idleSince: number }
  readonly 'session.recording_started': { readonly session: SessionId; readonly manifest: string }
  /** What the recording of a living session holds so far: of each stream its frames, bytes and SHA-256 (hex). */
  readonly 'session.recording_head': {
    readonly session: SessionId
    readonly streams: readonly {
      readonly channel: number
      readonly frames: number
      readonly length: number
      readonly head: string
    }[]
  }
  /** A recording holds less than it did when the ledger took its head: somebody cut it, or the disk lost it. */
  readonly 'session.recording_gap': {
    readonly session: SessionId
    readonly channel: number
    /** What it held, by the last head in the ledger. */
    readonly held: { readonly frames: number; readonly length: number }
    readonly frames: number
    readonly length: number
  }
  /** A target credential was put into the vault, or replaced there. */
  readonly 'credential.rotated': {
    readonly credential: string
    readonly kind: 'password' | 'private-key'
    readonly replaced: boolean
  }
  readonly 'credential.injected': { readonly session: SessionId; readonly credential: string }
  readonly 'session.feature_refused': {
    readonly session: SessionId | null
    readonly person: PersonId
    /** A name of a closed list, or `other`; what the client called it is then in `detail`. */
    readonly feature: string
    readonly detail: Commitment | null
  }
  readonly 'session.terminated_expiry': {
    readonly session: SessionId
    readonly windowUntil: number
    /** Until when it might observe after its window. */
    readonly hardUntil: number
  }
  /** Written when the order is given; `session.terminated_kill` says when it was carried out. */
  readonly 'session.kill_ordered': {
    readonly session: SessionId
    readonly by: PersonId
    readonly reason: Commitment
    /** Was it ordered although nobody has confirmed a safe state, where the asset asks for that? */
    readonly insisted: boolean
  }
  readonly 'session.terminated_kill': {
    readonly session: SessionId
    readonly by: PersonId
    readonly reason: Commitment
    /** When the order was given and when every socket was closed, ms since the epoch. */
    readonly orderedAt: number
    readonly closedAt: number
  }
  /** Before the seal where sealing fails at first: `session.recording_sealed` then follows when it works. */
  readonly 'session.ended': {
    readonly session: SessionId
    readonly reason: EndReason
    readonly startedAt: number
    readonly endedAt: number
    readonly windowUntil: number
    /** The end of the window, and what the asset lets a session observe after it. */
    readonly hardUntil: number
    /** Since when nothing had moved; null where a crash closed it. */
    readonly idleSince: number | null
    readonly bytesIn: number
    readonly bytesOut: number
  }
  readonly 'session.recording_sealed': {
    readonly session: SessionId
    readonly status: 'complete' | 'interrupted'
    /** SHA-256 (hex) of the seal file. */
    readonly seal: string
    readonly channels: number
    readonly frames: number
  }
  readonly 'session.replayed': { readonly session: SessionId; readonly by: PersonId; readonly purpose: Commitment }
  readonly 'evidence.exported': {
    readonly by: PersonId | null
    readonly sessions: readonly SessionId[]
    readonly size: number
    readonly purpose: Commitment
  }
}

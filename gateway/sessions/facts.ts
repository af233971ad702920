// What a session is, once and for all: who works on what, since when and on what. And the words for where it stands.

import type {
  AssetId,
  ExpiryBehaviour,
  GrantId,
  Instant,
  MfaKind,
  Obligation,
  PersonId,
  PlantId,
  Protocol,
  SafetyClass,
  SessionId,
  SupplierId,
  ZoneId,
} from '../../policy/index.ts'
import type { SessionState } from '../store/sessions.ts'
import type { LoginCertificate } from '../identity/certificates/trust.ts'

export interface SessionFacts {
  readonly id: SessionId
  readonly grant: GrantId
  readonly person: PersonId
  readonly supplier: SupplierId | null
  readonly asset: AssetId
  readonly plant: PlantId
  readonly zone: ZoneId
  /** Of the asset as the session begins: its recording is handled by them, whatever they become. */
  readonly assetType: string
  readonly labels: readonly string[]
  /** Rules of handling.yaml about its recording, by id, and whether they have password prompts masked. */
  readonly handlingRules: readonly string[]
  readonly masksPrompts: boolean
  readonly protocol: Protocol
  readonly timeZone: string
  readonly startedAt: Instant
  readonly expiry: ExpiryBehaviour
  readonly safety: SafetyClass
  /** How long it is held when the disk has no room for its recording; then it ends. */
  readonly recordingPauseMinutes: number
  /** How the person logged in, and from where: what it is decided with again and again. */
  readonly mfa: readonly MfaKind[]
  readonly source: string
  /** The certificate of the login, where there was one. */
  readonly certificate?: LoginCertificate
  /** The key or certificate of the login, base64, where there was one: it may be revoked. */
  readonly shownKey?: string
}

/** What a session may, and on what terms. */
export interface Permission {
  readonly windowUntil: Instant
  readonly obligations: readonly Obligation[]
  /** When time alone may change the decision; null where it does not. */
  readonly decidedUntil: Instant | null
  /** Dependencies that did not work as it began, by id: they count for it as long as they last. Absent: none. */
  readonly unavailable?: readonly string[]
}

/** What a person in the live list reads. */
export type Standing = SessionState | 'waiting' | 'observing' | 'locked' | 'paused' | 'held'

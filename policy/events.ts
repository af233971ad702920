// What happened, in types: one interface for each event the gateway writes as evidence and the register reads.
// Names follow the control catalogue (`session.started`, `request.approved`). A new event is a new key here first.
//
// People stand here by opaque id. Free text, login names and network addresses are personal data: they stand as
// commitments, SHA-256 over a salt and the value, so that erasing the salt erases the value and the tree stays whole.

import type { AssetId, ConduitId, GrantId, PersonId, PlantId, RequestId, SessionId, SupplierId, ZoneId } from './ids.ts'
import type { MfaKind, OperationClass, Protocol, Role, Window } from './model.ts'

/** `sha256:` and 64 hex digits; the value and its salt are kept, erasable, outside the ledger. */
export type Commitment = `sha256:${string}`

/** Where somebody came in. */
export type Via = 'ssh' | 'https' | 'local'
export type FirstFactor = 'password' | 'publickey'

export type AuthFailure =
  | 'unknown-login'
  | 'malformed-login'
  | 'wrong-password'
  | 'unknown-key'
  | 'disabled'
  | 'locked-out'
  | 'abandoned'

/** Why a session ended, or could not begin. `client` and `target` are the two sides closing by themselves. */
export type EndReason =
  | 'client'
  | 'target'
  | 'expired'
  | 'revoked'
  | 'killed'
  | 'person-disabled'
  | 'policy-changed'
  | 'recorder-failed'
  | 'target-unreachable'
  | 'host-key-mismatch'
  | 'target-refused-login'
  | 'gateway-stopped'
  | 'interrupted'

interface DecisionEvent {
  readonly action: 'request' | 'approve' | 'connect' | 'extend'
  readonly outcome: 'permit' | 'deny'
  readonly person: PersonId
  /** Null when what was named is no declared asset; `named` then holds a commitment to it. */
  readonly asset: AssetId | null
  readonly named?: Commitment
  readonly plant: PlantId | null
  readonly request?: RequestId
  readonly grant?: GrantId
  /** Ids of the determining policies, or `default-deny`, `evaluation-error`, `unknown-asset`, `invalid-ask`. */
  readonly rules: readonly string[]
  readonly texts: readonly string[]
  readonly controls: readonly string[]
  readonly bundle: string
  readonly scopeVersion: string
  readonly scope: 'in' | 'out' | 'undetermined'
}

export interface Events {
  readonly 'gateway.started': { readonly version: string; readonly bundle: string }
  readonly 'gateway.stopped': { readonly reason: string }
  readonly 'scope.version_published': { readonly scopeVersion: string; readonly bundle: string }
  readonly 'policy.changed': { readonly from: string | null; readonly to: string; readonly scopeVersion: string }

  readonly 'identity.created': {
    readonly person: PersonId
    readonly login: Commitment
    readonly roles: readonly Role[]
    readonly supplier: SupplierId | null
    readonly plants: readonly PlantId[]
  }
  readonly 'identity.disabled': { readonly person: PersonId; readonly by: PersonId | null; readonly reason: Commitment }
  /** A public key more that a person may log in with. */
  readonly 'identity.key_added': {
    readonly person: PersonId
    readonly by: PersonId | null
    /** To the key's fingerprint: a public key follows its owner to other places. */
    readonly key: Commitment
  }

  readonly 'auth.succeeded': {
    readonly person: PersonId
    readonly factor: FirstFactor
    readonly mfa: readonly MfaKind[]
    readonly via: Via
    readonly source: Commitment
  }
  readonly 'auth.failed': {
    readonly login: Commitment
    readonly person: PersonId | null
    readonly reason: AuthFailure
    readonly via: Via
    readonly source: Commitment
  }
  readonly 'auth.mfa_failed': {
    readonly person: PersonId
    readonly kind: MfaKind
    readonly via: Via
    readonly source: Commitment
  }
  /** A second factor that was right but had been used before. */
  readonly 'auth.assertion_rejected': {
    readonly person: PersonId
    readonly kind: MfaKind
    readonly reason: 'replayed'
    readonly via: Via
    readonly source: Commitment
  }
  readonly 'auth.locked_out': {
    readonly person: PersonId
    readonly failures: number
    readonly until: number
    readonly via: Via
    readonly source: Commitment
  }

  readonly 'policy.decision': DecisionEvent

  /** What came in over the API could not be what the route takes: malformed, too large, forged. Nothing was changed. */
  readonly 'input.refused': {
    readonly person: PersonId | null
    /** Method and route pattern, never the address with its parameters. */
    readonly route: string
    readonly code: string
    readonly source: Commitment
  }

  readonly 'request.submitted': {
    readonly request: RequestId
    readonly person: PersonId
    readonly supplier: SupplierId | null
    readonly asset: AssetId
    readonly plant: PlantId
    readonly protocol: Protocol
    readonly operationClass: OperationClass
    readonly window: Window
    readonly purpose: Commitment
    readonly ticket: Commitment | null
    readonly digest: string
  }
  readonly 'request.approved': {
    readonly request: RequestId
    readonly grant: GrantId
    readonly requester: PersonId
    readonly approver: PersonId
    readonly asset: AssetId
    readonly window: Window
    readonly digest: string
    readonly comment: Commitment
  }
  readonly 'request.denied': {
    readonly request: RequestId
    readonly requester: PersonId
    readonly approver: PersonId
    readonly digest: string
    readonly comment: Commitment
  }
  readonly 'request.withdrawn': { readonly request: RequestId; readonly person: PersonId }
  readonly 'request.expired': { readonly request: RequestId }
  readonly 'grant.extended': {
    readonly grant: GrantId
    readonly by: PersonId
    readonly from: Window
    readonly to: Window
    readonly comment: Commitment
  }
  readonly 'grant.revoked': { readonly grant: GrantId; readonly by: PersonId; readonly reason: Commitment }
  readonly 'grant.expired': { readonly grant: GrantId }

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
    readonly protocol: Protocol
    readonly mfa: readonly MfaKind[]
    readonly window: Window
    readonly source: Commitment
  }
  readonly 'session.recording_started': { readonly session: SessionId; readonly manifest: string }
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
    readonly feature: string
    readonly detail: Commitment | null
  }
  readonly 'session.terminated_expiry': { readonly session: SessionId; readonly windowUntil: number }
  readonly 'session.terminated_kill': {
    readonly session: SessionId
    readonly by: PersonId
    readonly reason: Commitment
    /** When the order was given and when every socket was closed, ms since the epoch. */
    readonly orderedAt: number
    readonly closedAt: number
  }
  readonly 'session.ended': {
    readonly session: SessionId
    readonly reason: EndReason
    readonly startedAt: number
    readonly endedAt: number
    readonly windowUntil: number
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
  readonly 'session.watched': { readonly session: SessionId; readonly by: PersonId }
  readonly 'evidence.exported': {
    readonly by: PersonId | null
    readonly sessions: readonly SessionId[]
    readonly size: number
    readonly purpose: Commitment
  }
}

export type EventType = keyof Events
export type SallyportEvent = { readonly [T in EventType]: { readonly type: T; readonly data: Events[T] } }[EventType]

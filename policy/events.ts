// What happened, in types: one interface for each event the gateway writes as evidence and the register reads.
// Names follow the control catalogue (`session.started`, `request.approved`). A new event is a new key here first.
//
// People stand here by opaque id. Free text, login names and network addresses are personal data: they stand as
// commitments, SHA-256 over a salt and the value, so that erasing the salt erases the value and the tree stays whole.

import type { RefusalCode } from './approval.ts'
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
  /** The key did not make the signature it came with. */
  | 'bad-signature'
  /** A way in that is not offered, or not at this step. */
  | 'method-refused'
  /** Not looked at: too many passwords waited to be checked. */
  | 'busy'
  | 'disabled'
  | 'locked-out'
  | 'abandoned'

/**
 * Why a session ended, or could not begin. `client` and `target` are the two sides closing by themselves;
 * `flow-violation` is one of them sending more at a time than the protocol allows.
 */
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
  | 'flow-violation'
  | 'interrupted'

export type SessionRefusal =
  | 'account-gone'
  | 'no-conduit'
  | 'no-endpoint'
  | 'too-many-sessions'
  | 'recording-not-opened'

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
  /** Without what the user typed: for an asset nobody declared it says so and no more. */
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
  /** Tries of one source in about a minute that were refused unseen, because too many before them were wrong. */
  readonly 'auth.throttled': {
    /** To the address; of IPv6 to its network of 64 bits. */
    readonly source: Commitment
    readonly via: Via
    readonly count: number
    /** When the first and the last of them came. */
    readonly from: number
    readonly until: number
  }
  /** A refresh token came a second time, so somebody holds a copy: the login it belonged to was ended. */
  readonly 'auth.token_reused': { readonly person: PersonId; readonly via: Via; readonly source: Commitment }
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
  /** A step on a request or grant that its state or its terms do not allow; nothing was changed. */
  readonly 'request.refused': {
    readonly request?: RequestId
    readonly grant?: GrantId
    readonly person: PersonId
    readonly step: 'submit' | 'approve' | 'deny' | 'withdraw' | 'revoke' | 'extend'
    /** Why, by the state machine; `state-conflict` when somebody else was faster. */
    readonly code: RefusalCode | 'state-conflict'
  }
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
  /** A person whom policy lets in, and whose session could not begin all the same. */
  readonly 'session.refused': {
    readonly person: PersonId
    readonly asset: AssetId | null
    readonly reason: SessionRefusal
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
    /** A name of a closed list, or `other`; what the client called it is then in `detail`. */
    readonly feature: string
    readonly detail: Commitment | null
  }
  readonly 'session.terminated_expiry': { readonly session: SessionId; readonly windowUntil: number }
  /** Written when the order is given; `session.terminated_kill` says when it was carried out. */
  readonly 'session.kill_ordered': { readonly session: SessionId; readonly by: PersonId; readonly reason: Commitment }
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

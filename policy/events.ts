// What happened, in types: one interface for each event the gateway writes as evidence and the register reads.
// Names follow the control catalogue (`session.started`, `request.approved`). A new event is a new key here first.
//
// People stand here by opaque id. Free text, login names and network addresses are personal data: they stand as
// commitments, SHA-256 over a salt and the value, so that erasing the salt erases the value and the tree stays whole.

import type { RefusalCode } from './outcome.ts'
import type {
  AssetId,
  AttestationId,
  CampaignId,
  ConduitId,
  DelegationId,
  GrantId,
  PersonId,
  PlantId,
  PresenceId,
  ProposalId,
  RequestId,
  RequestSetId,
  ReviewId,
  ScopeChangeId,
  SessionId,
  SupplierId,
  SuspensionId,
  ZoneId,
} from './ids.ts'
import type {
  ApprovalNeed,
  MfaKind,
  OperationClass,
  Protocol,
  PurdueLevel,
  Role,
  SafetyClass,
  Schedule,
  SuspensionTarget,
  Tier,
  Window,
} from './model.ts'

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
  /** The person, supplier, asset, zone or plant was suspended. */
  | 'suspended'
  | 'contract-ended'
  /** The asset is no longer in scope, or its phase is closed. */
  | 'scope-changed'
  | 'conduit-closed'
  /** Nobody on site asserts presence any more. */
  | 'presence-gone'
  /** Whoever escorted it left and did not come back in time; `escort-missing`: nobody ever came. */
  | 'escort-gone'
  | 'escort-missing'
  /** Nothing moved for as long as policy lets a session rest. */
  | 'idle'
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
  | 'recording-not-opened'
  /** What it rests on was taken away while it was being opened. */
  | 'overtaken'

/** Why input to the target is stopped while what it says still flows. */
export type InputStop =
  /** The access window is over, and the asset's sessions end slowly. */
  | 'window'
  /** Another permission ran out with time: a contract, a presence, a maintenance window. */
  | 'lapsed'
  /** Nobody is there to escort. */
  | 'escort'
  /** Policy lets this session only look. */
  | 'observe-only'

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
  /** Whose right the person used, where it was delegated to them. */
  readonly onBehalfOf?: PersonId
  /** Ids of the determining policies, or `default-deny`, `evaluation-error`, `unknown-asset`, `invalid-ask`. */
  readonly rules: readonly string[]
  /** Without what the user typed: for an asset nobody declared it says so and no more. */
  readonly texts: readonly string[]
  readonly controls: readonly string[]
  /**
   * What was asked for, would be granted, or is rested on; absent for a connection without a grant. With it the decision
   * can be taken again under another bundle.
   */
  readonly asked?: {
    readonly protocol: Protocol
    readonly operationClass: OperationClass
    readonly window: Window
    readonly schedule: Schedule
    readonly tier: Tier
  }
  /** Exceptions of the register in force that cover the asset, by id. */
  readonly exceptions: readonly string[]
  readonly bundle: string
  readonly scopeVersion: string
  readonly scope: 'in' | 'out' | 'undetermined'
}

/** From which Purdue level a crossing starts, and on which it ends. */
export interface Levels {
  readonly from: PurdueLevel
  readonly to: PurdueLevel
}

/** How far somebody could get from the asset, as the approver was told. */
export interface ToldReach {
  /** Other assets that can be touched, and the zones they stand in with the asset's own. */
  readonly assets: number
  readonly zones: number
}

/** What a revocation ends: what can be suspended, and one session or grant. */
export type RevocationTarget =
  | SuspensionTarget
  | { readonly kind: 'session'; readonly id: SessionId }
  | { readonly kind: 'grant'; readonly id: GrantId }

export interface Events {
  readonly 'gateway.started': { readonly version: string; readonly bundle: string }
  readonly 'gateway.stopped': { readonly reason: string }
  /** The wall clock moved otherwise than time did; the gateway followed it only where that shortens access. */
  readonly 'time.drift': { readonly wall: number; readonly byMs: number }
  readonly 'scope.version_published': { readonly scopeVersion: string; readonly bundle: string }
  /** Another bundle is in force. */
  readonly 'policy.changed': {
    readonly from: string | null
    readonly to: string
    readonly scopeVersion: string
    /** `start`: the first ever, from the configured folder; `folder`: from that folder again, by who has the machine. */
    readonly kind: 'start' | 'folder' | 'activate' | 'rollback'
    readonly proposal: ProposalId | null
    /** Null for a folder: whoever has the machine's files is not a person the gateway knows. */
    readonly proposer: PersonId | null
    readonly activator: PersonId | null
    /** Why, for a rollback. */
    readonly reason: Commitment | null
  }
  /** A bundle was proposed, or a proposal was put on what is in force now (`rebased`). Changes nothing yet. */
  readonly 'policy.proposed': {
    readonly proposal: ProposalId
    readonly bundle: string
    /** Digest of the bundle it is meant to follow. */
    readonly base: string
    readonly scopeVersion: string
    /** Null where the configured folder differed at the start. */
    readonly by: PersonId | null
    readonly comment: Commitment
    readonly rebased: boolean
  }
  /** A proposal will not be activated: somebody refused it, or its proposer took it back. */
  readonly 'policy.rejected': {
    readonly proposal: ProposalId
    readonly bundle: string
    readonly kind: 'rejected' | 'withdrawn'
    /** Null where a newer folder took its place. */
    readonly by: PersonId | null
    readonly reason: Commitment
  }
  /** A step on a bundle that was refused; nothing was changed. */
  readonly 'policy.step_refused': {
    readonly proposal: ProposalId | null
    readonly person: PersonId
    readonly step: 'propose' | 'rebase' | 'activate' | 'reject' | 'withdraw' | 'rollback'
    readonly code:
      | 'bundle-invalid'
      | 'bundle-outdated'
      | 'own-proposal'
      | 'not-the-proposer'
      | 'already-decided'
      | 'nothing-to-roll-back'
      | 'in-force-already'
  }
  /** An activation moved an asset in or out of scope by one of its attributes. The stricter outcome holds. */
  readonly 'scope.change_proposed': {
    readonly change: ScopeChangeId
    readonly asset: AssetId
    /** Digests of the bundles before and after. */
    readonly before: string
    readonly bundle: string
    readonly from: 'in' | 'out' | 'undetermined'
    readonly to: 'in' | 'out' | 'undetermined'
    /** What is decided by until it is reviewed. */
    readonly held: 'out' | 'undetermined'
    readonly attributes: readonly string[]
    /** How many open grants and living sessions stand on the asset. */
    readonly impact: { readonly grants: number; readonly sessions: number }
    readonly proposer: PersonId | null
    readonly activator: PersonId | null
  }
  /** A review that was refused; nothing was changed. */
  readonly 'scope.review_refused': {
    readonly change: ScopeChangeId
    readonly person: PersonId
    readonly code: 'own-proposal' | 'already-decided'
  }
  readonly 'scope.change_reviewed': {
    readonly change: ScopeChangeId
    readonly asset: AssetId
    /** `lapsed`: a later bundle took the change back before anybody had accepted it. */
    readonly outcome: 'accepted' | 'rejected' | 'lapsed'
    /** Null only where it lapsed. */
    readonly by: PersonId | null
    readonly comment: Commitment
  }

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

  /** Where messages to a person go was set or, with null, removed. */
  readonly 'identity.contact_changed': {
    readonly person: PersonId
    readonly by: PersonId | null
    readonly address: Commitment | null
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
  /** Beside a refusal because of the crossing: which flow the plant's zones and conduits did not let through. */
  readonly 'conduit.denied_flow': {
    readonly action: DecisionEvent['action']
    readonly person: PersonId
    readonly asset: AssetId
    readonly plant: PlantId
    readonly protocol: Protocol
    /** Null where none leads there. */
    readonly conduit: ConduitId | null
    readonly zone: ZoneId
    /** Null where the plant has no gateway zone to start from. */
    readonly levels: Levels | null
    /** The invariants that stood in the way. */
    readonly rules: readonly string[]
  }
  /** Beside a refusal to reach a safety instrumented system, for a precondition that does not hold. */
  readonly 'safety.block': {
    readonly action: DecisionEvent['action']
    readonly person: PersonId
    readonly asset: AssetId
    readonly plant: PlantId
    readonly zone: ZoneId
    readonly rules: readonly string[]
  }

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
    /** The requests made with it; null when it stands alone. */
    readonly set: RequestSetId | null
    readonly person: PersonId
    readonly supplier: SupplierId | null
    readonly asset: AssetId
    readonly plant: PlantId
    readonly protocol: Protocol
    readonly operationClass: OperationClass
    readonly window: Window
    readonly schedule: Schedule
    readonly tier: Tier
    /** Ids of the tier's criteria that were affirmed. */
    readonly criteria: readonly string[]
    readonly purpose: Commitment
    readonly ticket: Commitment | null
    readonly rollback: Commitment | null
    /** SHA-256 (hex) of the files to be brought; their names stand in the request. */
    readonly files: readonly string[]
    readonly needs: readonly ApprovalNeed[]
    /** When it expires if nobody decides. */
    readonly answerBy: number
    readonly digest: string
  }
  /** An emergency was declared: from now on the time to the first session is measured. */
  readonly 'request.emergency_declared': {
    readonly request: RequestId
    readonly person: PersonId
    readonly asset: AssetId
    readonly plant: PlantId
    readonly criteria: readonly string[]
    readonly reason: Commitment
    /** When the first session should have begun, and when waiting longer is an alarm; null where the tier says neither. */
    readonly targetAt: number | null
    readonly alarmAt: number | null
  }
  /** The first session on an emergency's grant has begun. */
  readonly 'request.emergency_answered': {
    readonly request: RequestId
    readonly grant: GrantId
    readonly session: SessionId
    readonly submittedAt: number
    /** Minutes from the asking to the session, a begun one counted whole. */
    readonly minutes: number
    readonly targetMinutes: number | null
    readonly inTime: boolean
  }
  /** Access was taken without anybody's yes, as the tier allows: an alarm, reviewed afterwards. */
  readonly 'request.break_glass': {
    readonly request: RequestId
    readonly grant: GrantId
    readonly person: PersonId
    readonly supplier: SupplierId | null
    readonly asset: AssetId
    readonly plant: PlantId
    readonly window: Window
    readonly criteria: readonly string[]
    readonly reason: Commitment
    readonly digest: string
  }
  /** A nonconformity (ISO/IEC 27001:2022 clause 10.2) was opened, to be corrected by a day. */
  readonly 'incident.capa_opened': {
    readonly because: 'break-glass'
    readonly request: RequestId
    readonly grant: GrantId
    readonly review: ReviewId
    readonly person: PersonId
    readonly asset: AssetId
    readonly plant: PlantId
    readonly dueAt: number
  }
  /** A yes that is not the last one needed. */
  readonly 'request.approval_given': {
    readonly request: RequestId
    readonly requester: PersonId
    readonly approver: PersonId
    /** Whose right was used; the approver unless it was delegated. */
    readonly onBehalfOf: PersonId
    readonly asset: AssetId
    readonly reach: ToldReach
    readonly digest: string
    readonly comment: Commitment
    /** What is still needed. */
    readonly open: readonly ApprovalNeed[]
  }
  /** An approver narrowed what would be granted: the digest is another, and yeses for the old one count no longer. */
  readonly 'request.terms_changed': {
    readonly request: RequestId
    readonly by: PersonId
    readonly from: string
    readonly to: string
    readonly window: Window
    readonly operationClass: OperationClass
    readonly escort: boolean
    readonly conditions: Commitment | null
  }
  /** A yes given before counts no longer; its giver is asked again. */
  readonly 'request.approval_lapsed': {
    readonly request: RequestId
    readonly approver: PersonId
    readonly because: 'terms-changed' | 'no-longer-theirs'
  }
  readonly 'request.approved': {
    readonly request: RequestId
    readonly grant: GrantId
    readonly requester: PersonId
    /** Whose yes was the last. */
    readonly approver: PersonId
    /** Everybody whose yes counted, in order, and whose right each used. */
    readonly approvals: readonly { readonly by: PersonId; readonly onBehalfOf: PersonId }[]
    readonly needs: readonly ApprovalNeed[]
    readonly asset: AssetId
    readonly reach: ToldReach
    readonly operationClass: OperationClass
    readonly window: Window
    readonly schedule: Schedule
    readonly tier: Tier
    readonly escort: boolean
    readonly conditions: Commitment | null
    readonly digest: string
    readonly comment: Commitment
  }
  readonly 'request.denied': {
    readonly request: RequestId
    readonly requester: PersonId
    readonly approver: PersonId
    readonly onBehalfOf: PersonId
    readonly digest: string
    readonly comment: Commitment
  }
  readonly 'request.withdrawn': { readonly request: RequestId; readonly person: PersonId }
  readonly 'request.expired': { readonly request: RequestId }
  /** Nobody has answered for as long as the bundle allows; who can answer was told again. */
  readonly 'request.reminded': { readonly request: RequestId; readonly people: readonly PersonId[] }
  /** Others were told: nobody has answered, or nobody is on duty who could. It opens nothing. */
  readonly 'request.escalated': {
    readonly request: RequestId
    readonly because: 'unanswered' | 'nobody-on-duty'
    /** Duties that nobody has at the moment. */
    readonly duties: readonly string[]
    readonly people: readonly PersonId[]
  }
  /** From an emergency's request to its first session it has taken longer than the tier allows. */
  readonly 'request.emergency_overdue': {
    readonly request: RequestId
    readonly submittedAt: number
    readonly alarmMinutes: number
  }
  /** An approval link was opened by whom it was made for. It approves nothing. */
  readonly 'approval.link_used': {
    readonly request: RequestId
    readonly person: PersonId
    readonly digest: string
  }
  readonly 'approval.link_refused': {
    /** Null where no link of ours was shown. */
    readonly request: RequestId | null
    readonly person: PersonId
    readonly reason: 'forged' | 'used' | 'expired' | 'another-person' | 'request-changed' | 'second-factor-missing'
  }
  /** What the plant's change system said of the ticket a request names. */
  readonly 'change.linked': {
    readonly request: RequestId
    readonly reference: Commitment
    readonly state: 'open' | 'closed' | 'unknown' | 'unreachable'
    /** SHA-256 (hex) of its answer as it came; null when there was none. */
    readonly snapshot: string | null
  }
  /** A step on a request or grant that its state or its terms do not allow; nothing was changed. */
  readonly 'request.refused': {
    readonly request?: RequestId
    readonly grant?: GrantId
    readonly person: PersonId
    readonly step: 'submit' | 'approve' | 'deny' | 'withdraw' | 'revoke' | 'extend'
    /** Why, by the state machine; `state-conflict` when somebody else was faster. */
    readonly code: RefusalCode | 'state-conflict'
  }
  /** A grant that counts from its first use was used: its window is now what is left of it. */
  readonly 'grant.first_used': { readonly grant: GrantId; readonly session: SessionId; readonly window: Window }
  /** `window`: all of it; `occurrence`: of a recurring access the one that was running, and no other. */
  readonly 'grant.extended': {
    readonly grant: GrantId
    readonly by: PersonId
    readonly onBehalfOf: PersonId
    readonly what: 'window' | 'occurrence'
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
  /** Somebody or something was taken off; nothing of it may be asked for, granted or used until it is lifted. */
  readonly 'suspension.created': {
    readonly suspension: SuspensionId
    readonly target: SuspensionTarget
    readonly by: PersonId
    readonly via: 'https' | 'local'
    readonly reason: Commitment
    /** What it ended at once. */
    readonly grants: readonly GrantId[]
    readonly sessions: readonly SessionId[]
  }
  /** Beside `suspension.created`, where a supplier was taken off. */
  readonly 'supplier.suspended': {
    readonly suspension: SuspensionId
    readonly supplier: SupplierId
    readonly by: PersonId
    readonly reason: Commitment
  }
  /** Lifted by another person than the one who suspended. What was ended stays ended. */
  readonly 'suspension.lifted': {
    readonly suspension: SuspensionId
    readonly target: SuspensionTarget
    readonly suspendedBy: PersonId
    readonly by: PersonId
    readonly reason: Commitment
  }
  /** Somebody tried to connect while they, or the asset, were suspended. */
  readonly 'session.reconnect_blocked': {
    readonly suspension: SuspensionId
    readonly person: PersonId
    readonly supplier: SupplierId | null
    readonly asset: AssetId
    readonly source: Commitment | null
  }
  /** Access was ended at one stroke, without keeping anybody off. Each grant has its `grant.revoked` beside it. */
  readonly 'access.revoked': {
    readonly target: RevocationTarget
    readonly by: PersonId
    readonly via: 'https' | 'local'
    readonly reason: Commitment
    /** Was it insisted on although an asset asks for a safe state first? */
    readonly insisted: boolean
    readonly grants: readonly GrantId[]
    readonly sessions: readonly SessionId[]
  }
  /** A step on suspensions, delegations, presences, attestations, reviews or campaigns that was refused. */
  readonly 'standing.step_refused': {
    readonly person: PersonId
    readonly step:
      | 'suspend'
      | 'lift'
      | 'revoke'
      | 'delegate'
      | 'end-delegation'
      | 'assert-presence'
      | 'end-presence'
      | 'attest'
      | 'withdraw-attestation'
      | 'review'
      | 'start-campaign'
      | 'decide-item'
      | 'close-campaign'
    readonly code:
      | 'own-access'
      | 'own-suspension'
      | 'own-item'
      | 'own-eligibility'
      /** Who is suspended lifts nothing of it. */
      | 'suspended-party'
      | 'role-missing'
      | 'to-oneself'
      | 'to-a-supplier'
      | 'confirm-safe-state'
      | 'wrong-code'
      | 'code-replayed'
      | 'too-many-tries'
    /** What it was about: an id of this gateway or of the bundle; null where there is none. */
    readonly subject: string | null
  }

  readonly 'delegation.created': {
    readonly delegation: DelegationId
    readonly from: PersonId
    readonly to: PersonId
    readonly window: Window
    readonly reason: Commitment
  }
  readonly 'delegation.ended': { readonly delegation: DelegationId; readonly by: PersonId }

  /** Somebody on site has shown, with the code of the zone's device, that they are there. */
  readonly 'safety.local_enable_on': {
    readonly presence: PresenceId
    readonly zone: ZoneId
    readonly plant: PlantId
    readonly person: PersonId
    readonly until: number
  }
  readonly 'safety.local_enable_off': {
    readonly presence: PresenceId
    readonly zone: ZoneId
    readonly person: PersonId
    /** `renewed`: the same person showed it again, for another time. */
    readonly reason: 'ended' | 'time' | 'renewed'
    /** Null where time ended it. */
    readonly by: PersonId | null
  }

  /** That a person may touch a controlled label: by whom, until when, and where the proof is. */
  readonly 'eligibility.attested': {
    readonly attestation: AttestationId
    readonly person: PersonId
    readonly label: string
    readonly until: number
    readonly by: PersonId
    readonly reference: Commitment
  }
  readonly 'eligibility.withdrawn': {
    readonly attestation: AttestationId
    readonly person: PersonId
    readonly by: PersonId
    readonly reason: Commitment
  }

  /** Access that has to be looked at afterwards, by a day. */
  readonly 'review.opened': {
    readonly review: ReviewId
    readonly kind: 'emergency' | 'break-glass' | 'session'
    readonly request: RequestId
    readonly grant: GrantId
    readonly session?: SessionId
    readonly person: PersonId
    readonly asset: AssetId
    readonly plant: PlantId
    readonly dueAt: number
  }
  /** Its day has passed, and nobody has looked. Once each. */
  readonly 'review.overdue':
    | {
        readonly review: ReviewId
        readonly kind: 'emergency' | 'break-glass' | 'session'
        readonly request: RequestId
        readonly grant: GrantId
        readonly session?: SessionId
        readonly dueAt: number
      }
    | { readonly campaign: CampaignId; readonly undecided: number; readonly dueAt: number }
  /** Emergency or break-glass access was looked at by somebody who did not use it. */
  readonly 'request.retro_reviewed': {
    readonly review: ReviewId
    readonly kind: 'emergency' | 'break-glass' | 'session'
    readonly request: RequestId
    readonly grant: GrantId
    readonly by: PersonId
    readonly verdict: 'justified' | 'not-justified'
    readonly comment: Commitment
    readonly inTime: boolean
  }
  readonly 'session.reviewed': {
    readonly review: ReviewId
    readonly session: SessionId
    readonly by: PersonId
    readonly verdict: 'justified' | 'not-justified'
    readonly comment: Commitment
    readonly inTime: boolean
  }

  /** The standing eligibility of everybody enabled is to be decided on anew. */
  readonly 'review.access_campaign_started': {
    readonly campaign: CampaignId
    readonly by: PersonId
    readonly title: Commitment
    readonly dueAt: number
    readonly people: number
  }
  readonly 'review.item_decided': {
    readonly campaign: CampaignId
    readonly person: PersonId
    readonly verdict: 'keep' | 'change' | 'remove'
    readonly by: PersonId
    readonly reason: Commitment
    readonly before: { readonly roles: readonly Role[]; readonly plants: readonly PlantId[] }
    readonly after: { readonly roles: readonly Role[]; readonly plants: readonly PlantId[] } | null
  }
  readonly 'review.closed': {
    readonly campaign: CampaignId
    readonly by: PersonId
    readonly kept: number
    readonly changed: number
    readonly removed: number
    /** Those nobody decided on before its day. */
    readonly undecided: readonly PersonId[]
  }
  /** Roles or plants were taken from a person. */
  readonly 'identity.changed': {
    readonly person: PersonId
    readonly by: PersonId
    readonly roles: readonly Role[]
    readonly plants: readonly PlantId[]
    readonly campaign: CampaignId
  }

  /** An exception of the register is in force for the first time, or for another term (`renewals`). */
  readonly 'exception.granted': {
    readonly exception: string
    readonly from: string
    readonly until: string
    readonly renewals: number
    readonly risk: string
    /** Controls that make up for it: ids of the register. */
    readonly compensating: readonly string[]
    readonly assets: readonly AssetId[]
    readonly owner: Commitment
    readonly approvedBy: Commitment
    readonly bundle: string
  }
  /** It ends within 14 days. */
  readonly 'exception.expiring': { readonly exception: string; readonly until: string; readonly bundle: string }
  /** Its last day has passed: the rules hold again. */
  readonly 'exception.expired': { readonly exception: string; readonly until: string; readonly bundle: string }
  /** It was taken out of the bundle before its last day. */
  readonly 'exception.closed': { readonly exception: string; readonly until: string; readonly bundle: string }

  readonly 'evidence.exported': {
    readonly by: PersonId | null
    readonly sessions: readonly SessionId[]
    readonly size: number
    readonly purpose: Commitment
  }
}

export type EventType = keyof Events
export type SallyportEvent = { readonly [T in EventType]: { readonly type: T; readonly data: Events[T] } }[EventType]

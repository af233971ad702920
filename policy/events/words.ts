// Words that events of several themes are told in.

import type { AssetId, GrantId, PersonId, PlantId, RequestId, SessionId, SupplierId } from '../ids.ts'
import type {
  OperationClass,
  Protocol,
  PurdueLevel,
  Schedule,
  SuspensionTarget,
  Tier,
  WatchedRule,
  Window,
} from '../model.ts'

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
  /** A training, an eligibility or something that is expected of the supplier is not attested any more. */
  | 'attestation-ended'
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

export interface DecisionEvent {
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
  /** What had to be attested for this use, by id: trainings of the person, expectations of their supplier. Absent: nothing. */
  readonly attestable?: {
    readonly supplier: SupplierId | null
    readonly trainings: readonly string[]
    readonly expectations: readonly string[]
  }
  /** Exceptions of the register in force that cover the asset, by id. */
  readonly exceptions: readonly string[]
  /** Risks accepted at the time that touch the asset, by id; absent where there is none. */
  readonly acceptedRisks?: readonly string[]
  /** Rules that do not hold yet and would have been at work; absent where there is none. */
  readonly watched?: readonly WatchedRule[]
  /** Shared services a session to the asset leans on, by id; absent where there is none. */
  readonly leansOn?: readonly string[]
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

// The words of the product as types: what is declared in a bundle, who people are, what is asked and what is granted.
// Values only. Instants are milliseconds since the Unix epoch (UTC); the calendar lives in window.ts and calendar.ts.

import type { AssetId, ConduitId, GrantId, Login, PersonId, PlantId, RequestId, SupplierId, ZoneId } from './ids.ts'

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number

/** A span in which access may be used: `from` inclusive, `until` exclusive. */
export interface Window {
  readonly from: Instant
  readonly until: Instant
}

export const roles = [
  'vendor',
  'engineer',
  'approver',
  'escort',
  'safety-engineer',
  'auditor',
  'isms-manager',
  'admin',
] as const
export type Role = (typeof roles)[number]

/** Purdue levels as IEC 62443 and ISA-95 users write them; 3.5 is the DMZ between level 3 and 4. */
export const purdueLevels = [0, 1, 2, 3, 3.5, 4, 5] as const
export type PurdueLevel = (typeof purdueLevels)[number]

/** `SIS`: a safety instrumented system (IEC 61511). Unreachable unless every safety precondition holds. */
export const safetyClasses = ['none', 'related', 'SIS'] as const
export type SafetyClass = (typeof safetyClasses)[number]
export const criticalities = ['low', 'medium', 'high'] as const
export type Criticality = (typeof criticalities)[number]
/** What a grant allows inside a protocol, least first. */
export const operationClasses = ['observe', 'operate', 'engineer'] as const
export type OperationClass = (typeof operationClasses)[number]
export const protocols = ['ssh'] as const
export type Protocol = (typeof protocols)[number]
export const mfaKinds = ['totp'] as const
export type MfaKind = (typeof mfaKinds)[number]

export interface Plant {
  readonly id: PlantId
  readonly name: string
  /** IANA time zone: windows are shown and calendars computed in it. */
  readonly timeZone: string
  /** The longest window a request may ask for here, in minutes. */
  readonly maxWindowMinutes: number
}

export interface ScopeRule {
  readonly id: string
  readonly plant: PlantId
  /** Every criterion given must match; one not given matches all. */
  readonly zones?: readonly ZoneId[]
  readonly assets?: readonly AssetId[]
  readonly types?: readonly string[]
  readonly labels?: readonly string[]
  readonly reason: string
}

/** ISO/IEC 27001:2022 clause 4.3: what the ISMS covers, and, named explicitly, what it does not. */
export interface Scope {
  readonly version: string
  readonly statement: string
  readonly plants: readonly Plant[]
  readonly include: readonly ScopeRule[]
  readonly exclude: readonly ScopeRule[]
}

/** `undetermined`: matched by no rule. Denied, as `out` is. Exclusion is the stricter outcome and wins. */
export type ScopeStatus =
  | { readonly kind: 'in'; readonly rule: string; readonly reason: string }
  | { readonly kind: 'out'; readonly rule: string; readonly reason: string }
  | { readonly kind: 'undetermined' }

export interface Zone {
  readonly id: ZoneId
  readonly plant: PlantId
  readonly name: string
  readonly level: PurdueLevel
  readonly owner: string
  /** The zone the gateway itself stands in; one a plant. */
  readonly gateway: boolean
}

export interface Conduit {
  readonly id: ConduitId
  readonly from: ZoneId
  readonly to: ZoneId
  readonly protocols: readonly Protocol[]
  readonly owner: string
  readonly reason: string
  /** The day (ISO 8601, in the plant's zone) by which the owner looks at it again; past it, the conduit is closed. */
  readonly reviewBy: string
}

export interface SshEndpoint {
  readonly protocol: 'ssh'
  readonly host: string
  readonly port: number
  /** Pinned public host keys in OpenSSH form (`ssh-ed25519 AAAA…`). Never empty: an unpinned target is not reachable. */
  readonly hostKeys: readonly string[]
  /** The account on the target; shared accounts are mapped to a person by the session. */
  readonly account: string
  /** Name of the credential in the gateway's vault. The secret itself is never in a bundle. */
  readonly credential: string
}
export type Endpoint = SshEndpoint

export const expiryKinds = ['cut', 'drain'] as const
export type ExpiryBehaviour =
  | { readonly kind: 'cut' }
  /** Warn at 15, 5 and 1 minutes, then cut at the window's end. */
  | { readonly kind: 'drain' }

export interface Asset {
  readonly id: AssetId
  readonly name: string
  readonly zone: ZoneId
  readonly owner: string
  readonly type: string
  readonly criticality: Criticality
  readonly safety: SafetyClass
  readonly labels: readonly string[]
  readonly endpoints: readonly Endpoint[]
  readonly expiry: ExpiryBehaviour
}

export interface Supplier {
  readonly id: SupplierId
  readonly name: string
  /** The plant person who answers for this supplier. */
  readonly sponsor: string
  /** First and last day (ISO 8601, inclusive, UTC) of the contract. */
  readonly contract: { readonly from: string; readonly until: string }
  /** Asset labels this supplier may touch; an asset needs at least one of them. */
  readonly labels: readonly string[]
}

/** A control the plant uses, from the catalogue, with the person who answers for it. */
export interface RegisterRow {
  readonly control: string
  readonly owner: string
  readonly risks: readonly string[]
}

export interface Risk {
  readonly id: string
  readonly title: string
  readonly owner: string
}

export interface Register {
  readonly controls: readonly RegisterRow[]
  readonly risks: readonly Risk[]
}

export interface Person {
  readonly id: PersonId
  readonly login: Login
  readonly displayName: string
  readonly roles: readonly Role[]
  /** Set for people of a supplier; people of the plant have none. */
  readonly supplier: SupplierId | null
  /** Plants this person acts for; empty means none, never all. */
  readonly plants: readonly PlantId[]
  readonly disabled: boolean
}

/** What a person asks for. */
export interface AccessAsk {
  readonly asset: AssetId
  readonly protocol: Protocol
  readonly operationClass: OperationClass
  readonly window: Window
  readonly purpose: string
  /** Change or ticket reference; empty when none. */
  readonly ticket: string
}

export interface Approval {
  readonly by: PersonId
  readonly at: Instant
  readonly verdict: 'approve' | 'deny'
  readonly comment: string
  /** SHA-256 (hex) of the canonical request this verdict was given for. */
  readonly requestDigest: string
}

interface RequestCore {
  readonly id: RequestId
  readonly by: PersonId
  readonly ask: AccessAsk
  readonly submittedAt: Instant
}

/** submitted -> approved | refused | withdrawn | expired. Only `approved` carries a grant. */
export type AccessRequest = RequestCore &
  (
    | { readonly kind: 'submitted' }
    | { readonly kind: 'approved'; readonly approvals: readonly Approval[]; readonly grant: GrantId }
    | { readonly kind: 'refused'; readonly approvals: readonly Approval[] }
    | { readonly kind: 'withdrawn'; readonly at: Instant }
    | { readonly kind: 'expired'; readonly at: Instant }
  )

interface GrantCore {
  readonly id: GrantId
  readonly request: RequestId
  readonly person: PersonId
  readonly asset: AssetId
  readonly protocol: Protocol
  readonly operationClass: OperationClass
  readonly window: Window
}

/** open -> revoked | expired. An open grant outside its window permits nothing. */
export type Grant = GrantCore &
  (
    | { readonly kind: 'open' }
    | { readonly kind: 'revoked'; readonly by: PersonId; readonly at: Instant; readonly reason: string }
    | { readonly kind: 'expired'; readonly at: Instant }
  )

/** What the door asks: may this person do this now? */
export type Action = 'request' | 'approve' | 'connect' | 'extend'

export interface DecisionReason {
  /** `@id` of the policy, or `default-deny`, or `evaluation-error`. */
  readonly rule: string
  /** `@text`: the rule in words. */
  readonly text: string
  /** `@control`: catalogue ids this rule serves. */
  readonly controls: readonly string[]
}

export const obligationKinds = ['record', 'notify-approver', 'mfa'] as const
/** What must hold while a permit is used. The strictest of each kind wins; `record` always holds. */
export type Obligation = (typeof obligationKinds)[number]

interface DecisionCore {
  readonly reasons: readonly DecisionReason[]
  /** SHA-256 (hex) of the bundle the decision was taken under. */
  readonly bundle: string
  readonly scopeVersion: string
  readonly scope: ScopeStatus
}

export type Decision = DecisionCore &
  ({ readonly kind: 'permit'; readonly obligations: readonly Obligation[] } | { readonly kind: 'deny' })

/** Everything `decide` needs to know of the world; it reads nothing itself. */
export interface Facts {
  readonly now: Instant
  /** Who acts. */
  readonly person: Person
  /** Second factors proven in this login. Empty: one factor only. */
  readonly mfa: readonly MfaKind[]
}

export type DecisionRequest =
  | { readonly action: 'request'; readonly ask: AccessAsk }
  /** `requester` is the person whose request is judged; `ask` what the approver would grant. */
  | { readonly action: 'approve'; readonly ask: AccessAsk; readonly requester: Person }
  | { readonly action: 'extend'; readonly ask: AccessAsk; readonly requester: Person }
  /** `grant` is the open grant this use rests on, or null when there is none. */
  | { readonly action: 'connect'; readonly asset: AssetId; readonly protocol: Protocol; readonly grant: Grant | null }

/** One event of the ledger as the register reads it. `data` is what the event type's schema says. */
export interface EvidenceEvent {
  readonly index: number
  readonly at: Instant
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
}

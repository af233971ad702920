// The words of the product as types: what is declared in a bundle, who people are, what is asked and what is granted.
// Values only. Instants are milliseconds since the Unix epoch (UTC); the calendar lives in window.ts and calendar.ts.

import type {
  AssetId,
  ConduitId,
  GrantId,
  Login,
  PersonId,
  PlantId,
  RequestId,
  RequestSetId,
  SupplierId,
  SuspensionId,
  ZoneId,
} from './ids.ts'

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
/** What this gateway brokers: what may be asked for. */
export const protocols = ['ssh'] as const
export type Protocol = (typeof protocols)[number]
/** What a conduit may carry, brokered here or not: reach through the plant's own firewalls is reckoned with it. */
export const conduitProtocols = [
  ...protocols,
  'telnet',
  'rdp',
  'vnc',
  'http',
  'https',
  'smb',
  'opc-ua',
  'historian',
  's7',
  'modbus',
  'cip',
  'profinet',
  'dnp3',
  'iec-104',
] as const
export type ConduitProtocol = (typeof conduitProtocols)[number]
export const mfaKinds = ['totp'] as const
export type MfaKind = (typeof mfaKinds)[number]

/**
 * How a request is handled (ISO/IEC 20000-1 change types, ISO/IEC 27001:2022 A.8.32): `emergency` is answered by who is
 * on duty, measured and reviewed afterwards; `break-glass` is answered by nobody, alarms, is short and reviewed.
 */
export const tiers = ['standard', 'normal', 'emergency', 'break-glass'] as const
export type Tier = (typeof tiers)[number]

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof weekdays)[number]

/**
 * A time of day that comes round, as the plant's own clock shows it: from `from` (`09:00`) to before `until`, on the
 * days of the week given. Where `until` is not after `from` it lies in the next day. Days and times are wall clock:
 * across a change of summer time the span keeps its hours on the clock and not its length.
 */
export interface Recurrence {
  readonly days: readonly Weekday[]
  readonly from: string
  readonly until: string
}

/** When, inside its window, access may be used. */
export type Schedule =
  | { readonly kind: 'whole' }
  /** For so long from the moment it is approved; the window is the span in which that moment may lie. */
  | { readonly kind: 'from-approval'; readonly minutes: number }
  /** For so long from the first connection, which may come any time in the window. */
  | { readonly kind: 'from-first-use'; readonly minutes: number }
  /** Again and again inside the window, such as work days from 09:00 to 18:00. */
  | {
      readonly kind: 'recurring'
      readonly recurrence: Recurrence
      readonly timeZone: string
      /** One occurrence that an approver made longer: its span as it is now. Only a grant has it. */
      readonly extended?: Window
    }

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

export const phaseNumbers = [1, 2, 3] as const
/** 1: boundary and workstations; 2: operations; 3: process control. */
export type PhaseNumber = (typeof phaseNumbers)[number]

/** A gate: assets of its types are targets only when it is open, which it is when every criterion is met. */
export interface Phase {
  readonly phase: PhaseNumber
  readonly types: readonly string[]
  readonly criteria: readonly { readonly text: string; readonly metOn: string | null }[]
  /** The day it is planned to open (ISO 8601). */
  readonly plannedFor: string
  /** Who opened it, and on which day; null while it is closed. */
  readonly opened: { readonly on: string; readonly by: string } | null
}

/** Something several plants lean on: a directory, a historian, a mail relay. */
export interface SharedService {
  readonly id: string
  readonly name: string
  readonly provider: string
  readonly plants: readonly PlantId[]
  /** The asset it is, where it is one of the bundle's. */
  readonly asset: AssetId | null
  /** Is it covered by this ISMS? Where not, `risk` and `compensating` say how that is managed. */
  readonly inScope: boolean
  readonly inheritedControls: readonly string[]
  readonly risk: string | null
  readonly compensating: readonly string[]
}

/** A label that not everybody may touch: an attested eligibility of the person, and a place the connection comes from. */
export interface ControlledLabel {
  readonly label: string
  /** ISO 3166-1 alpha-2 codes of the countries a connection may come from. */
  readonly countries: readonly string[]
  readonly reason: string
}

/** Addresses whose country is known, by agreement with the supplier or from the plant's own network plan. */
export interface Place {
  readonly id: string
  readonly country: string
  /** CIDR blocks. */
  readonly networks: readonly string[]
}

/** ISO/IEC 27001:2022 clause 4.3: what the ISMS covers, and, named explicitly, what it does not. */
export interface Scope {
  readonly version: string
  readonly statement: string
  readonly justification: string
  readonly plants: readonly Plant[]
  readonly include: readonly ScopeRule[]
  readonly exclude: readonly ScopeRule[]
  readonly phases: readonly Phase[]
  readonly sharedServices: readonly SharedService[]
  readonly controlledLabels: readonly ControlledLabel[]
  readonly places: readonly Place[]
  /** Regimes the scope serves, such as `iso-27001`, `nis2`, `tisax`. */
  readonly regimes: readonly string[]
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

/**
 * The boundaries of the Purdue model a conduit may cross; `site` joins two plants. A conduit crosses the lowest boundary
 * between its levels. `L2-L1` carries nothing downward, whoever approves.
 */
export const boundaryProfiles = ['L4-L3', 'L3-L2', 'L2-L1', 'site'] as const
export type BoundaryProfile = (typeof boundaryProfiles)[number]

export interface Boundary {
  readonly profile: BoundaryProfile
  readonly plant: PlantId
  readonly owner: string
  readonly reason: string
}

export const directions = ['forward', 'both'] as const
/** `forward`: opened only from `from` towards `to`. */
export type Direction = (typeof directions)[number]

export interface Conduit {
  readonly id: ConduitId
  readonly from: ZoneId
  readonly to: ZoneId
  readonly direction: Direction
  readonly protocols: readonly ConduitProtocol[]
  /** The most that may be done through it. */
  readonly operationClass: OperationClass
  /** Null: nobody answers for it, and it is closed. */
  readonly owner: string | null
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

export const expiryKinds = ['cut', 'drain', 'confirm-safe-state'] as const
/**
 * What happens to a session at its window's end. `hardLimitMinutes` counts from there: until then the session may still
 * observe, its input is stopped; then it is closed.
 */
export type ExpiryBehaviour =
  | { readonly kind: 'cut' }
  | { readonly kind: 'drain'; readonly hardLimitMinutes: number }
  /** As drain, and who ends it by hand is asked once whether the process is in a safe state, and may insist. */
  | { readonly kind: 'confirm-safe-state'; readonly hardLimitMinutes: number }

/** IEC 61508 safety integrity levels. */
export const silLevels = [1, 2, 3, 4] as const
export type Sil = (typeof silLevels)[number]

export interface Asset {
  readonly id: AssetId
  readonly name: string
  readonly zone: ZoneId
  readonly owner: string
  readonly type: string
  readonly criticality: Criticality
  readonly safety: SafetyClass
  /** Set for every SIS, and for a safety-related asset where it is known. */
  readonly sil: Sil | null
  /** The production line whose maintenance windows hold for it. */
  readonly line: string | null
  readonly labels: readonly string[]
  readonly endpoints: readonly Endpoint[]
  readonly expiry: ExpiryBehaviour
  /** A session is effective only while somebody on site asserts presence. */
  readonly localPresence: boolean
  /** No longer supported by its maker: policies may be stricter (IEC 62443-2-3). */
  readonly unsupported: boolean
  /** Sessions at a time; null where only the gateway's own limits hold. */
  readonly maxSessions: number | null
  /** Only for a SIS: that it may be reached at all, by a safety review, until a day. */
  readonly optIn: { readonly reviewedBy: string; readonly reviewedOn: string; readonly until: string } | null
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
  /** Sessions of its people at a time; null where only the gateway's own limits hold. */
  readonly maxSessions: number | null
}

/** When a line stands still and may be worked on. */
export interface MaintenanceWindow {
  readonly id: string
  readonly plant: PlantId
  readonly lines: readonly string[]
  /** Comes round, or happens once. Once is from and until as local date-times (`2026-12-24T06:00`). */
  readonly when:
    | { readonly kind: 'weekly'; readonly recurrence: Recurrence }
    | { readonly kind: 'once'; readonly from: string; readonly until: string }
  /** Does it fall away on the plant's holidays? */
  readonly notOnHolidays: boolean
}

/** One shift: the people on duty, by login, when it comes round. */
export interface Shift {
  readonly recurrence: Recurrence
  readonly people: readonly Login[]
}

/** Who is on duty for what (`shift-lead`, `ot-security`) in a plant. A gap opens nothing: it escalates. */
export interface Roster {
  readonly id: string
  readonly plant: PlantId
  readonly duty: string
  readonly shifts: readonly Shift[]
  /** Who is told when a request waits and nobody is on duty. */
  readonly escalateTo: readonly Login[]
}

export interface Calendars {
  readonly maintenance: readonly MaintenanceWindow[]
  readonly holidays: readonly { readonly plant: PlantId; readonly day: string; readonly name: string }[]
  readonly rosters: readonly Roster[]
}

export interface TierRules {
  /** What who asks has to affirm for this tier. */
  readonly criteria: readonly { readonly id: string; readonly text: string }[]
  /** The longest window, beside the plant's own limit. */
  readonly maxWindowMinutes: number | null
  /** Request to access, in minutes: what is aimed at. */
  readonly targetMinutes: number | null
  /** Request to access, in minutes: when it becomes an alarm. */
  readonly alarmMinutes: number | null
  /** Review afterwards, due so many hours after the grant ends; null where none is forced. */
  readonly reviewHours: number | null
  /** Is a rollback plan required? */
  readonly rollback: boolean
}

export const unreachableChoices = ['deny', 'permit'] as const

/** How requests are handled: access.yaml. */
export interface AccessRules {
  readonly tiers: Readonly<Record<Tier, TierRules>>
  /** Minutes until who can answer is reminded, until others are told, and until an unanswered request expires. */
  readonly answers: {
    readonly remindMinutes: number
    readonly escalateMinutes: number
    readonly expireMinutes: number
  }
  /** Ticket references are checked by a connector: what holds when it does not answer. */
  readonly ticketUnreachable: (typeof unreachableChoices)[number]
  /** Days a recurring access may last. */
  readonly maxRecurringDays: number
  /** Times an exception may be renewed. */
  readonly maxRenewals: number
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

/**
 * Something a rule would forbid, borne for a time with compensating controls. A policy names it
 * (`context.exceptions.contains("EX-01")`); outside its days it is not there, and the rule holds again.
 */
export interface Exception {
  readonly id: string
  readonly title: string
  readonly owner: string
  readonly approvedBy: string
  readonly reason: string
  readonly risk: string
  readonly compensating: readonly string[]
  /** What it covers; empty: every asset. */
  readonly assets: readonly AssetId[]
  /** First and last day (ISO 8601, inclusive, UTC). */
  readonly from: string
  readonly until: string
  readonly renewals: number
}

export interface Register {
  readonly controls: readonly RegisterRow[]
  readonly risks: readonly Risk[]
  readonly exceptions: readonly Exception[]
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
  readonly schedule: Schedule
  readonly tier: Tier
  /** Ids of the tier's criteria that the person affirms. */
  readonly criteria: readonly string[]
  readonly purpose: string
  /** Change or ticket reference; empty when none. */
  readonly ticket: string
  /** How the change is undone; empty when none is given. */
  readonly rollback: string
  /** Files to be brought. */
  readonly files: readonly DeclaredFile[]
}

export interface DeclaredFile {
  readonly name: string
  /** 64 hex digits. */
  readonly sha256: string
}

/** One yes a request needs: of somebody with a role, or of whoever is on duty. Several are needed of several people. */
export type ApprovalNeed =
  | { readonly kind: 'role'; readonly role: Role }
  | { readonly kind: 'duty'; readonly duty: string }

/** What is granted where an approver changes what was asked: never more. */
export interface Terms {
  readonly window: Window
  readonly operationClass: OperationClass
  /** The approver wants somebody of the plant to be there. */
  readonly escort: boolean
  /** Conditions in words; empty when none. */
  readonly conditions: string
}

export interface Approval {
  readonly by: PersonId
  /** Whose right to decide was used; `by` unless it was delegated. */
  readonly onBehalfOf: PersonId
  readonly at: Instant
  readonly verdict: 'approve' | 'deny'
  readonly comment: string
  /** SHA-256 (hex) of the canonical request and terms this verdict was given for. */
  readonly requestDigest: string
}

interface RequestCore {
  readonly id: RequestId
  /** The requests made with it, for a set of assets; null when it stands alone. */
  readonly set: RequestSetId | null
  readonly by: PersonId
  readonly ask: AccessAsk
  readonly submittedAt: Instant
}

/** submitted -> approved | refused | withdrawn | expired. Only `approved` carries a grant. */
export type AccessRequest = RequestCore &
  /** `approvals`: the yeses given so far, for the terms as they are now; `terms`: what would be granted. */
  (
    | { readonly kind: 'submitted'; readonly approvals: readonly Approval[]; readonly terms: Terms }
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
  /** The outermost span; `schedule` says when inside it. */
  readonly window: Window
  readonly schedule: Schedule
  readonly tier: Tier
  readonly escort: boolean
  readonly conditions: string
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

/**
 * What must hold while a permit is used. Asked for by the policies that determined it; the strictest of each kind wins,
 * and `record` always holds. Minutes and hours: the fewer the stricter.
 */
export type Obligation =
  | { readonly kind: 'record' }
  | { readonly kind: 'notify-approver' }
  | { readonly kind: 'mfa' }
  | { readonly kind: 'approvals'; readonly needs: readonly ApprovalNeed[] }
  /** Somebody of the plant is attached all the time; gone longer than the grace, the session ends. */
  | { readonly kind: 'escort'; readonly graceMinutes: number }
  | { readonly kind: 'local-presence' }
  | { readonly kind: 'observe-only' }
  | { readonly kind: 'review'; readonly withinHours: number }
  | { readonly kind: 'idle-lock'; readonly minutes: number }
  | { readonly kind: 'idle-end'; readonly minutes: number }
export type ObligationKind = Obligation['kind']
export const obligationKinds = [
  'record',
  'notify-approver',
  'mfa',
  'approvals',
  'escort',
  'local-presence',
  'observe-only',
  'review',
  'idle-lock',
  'idle-end',
] as const satisfies readonly ObligationKind[]

interface DecisionCore {
  readonly reasons: readonly DecisionReason[]
  /** SHA-256 (hex) of the bundle the decision was taken under. */
  readonly bundle: string
  readonly scopeVersion: string
  readonly scope: ScopeStatus
  /** Ids of the register's exceptions in force that cover the asset. */
  readonly exceptions: readonly string[]
}

export const remedyKinds = [
  'account',
  'approver',
  'asset',
  'attestation',
  'conduit',
  'contract',
  'criteria',
  'exception',
  'files',
  'grant',
  'maintenance',
  'mfa',
  'operation-class',
  'phase',
  'place',
  'presence',
  'protocol',
  'request',
  'role',
  'rollback',
  'rule',
  'safety-review',
  'schedule',
  'scope',
  'seal',
  'suspension',
  'ticket',
  'tier',
  'window',
] as const
export type RemedyKind = (typeof remedyKinds)[number]

/** Something that would have to change for a permit, in a clause that says who does what. */
export interface Remedy {
  readonly kind: RemedyKind
  readonly text: string
}

/** `remedies`: what the invariants want changed, all of them; what policies want is worked out by `remediesFor`. */
export type Decision = DecisionCore &
  (
    | { readonly kind: 'permit'; readonly obligations: readonly Obligation[] }
    | { readonly kind: 'deny'; readonly remedies: readonly Remedy[] }
  )

/** What a person or the plant has been taken off until somebody else lifts it. */
export type SuspensionTarget =
  | { readonly kind: 'person'; readonly id: PersonId }
  | { readonly kind: 'supplier'; readonly id: SupplierId }
  | { readonly kind: 'asset'; readonly id: AssetId }
  | { readonly kind: 'zone'; readonly id: ZoneId }
  | { readonly kind: 'plant'; readonly id: PlantId }
  | { readonly kind: 'all' }

/** Off since `at`; only another person than `by` lifts it (NERC CIP-005-7 R3.2). */
export interface Suspension {
  readonly id: SuspensionId
  readonly target: SuspensionTarget
  readonly by: PersonId
  readonly at: Instant
  readonly reason: string
}

/** Somebody stands in a zone, and has shown it with the code of a device there. */
export interface Presence {
  readonly zone: ZoneId
  readonly person: PersonId
  readonly until: Instant
}

/** That a person may touch what carries a controlled label: a reference to the proof, never the proof. */
export interface Attestation {
  readonly person: PersonId
  readonly label: string
  readonly until: Instant
}

/** `from` lets `to` decide for them, for a time. */
export interface Delegation {
  readonly from: Person
  readonly to: PersonId
  readonly window: Window
}

/** What stands outside the bundle and touches many decisions. Only what is in force now. */
export interface World {
  readonly suspensions: readonly Suspension[]
  readonly presences: readonly Presence[]
  readonly attestations: readonly Attestation[]
  readonly delegations: readonly Delegation[]
  /** Assets whose scope changed with an attribute and was not reviewed yet: the stricter outcome holds. */
  readonly heldScope: ReadonlyMap<AssetId, ScopeStatus>
  /** Assets whose break-glass seal was broken and not reviewed since. */
  readonly brokenSeals: ReadonlySet<AssetId>
}

export const quietWorld: World = {
  suspensions: [],
  presences: [],
  attestations: [],
  delegations: [],
  heldScope: new Map(),
  brokenSeals: new Set(),
}

/** What the change system says of a ticket. `none`: the request names none; `unchecked`: no connector is set up. */
export const ticketStates = ['none', 'unchecked', 'open', 'closed', 'unknown', 'unreachable'] as const
export type TicketState = (typeof ticketStates)[number]

/** Everything `decide` needs to know of the world; it reads nothing itself. */
export interface Facts {
  readonly now: Instant
  /** Who acts. */
  readonly person: Person
  /** Second factors proven in this login. Empty: one factor only. */
  readonly mfa: readonly MfaKind[]
  /** The address the person comes from; null where it is not known, or not theirs. */
  readonly source: string | null
  readonly ticket: TicketState
  readonly world: World
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

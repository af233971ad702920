// A question to the door, and its answer.

import type { AssetId } from '../ids.ts'
import type { Instant } from './time.ts'
import type { ScopeStatus } from './scope.ts'
import type { Protocol } from './assets.ts'
import type { MfaKind, Person } from './people.ts'
import type { AccessAsk, ApprovalNeed, Grant } from './requests.ts'
import type { World } from './world.ts'

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
  /** Nothing typed reaches the target. `commands`: exact command lines that may be run all the same; absent: none. */
  | { readonly kind: 'observe-only'; readonly commands?: readonly string[] }
  /** As `observe-only`, until somebody who is with the session lifts it; it holds again when they leave. */
  | { readonly kind: 'write-hold'; readonly commands?: readonly string[] }
  /** Of a machine account: no terminal and no shell, and no other command than exactly these. */
  | { readonly kind: 'declared-commands'; readonly commands: readonly string[] }
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
  'write-hold',
  'declared-commands',
  'review',
  'idle-lock',
  'idle-end',
] as const satisfies readonly ObligationKind[]

/** A rule that does not hold yet and would have been at work: nothing of the decision is its doing. */
export interface WatchedRule {
  readonly rule: string
  readonly text: string
  /** `refuse`: it would forbid. `oblige`: its obligations would hold. `fail`: it cannot be evaluated, which refuses too. */
  readonly would: 'refuse' | 'oblige' | 'fail'
  /** The day (ISO 8601, in the plant's zone) from which it holds. */
  readonly from: string
}

/** Why an asset is held to more than its rules say, by code, and what that is. */
export interface Profile {
  /** `unsupported`: its maker looks after it no more, so nothing heals what is found in it. */
  readonly name: 'unsupported'
  /** What it can be reached by, and by nothing else. */
  readonly protocols: readonly Protocol[]
  /** Ids of the register's exceptions in force that cover it: what bears that it is there at all. */
  readonly exceptions: readonly string[]
}

interface DecisionCore {
  readonly reasons: readonly DecisionReason[]
  /** SHA-256 (hex) of the bundle the decision was taken under. */
  readonly bundle: string
  readonly scopeVersion: string
  readonly scope: ScopeStatus
  /** Ids of the register's exceptions in force that cover the asset. */
  readonly exceptions: readonly string[]
  /** Ids of the risks that are accepted now and touch the asset. */
  readonly acceptedRisks: readonly string[]
  /** Rules that are watched and would have been at work. */
  readonly watched: readonly WatchedRule[]
  /** Ids of the shared services a session to the asset leans on; inside this ISMS or not, the scope says. */
  readonly leansOn: readonly string[]
  /** Ids of the dependencies that did not work, as far as the decision is touched by them. */
  readonly unavailable: readonly string[]
  /** Absent: the asset is held to nothing more than its rules say. */
  readonly profile?: Profile
}

export const remedyKinds = [
  'account',
  'approver',
  'asset',
  'attestation',
  'conduit',
  'confirmation',
  'contract',
  'criteria',
  'dependency',
  'exception',
  'files',
  'grant',
  'machine',
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
  /** It is a drill: nothing real may be reached, and the drill asset may. */
  readonly drill?: boolean
}

export type DecisionRequest =
  | { readonly action: 'request'; readonly ask: AccessAsk }
  /** `requester` is the person whose request is judged; `ask` what the approver would grant. */
  | { readonly action: 'approve'; readonly ask: AccessAsk; readonly requester: Person }
  | { readonly action: 'extend'; readonly ask: AccessAsk; readonly requester: Person }
  /** `grant` is the open grant this use rests on, or null when there is none. */
  | {
      readonly action: 'connect'
      readonly asset: AssetId
      readonly protocol: Protocol
      readonly grant: Grant | null
      /** Set where the session lives already: ids of the dependencies that did not work when it began. */
      readonly living?: { readonly unavailable: readonly string[] }
    }

// How requests are handled: tiers, answers, calendars and rosters.

import type { AssetId, Login, PlantId, ZoneId } from '../ids.ts'
import type { OperationClass, Protocol } from './assets.ts'
import type { FileTerms } from './files.ts'
import type { Role } from './people.ts'
import type { PeopleFeed, RoleMapping, SeparationRule } from './separation.ts'
import type { Recurrence } from './time.ts'

/**
 * How a request is handled (ISO/IEC 20000-1 change types, ISO/IEC 27001:2022 A.8.32): `emergency` is answered by who is
 * on duty, measured and reviewed afterwards; `break-glass` is answered by nobody, alarms, is short and reviewed.
 */
export const tiers = ['standard', 'normal', 'emergency', 'break-glass'] as const
export type Tier = (typeof tiers)[number]

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

export const populations = ['supplier', 'plant'] as const
export type Population = (typeof populations)[number]

/**
 * What a person has to have learnt before they use access (NERC CIP-004-7 R2). It is needed where every criterion of
 * `for` that is given matches; one that is not given matches all.
 */
export interface Training {
  readonly id: string
  readonly title: string
  readonly for: {
    /** One of them is enough. */
    readonly roles?: readonly Role[]
    readonly population?: Population
    readonly operationClasses?: readonly OperationClass[]
    readonly zones?: readonly ZoneId[]
    /** The asset has one of them. */
    readonly labels?: readonly string[]
  }
  /** Days one attestation holds at most. */
  readonly validDays: number
}

/** A kind of work approved beforehand: what it is about, how far it goes, and its way back (ISO/IEC 20000-1 change types). */
export interface StandardChange {
  readonly id: string
  readonly title: string
  /** What it is about: each list that is not empty has to match. At least one is not. */
  readonly assets: readonly AssetId[]
  readonly types: readonly string[]
  readonly labels: readonly string[]
  readonly protocols: readonly Protocol[]
  /** The highest class it takes. */
  readonly operationClass: OperationClass
  /** Its longest stretch. */
  readonly maxWindowMinutes: number
  readonly rollback: string
  readonly approvedBy: string
  /** Last day it may be done, on the plant's clock. */
  readonly until: string
}

/** What a machine account may do here, by its login. One that is not named may do nothing. */
export interface MachineRules {
  readonly login: Login
  /** Why it is needed, in words. */
  readonly text: string
  /** Is its key enough where a person needs a second factor? A machine has none. */
  readonly keyAlone: boolean
  /** The exact command lines it may run; never empty. It gets no terminal and no shell. */
  readonly commands: readonly string[]
  /** Which files it may carry, where its grant gives them too; left out, none. */
  readonly files?: FileTerms
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
  /** Where there is any, an access of tier `standard` has to be one of them. */
  readonly standardChanges: readonly StandardChange[]
  readonly trainings: readonly Training[]
  readonly machines: readonly MachineRules[]
  readonly separation: readonly SeparationRule[]
  readonly roleMapping: readonly RoleMapping[]
  readonly peopleFeeds: readonly PeopleFeed[]
}

// What the ISMS covers: plants, rules of inclusion and exclusion, phases, shared services, controlled labels.

import type { AssetId, PlantId, ZoneId } from '../ids.ts'
import type { Dependency } from './dependencies.ts'

export interface Plant {
  readonly id: PlantId
  readonly name: string
  /** IANA time zone: windows are shown and calendars computed in it. */
  readonly timeZone: string
  /** The longest window a request may ask for here, in minutes. */
  readonly maxWindowMinutes: number
  /** Name of the baseline of controls the plant works by, so that nobody takes one plant's rules for another's; null: none named. */
  readonly baseline: string | null
  /** CIDR blocks of its own networks: an address seen in them belongs to somebody here. Empty: not said. */
  readonly networks: readonly string[]
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
  /** Do sessions to the plants' assets lean on it, as on an identity provider or a jump network? Decisions then cite it. */
  readonly carriesSessions: boolean
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
  /** What the path of access leans on, each with an owner and a state that is known. */
  readonly dependencies: readonly Dependency[]
  readonly controlledLabels: readonly ControlledLabel[]
  readonly places: readonly Place[]
  /** Regimes the scope serves, such as `iso-27001`, `nis2`, `tisax`. */
  readonly regimes: readonly string[]
  /** Days after which what a walkdown confirmed of an asset is stale. */
  readonly confirmEveryDays: number
  /** Is the gateway a validated system here? Then no bundle is put in force, or put aside, without a complete dossier. */
  readonly completeDossier: boolean
  /** Is a bundle put in force only after it passed a test outside production? */
  readonly testedFirst: boolean
}

/** `undetermined`: matched by no rule. Denied, as `out` is. Exclusion is the stricter outcome and wins. */
export type ScopeStatus =
  | { readonly kind: 'in'; readonly rule: string; readonly reason: string }
  | { readonly kind: 'out'; readonly rule: string; readonly reason: string }
  | { readonly kind: 'undetermined' }

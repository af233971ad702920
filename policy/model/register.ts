// The control register as it is declared: controls, risks, exceptions; and an event as it is read.

import type { AssetId, PlantId } from '../ids.ts'
import type { Asset } from './assets.ts'
import type { Drill } from './drills.ts'
import type { IncidentRules, MajorChange } from './incidents.ts'
import type { Instant } from './time.ts'

/** A control the plant uses, from the catalogue, with the person who answers for it. */
export interface RegisterRow {
  readonly control: string
  readonly owner: string
  readonly risks: readonly string[]
}

/**
 * What could happen to people, in the steps of the consequence classes of the risk graph of IEC 61508-5 (informative),
 * the one that holds a permanent injury and a single death taken apart.
 */
export const safetySeverities = ['none', 'minor-injury', 'serious-injury', 'death', 'several-deaths'] as const
export type SafetySeverity = (typeof safetySeverities)[number]

/** What could happen to production, in the plant's own measure. */
export const impactLevels = ['low', 'medium', 'high', 'very-high'] as const
export type ImpactLevel = (typeof impactLevels)[number]

/** How long production would stand still, in hours, and what it would cost, in the currency of the scale. */
export interface Impact {
  readonly hours: number
  readonly cost: number
}

/** What four hours mean here: set by the plant, and by a line for itself. */
export interface ImpactScale {
  readonly plant: PlantId
  /** Null: of every line that has no scale of its own. */
  readonly line: string | null
  /** So that a level can be traced to the scale it was measured on. */
  readonly version: string
  /** ISO 4217. */
  readonly currency: string
  /** Rising; what reaches none of them is `low`. */
  readonly levels: readonly { readonly level: ImpactLevel; readonly fromHours: number; readonly fromCost: number }[]
}

/** That a risk is borne as it is, for a time: the rest is up to treatment. */
export interface Acceptance {
  readonly by: string
  readonly reason: string
  /** Last day (ISO 8601, inclusive, UTC). */
  readonly until: string
  /** Reference of a committee's decision, where the register asks for one. */
  readonly decision: string | null
}

export interface Risk {
  readonly id: string
  readonly title: string
  readonly owner: string
  readonly safety: SafetySeverity
  /** The safety integrity level of the system it bears on; null where it bears on none. */
  readonly sil: Asset['sil']
  readonly plant: PlantId | null
  readonly line: string | null
  /** What it touches; empty: all of its line or plant, or everything. */
  readonly assets: readonly AssetId[]
  readonly impact: Impact | null
  readonly acceptance: Acceptance | null
}

/** Accepting a risk above this level takes a committee's decision, and so does an exception to what treats it. */
export interface Committee {
  readonly above: ImpactLevel
  /** Closing an incident above this severity takes its decision too; null: none does. */
  readonly incidents: ImpactLevel | null
  /** Which changes of the bundle take its decision; null: none does. */
  readonly changes: MajorChange | null
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
  /** Reference of a committee's decision, where the register asks for one. */
  readonly decision: string | null
}

export interface Register {
  readonly controls: readonly RegisterRow[]
  readonly risks: readonly Risk[]
  readonly exceptions: readonly Exception[]
  readonly impactScales: readonly ImpactScale[]
  readonly committee: Committee | null
  readonly incidents: IncidentRules
  readonly drills: readonly Drill[]
}

/** One event of the ledger as the register reads it. `data` is what the event type's schema says. */
export interface EvidenceEvent {
  readonly index: number
  readonly at: Instant
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
}

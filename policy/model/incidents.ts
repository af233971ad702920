// What the plant declares about incidents: how soon one is contained, whom the law wants told and by when, and from which
// severity on it is corrected by a plan. The severity is an impact level, as of a risk.

import type { PlantId } from '../ids.ts'
import type { ImpactLevel } from './register.ts'

/** Somebody outside who has to be told, with the clock that starts when the incident is opened. */
export interface ReportingDuty {
  readonly id: string
  readonly title: string
  /** Where it is written: a law, a contract. */
  readonly basis: string
  /** From when the incident was opened: who opens it has become aware of it. */
  readonly hours: number
  /** Incidents of this severity and graver ones. */
  readonly from: ImpactLevel
  /** Where it is owed; empty: everywhere. */
  readonly plants: readonly PlantId[]
}

export interface IncidentRules {
  /** How long one may go on uncontained; null where the plant sets no time. */
  readonly containMinutes: number | null
  /** From this severity on, closing one opens a nonconformity; null: never by itself. */
  readonly correctiveFrom: ImpactLevel | null
  readonly reports: readonly ReportingDuty[]
}

/** What a change of the bundle touches, as it is held against the threshold. */
export interface ActivationCounts {
  readonly safetyTouches: number
  readonly assetsMoved: number
}

/** A change of the bundle is major from so many of these on; null: however many. */
export interface MajorChange {
  readonly safetyTouches: number | null
  readonly assetsMoved: number | null
}

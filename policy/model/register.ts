// The control register as it is declared: controls, risks, exceptions; and an event as it is read.

import type { AssetId } from '../ids.ts'
import type { Instant } from './time.ts'

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

/** One event of the ledger as the register reads it. `data` is what the event type's schema says. */
export interface EvidenceEvent {
  readonly index: number
  readonly at: Instant
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
}

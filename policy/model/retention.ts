// Keeping recordings and what they may be kept for: legal holds. How long a recording is kept is labels.ts's.

import type { AssetId, HoldId, PersonId, PlantId, SessionId, SupplierId } from '../ids.ts'
import type { Instant, Window } from './time.ts'

/** What a legal hold is about. */
export type HoldTarget =
  | { readonly kind: 'all' }
  | { readonly kind: 'session'; readonly id: SessionId }
  | { readonly kind: 'person'; readonly id: PersonId }
  | { readonly kind: 'supplier'; readonly id: SupplierId }
  | { readonly kind: 'asset'; readonly id: AssetId }
  | { readonly kind: 'plant'; readonly id: PlantId }

/** A legal hold: while it stands, nothing it covers is deleted or erased, however old it is. */
export interface Hold {
  readonly id: HoldId
  readonly target: HoldTarget
  /** Only what happened in this time; null: whenever. */
  readonly span: Window | null
  readonly by: PersonId
  readonly at: Instant
  /** Why, and where that is written down: a case, an incident, a letter. */
  readonly reason: string
  readonly reference: string
}

/** What a hold may cover: a session, or an entry of the ledger that is about no session. */
export interface Holdable {
  readonly session: SessionId | null
  readonly person: PersonId | null
  readonly supplier: SupplierId | null
  readonly asset: AssetId | null
  readonly plant: PlantId | null
  readonly from: Instant
  /** Null: not over yet. */
  readonly until: Instant | null
}

// What stands outside the bundle and touches many decisions.

import type { AssetId, PersonId, PhysicalSourceId, PlantId, SupplierId, SuspensionId, ZoneId } from '../ids.ts'
import type { Instant, Window } from './time.ts'
import type { ScopeStatus } from './scope.ts'
import type { Person } from './people.ts'
import type { PhysicalFact } from './physical.ts'

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

/** At a walkdown the asset was found in its zone and as it is declared. */
export interface Confirmation {
  readonly asset: AssetId
  /** Where it stood: confirmed there, it is not confirmed anywhere else. */
  readonly zone: ZoneId
  /** The day it was seen (ISO 8601), in the plant's own zone. */
  readonly seenOn: string
  readonly by: PersonId
  /** When it was said. */
  readonly at: Instant
}

/** Until when each of somebody's trainings, or of a supplier's expectations, is attested, by its id; the end may be past. */
export type AttestedUntil = ReadonlyMap<string, Instant>

/** What stands outside the bundle and touches many decisions. Only what is in force now, but for `AttestedUntil`. */
export interface World {
  readonly suspensions: readonly Suspension[]
  readonly presences: readonly Presence[]
  readonly attestations: readonly Attestation[]
  readonly trainings: ReadonlyMap<PersonId, AttestedUntil>
  readonly expectations: ReadonlyMap<SupplierId, AttestedUntil>
  readonly delegations: readonly Delegation[]
  /** Assets whose scope changed with an attribute and was not reviewed yet: the stricter outcome holds. */
  readonly heldScope: ReadonlyMap<AssetId, ScopeStatus>
  /** Assets whose break-glass seal was broken and not reviewed since. */
  readonly brokenSeals: ReadonlySet<AssetId>
  /** The last walkdown of each asset that had one; how old it may be is the bundle's. */
  readonly confirmations: ReadonlyMap<AssetId, Confirmation>
  /** What each physical source said last, silent ones among them: how long it counts stands in it. */
  readonly physical: ReadonlyMap<PhysicalSourceId, PhysicalFact>
  /** Ids of the dependencies that are degraded. */
  readonly unavailable: ReadonlySet<string>
}

export const quietWorld: World = {
  suspensions: [],
  presences: [],
  attestations: [],
  trainings: new Map(),
  expectations: new Map(),
  delegations: [],
  heldScope: new Map(),
  brokenSeals: new Set(),
  confirmations: new Map(),
  physical: new Map(),
  unavailable: new Set(),
}

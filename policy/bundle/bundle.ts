// One version of everything declared, after its parser has checked it whole: every name resolves, every asset stands in
// a declared zone, every endpoint is pinned. Nobody re-checks it.

import type { PolicySlices } from '../cedar/slices.ts'
import type {
  AssetId,
  ConduitId,
  InformationId,
  InterfaceId,
  PhysicalSourceId,
  PlantId,
  SupplierId,
  ZoneId,
} from '../ids.ts'
import type {
  AccessRules,
  Asset,
  Boundary,
  BoundaryProfile,
  Calendars,
  Conduit,
  Expectation,
  FileRule,
  HandlingRules,
  Information,
  InformationAsset,
  InheritedLabel,
  Instant,
  Obligation,
  Phase,
  PhysicalSource,
  Plant,
  PlantInterface,
  Register,
  Risk,
  Scope,
  ScopeRule,
  ScopeStatus,
  Supplier,
  Zone,
} from '../model.ts'

/** One Cedar policy as an auditor reads it. */
export interface PolicyRule {
  /** `@id`, unique in the bundle. */
  readonly id: string
  /** `duty`: a permit marked `@duty`. It permits nothing by itself; where it applies, its obligations hold. */
  readonly effect: 'permit' | 'forbid' | 'duty'
  /** `@text`. */
  readonly text: string
  /** `@control`. */
  readonly controls: readonly string[]
  /**
   * `@enforceFrom`: the first day (ISO 8601) on which it holds, in the zone of the asset's plant; before it the rule is
   * only watched. Null: it holds. Never of a permit.
   */
  readonly enforceFrom: string | null
  /** `@obligation`; only a permit has any. */
  readonly obligations: readonly Obligation[]
  readonly file: string
  /** Counted from 1. */
  readonly line: number
  /** The policy as written. */
  readonly source: string
}

/** One condition of a permit, taken by itself, so that a refusal can say which one did not hold. */
export interface PermitPart {
  /** Id in the set of parts. */
  readonly id: string
  readonly policy: string
  /** `scope`: who, what and where the policy is about. `condition`: one clause of its when or unless. */
  readonly kind: 'scope' | 'condition'
  /** The clause as Cedar text. */
  readonly text: string
}

/** Names of what the Cedar engine holds parsed for this bundle. Valid in the thread that parsed the bundle. */
export interface CedarHandle {
  readonly policySet: string
  /** The same policies by what they are about. */
  readonly slices: PolicySlices
  /** Null when the permits could not be taken apart; refusals then say less. */
  readonly parts: { readonly policySet: string; readonly all: readonly PermitPart[] } | null
}

/** What is reckoned once from a bundle, so that no decision grows with the number of assets, zones or rules declared. */
export interface Lookups {
  /** The zone the gateway stands in, by plant; a plant without one can't be reached. */
  readonly gatewayZoneOf: ReadonlyMap<PlantId, Zone>
  /** Conduits that may be opened towards a zone: those to it, and those from it whose direction is `both`. */
  readonly conduitsTo: ReadonlyMap<ZoneId, readonly Conduit[]>
  /** Conduits that may be opened out of a zone: those from it, and those to it whose direction is `both`. */
  readonly conduitsFrom: ReadonlyMap<ZoneId, readonly Conduit[]>
  /** The first instant after each conduit's review day, in its plant's time zone: from then on it is closed. */
  readonly conduitClosesAt: ReadonlyMap<ConduitId, Instant>
  /** What a conduit crosses; absent when it stays on its side of every boundary. Always a declared boundary. */
  readonly boundaryOf: ReadonlyMap<ConduitId, BoundaryProfile>
  /** Scope rules by the plant they are about, in the order written. */
  readonly scopeRulesOf: ReadonlyMap<PlantId, ScopeRules>
  /** Scope status of every asset; an exclusion has won over an inclusion. */
  readonly scopeStatusOf: ReadonlyMap<AssetId, ScopeStatus>
  /** The gate of an asset type; absent: its type is in no phase, and closed. */
  readonly phaseOfType: ReadonlyMap<string, Phase>
  /** The assets standing in a zone, in the order declared; every zone has an entry. */
  readonly assetsByZone: ReadonlyMap<ZoneId, readonly Asset[]>
  /** Physical sources of a zone, those of its single assets among them; a zone without any has no entry. */
  readonly physicalSourcesIn: ReadonlyMap<ZoneId, readonly PhysicalSource[]>
  /** The information an asset holds; absent: none that is declared. */
  readonly informationOf: ReadonlyMap<AssetId, readonly InformationAsset[]>
  /** Those of an asset's labels that it has by the information it holds alone. */
  readonly inheritedOf: ReadonlyMap<AssetId, readonly InheritedLabel[]>
  /** Holidays by plant: days (ISO 8601) in the plant's own zone. Every plant has an entry. */
  readonly holidaysOf: ReadonlyMap<PlantId, ReadonlySet<string>>
  /** Rules that hold from a day on, with the instant it begins in the plant, by plant. Every plant has an entry. */
  readonly beginningRulesOf: ReadonlyMap<PlantId, readonly BeginningRule[]>
  /** Accepted risks, with the first instant at which each is not accepted any more. */
  readonly acceptances: readonly AcceptedRisk[]
}

export interface AcceptedRisk {
  readonly risk: Risk
  readonly endsAt: Instant
}

export interface BeginningRule {
  readonly rule: string
  readonly holdsFrom: Instant
}

export interface ScopeRules {
  readonly include: readonly ScopeRule[]
  readonly exclude: readonly ScopeRule[]
}

export interface Bundle extends Lookups {
  /** SHA-256 (hex) over the paths and contents of all files. */
  readonly digest: string
  readonly scope: Scope
  readonly plants: ReadonlyMap<PlantId, Plant>
  readonly zones: ReadonlyMap<ZoneId, Zone>
  readonly boundaries: readonly Boundary[]
  readonly conduits: ReadonlyMap<ConduitId, Conduit>
  readonly interfaces: ReadonlyMap<InterfaceId, PlantInterface>
  /** Each with the labels of the information it holds. */
  readonly assets: ReadonlyMap<AssetId, Asset>
  readonly information: ReadonlyMap<InformationId, InformationAsset>
  readonly informationRules: Omit<Information, 'items'>
  /** Doors, cabinets and key switches that are listened to. */
  readonly physicalSources: ReadonlyMap<PhysicalSourceId, PhysicalSource>
  readonly suppliers: ReadonlyMap<SupplierId, Supplier>
  /** What suppliers have to have shown. */
  readonly expectations: readonly Expectation[]
  readonly calendars: Calendars
  readonly access: AccessRules
  /** How recordings are handled by label. */
  readonly handling: HandlingRules
  /** Which files may cross, in the order written. */
  readonly files: readonly FileRule[]
  /** With the exceptions borne for a time. */
  readonly register: Register
  readonly policies: ReadonlyMap<string, PolicyRule>
  readonly cedar: CedarHandle
}

// One version of everything declared, after its parser has checked it whole: every name resolves, every asset stands in
// a declared zone, every endpoint is pinned. Nobody re-checks it.

import type { AssetId, ConduitId, PlantId, SupplierId, ZoneId } from '../ids.ts'
import type { Asset, Conduit, Instant, Obligation, Plant, Register, Scope, Supplier, Zone } from '../model.ts'

/** One Cedar policy as an auditor reads it. */
export interface PolicyRule {
  /** `@id`, unique in the bundle. */
  readonly id: string
  readonly effect: 'permit' | 'forbid'
  /** `@text`. */
  readonly text: string
  /** `@control`. */
  readonly controls: readonly string[]
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
  /** Null when the permits could not be taken apart; refusals then say less. */
  readonly parts: { readonly policySet: string; readonly all: readonly PermitPart[] } | null
}

export interface Bundle {
  /** SHA-256 (hex) over the paths and contents of all files. */
  readonly digest: string
  readonly scope: Scope
  readonly plants: ReadonlyMap<PlantId, Plant>
  readonly zones: ReadonlyMap<ZoneId, Zone>
  readonly conduits: ReadonlyMap<ConduitId, Conduit>
  /** The first instant after each conduit's review day, in its plant's time zone: from then on it is closed. */
  readonly conduitClosesAt: ReadonlyMap<ConduitId, Instant>
  readonly assets: ReadonlyMap<AssetId, Asset>
  readonly suppliers: ReadonlyMap<SupplierId, Supplier>
  readonly register: Register
  readonly policies: ReadonlyMap<string, PolicyRule>
  readonly cedar: CedarHandle
}

// The scope as it works out: which asset is in, out, or matched by nothing, and by which rule; how far the planned
// phases are; what is shared, what is held, and on which ways data comes and goes. For auditors, who test that a scope is honest and does not suggest more than it holds.

import type { Bundle } from './bundle/bundle.ts'
import { endOfDay } from './calendar.ts'
import type { AssetId, PlantId, ZoneId } from './ids.ts'
import { inheritedLabels } from './information.ts'
import { faultsOf, sayEnd, sayInterfaceState, type SaidEnd } from './interface.ts'
import type {
  Asset,
  InformationAsset,
  InheritedLabel,
  Instant,
  PhaseNumber,
  PlantInterface,
  ScopeStatus,
  SharedService,
} from './model.ts'
import { phaseOf } from './phase.ts'
import { exclusionsOf, plantOf, scopeOf } from './scope.ts'

export interface PhaseReport {
  readonly phase: PhaseNumber
  readonly types: readonly string[]
  readonly plannedFor: string
  readonly opened: { readonly on: string; readonly by: string } | null
  readonly criteria: readonly { readonly text: string; readonly metOn: string | null }[]
  /** `overdue`: its planned day is over and it is not open. */
  readonly state: 'open' | 'planned' | 'overdue'
}

export interface ScopeReport {
  readonly bundle: string
  readonly version: string
  readonly statement: string
  readonly justification: string
  readonly regimes: readonly string[]
  readonly plants: readonly { readonly id: PlantId; readonly name: string; readonly timeZone: string }[]
  readonly assets: { readonly in: number; readonly out: number; readonly undetermined: number }
  /** What the scope names as not covered. */
  readonly notCovered: readonly string[]
  readonly phases: readonly PhaseReport[]
  readonly sharedServices: readonly SharedService[]
}

/** An interface as it stands: registered whatever the scope says of its ends. */
export interface InterfaceReport extends Omit<PlantInterface, 'from' | 'to' | 'state'> {
  readonly from: SaidEnd
  readonly to: SaidEnd
  /** As `to be removed by 2026-12-31`. */
  readonly state: string
  /** What is overdue about it, one clause each. */
  readonly faults: readonly string[]
}

export interface InformationReport extends Omit<InformationAsset, 'heldBy'> {
  readonly heldBy: readonly { readonly asset: AssetId; readonly name: string; readonly scope: ScopeStatus['kind'] }[]
}

export interface Membership {
  readonly asset: AssetId
  readonly name: string
  readonly plant: PlantId
  readonly zone: ZoneId
  readonly type: string
  readonly scope: ScopeStatus
  /** Is the gate of its type open? `none`: its type is in no phase. */
  readonly gate: 'open' | 'closed' | 'none'
  /** All its labels, and those of them it has by the information it holds. */
  readonly labels: readonly string[]
  readonly inherited: readonly InheritedLabel[]
}

/** The report without its list of assets. Overdue is judged by the day in UTC: a gate belongs to no single plant. */
export function scopeReport(bundle: Bundle, now: Instant): ScopeReport {
  const { scope } = bundle
  const assets = { in: 0, out: 0, undetermined: 0 }
  for (const asset of bundle.assets.values()) assets[scopeOf(asset, bundle).kind] += 1
  return {
    bundle: bundle.digest,
    version: scope.version,
    statement: scope.statement,
    justification: scope.justification,
    regimes: scope.regimes,
    plants: scope.plants.map(({ id, name, timeZone }) => ({ id, name, timeZone })),
    assets,
    notCovered: exclusionsOf(bundle),
    phases: scope.phases.map(({ phase, types, plannedFor, opened, criteria }) => {
      const isOpen = opened !== null && criteria.every(({ metOn }) => metOn !== null)
      const state = isOpen ? 'open' : now >= endOfDay(plannedFor, 'UTC') ? 'overdue' : 'planned'
      return { phase, types, plannedFor, opened, criteria, state }
    }),
    sharedServices: scope.sharedServices,
  }
}

/** One interface with what it joins, the state it is in, and what is overdue about it. */
export function interfaceReport(each: PlantInterface, bundle: Bundle, now: Instant): InterfaceReport {
  return {
    ...each,
    from: sayEnd(each.from, bundle),
    to: sayEnd(each.to, bundle),
    state: sayInterfaceState(each),
    faults: faultsOf(each, bundle, now).map(({ text }) => text),
  }
}

/** One information asset with the systems that hold it, and how the scope stands to each. */
export function informationReport(item: InformationAsset, bundle: Bundle): InformationReport {
  const holders = item.heldBy.flatMap((id) => bundle.assets.get(id) ?? [])
  return {
    ...item,
    heldBy: holders.map((asset) => ({ asset: asset.id, name: asset.name, scope: scopeOf(asset, bundle).kind })),
  }
}

/** Where one asset stands. */
export function membershipOf(asset: Asset, bundle: Bundle, now: Instant): Membership {
  const plant = plantOf(asset, bundle)
  return {
    asset: asset.id,
    name: asset.name,
    plant: plant.id,
    zone: asset.zone,
    type: asset.type,
    scope: scopeOf(asset, bundle),
    gate: phaseOf(asset, bundle, plant.timeZone, now).kind,
    labels: asset.labels,
    inherited: inheritedLabels(asset, bundle),
  }
}

// Reckons once, from a checked bundle, what decisions look up: so that a decision takes as long with a hundred thousand
// assets as with ten.

import { endOfDay, startOfDay } from '../calendar.ts'
import type { AssetId, PlantId } from '../ids.ts'
import type { Asset, Calendars, Conduit, Plant, Register, Scope, ScopeRule, ScopeStatus, Zone } from '../model.ts'
import type { Lookups, PolicyRule, ScopeRules } from './bundle.ts'
import { boundaryBetween } from './crossings.ts'
import type { Zones } from './zones.ts'

/** The sections as they were read. */
export interface Sections {
  readonly scope: Scope
  readonly zones: Zones
  readonly assets: readonly Asset[]
  readonly calendars: Calendars
  readonly policies: readonly PolicyRule[]
  readonly register: Register
}

export function lookupsOf({
  scope,
  zones: { zones, conduits, physicalSources },
  assets,
  calendars,
  policies,
  register,
}: Sections): Omit<Lookups, 'informationOf' | 'inheritedOf'> {
  const plants = byId(scope.plants)
  const zonesById = byId(zones)
  const towards = (from: 'from' | 'to') =>
    new Map(zones.map((zone) => [zone.id, conduits.filter((conduit) => isOpenTowards(conduit, from, zone))]))
  return {
    gatewayZoneOf: new Map(zones.filter((zone) => zone.gateway).map((zone) => [zone.plant, zone])),
    conduitsTo: towards('to'),
    conduitsFrom: towards('from'),
    conduitClosesAt: new Map(
      conduits.map((conduit) => [conduit.id, endOfDay(conduit.reviewBy, timeZoneOf(conduit, zonesById, plants))]),
    ),
    boundaryOf: new Map(
      conduits.flatMap((conduit) => {
        const [from, to] = [zonesById.get(conduit.from), zonesById.get(conduit.to)]
        const profile = from && to ? boundaryBetween(from, to) : null
        return profile === null ? [] : [[conduit.id, profile]]
      }),
    ),
    scopeRulesOf: scopeRulesOf(scope),
    scopeStatusOf: scopeStatuses(scope, zones, assets),
    phaseOfType: new Map(scope.phases.flatMap((phase) => phase.types.map((type) => [type, phase]))),
    assetsByZone: groupAssets(zones, assets),
    physicalSourcesIn: Map.groupBy(physicalSources, ({ zone }) => zone),
    holidaysOf: new Map(
      scope.plants.map(({ id }) => [
        id,
        new Set(calendars.holidays.filter((holiday) => holiday.plant === id).map(({ day }) => day)),
      ]),
    ),
    acceptances: register.risks.flatMap((risk) =>
      risk.acceptance === null ? [] : [{ risk, endsAt: endOfDay(risk.acceptance.until, 'UTC') }],
    ),
    beginningRulesOf: new Map(
      scope.plants.map(({ id, timeZone }) => [
        id,
        policies.flatMap(({ id: rule, enforceFrom }) =>
          enforceFrom === null ? [] : [{ rule, holdsFrom: startOfDay(enforceFrom, timeZone) }],
        ),
      ]),
    ),
  }
}

export function byId<T extends { readonly id: string }>(items: readonly T[]): ReadonlyMap<T['id'], T> {
  return new Map(items.map((item) => [item.id, item]))
}

function isOpenTowards(conduit: Conduit, end: 'from' | 'to', zone: Zone): boolean {
  const other = end === 'from' ? 'to' : 'from'
  return conduit[end] === zone.id || (conduit.direction === 'both' && conduit[other] === zone.id)
}

function timeZoneOf(
  conduit: Conduit,
  zones: ReadonlyMap<Zone['id'], Zone>,
  plants: ReadonlyMap<PlantId, Plant>,
): string {
  const plant = zones.get(conduit.to)?.plant
  return (plant === undefined ? undefined : plants.get(plant)?.timeZone) ?? 'UTC'
}

export function groupAssets(zones: readonly Zone[], assets: readonly Asset[]): Lookups['assetsByZone'] {
  const groups = new Map<Zone['id'], Asset[]>(zones.map((zone) => [zone.id, []]))
  for (const asset of assets) groups.get(asset.zone)?.push(asset)
  return groups
}

function scopeRulesOf({ plants, include, exclude }: Scope): ReadonlyMap<PlantId, ScopeRules> {
  const of = (rules: readonly ScopeRule[], plant: PlantId) => rules.filter((rule) => rule.plant === plant)
  return new Map(plants.map(({ id }) => [id, { include: of(include, id), exclude: of(exclude, id) }]))
}

/** A scope rule made ready to be asked about many assets. */
export interface Matcher {
  readonly rule: ScopeRule
  /** The asset stands in the rule's plant; do the other criteria match? */
  matches(asset: Asset): boolean
}

/** A rule may name thousands of assets, and is asked about each of a hundred thousand: sets keep that one step each. */
export function matcherOf(rule: ScopeRule): Matcher {
  const set = (words: readonly string[] | undefined) => words && new Set(words)
  const [zones, assets, types, labels] = [set(rule.zones), set(rule.assets), set(rule.types), set(rule.labels)]
  return {
    rule,
    matches: (asset) =>
      (zones?.has(asset.zone) ?? true) &&
      (assets?.has(asset.id) ?? true) &&
      (types?.has(asset.type) ?? true) &&
      (labels === undefined || asset.labels.some((label) => labels.has(label))),
  }
}

/** The first exclusion and the first inclusion that match each asset, with the exclusion winning. */
export function scopeStatuses(
  scope: Scope,
  zones: readonly Zone[],
  assets: readonly Asset[],
  onDisagreement?: (asset: Asset, exclude: ScopeRule, include: ScopeRule) => void,
): ReadonlyMap<AssetId, ScopeStatus> {
  const plantOf = new Map(zones.map((zone) => [zone.id, zone.plant]))
  const ready = new Map(
    [...scopeRulesOf(scope)].map(([plant, rules]) => [
      plant,
      { include: rules.include.map(matcherOf), exclude: rules.exclude.map(matcherOf) },
    ]),
  )
  const said = new Map<ScopeRule, ScopeStatus>()
  const status = (kind: 'in' | 'out', rule: ScopeRule): ScopeStatus => {
    const known = said.get(rule) ?? { kind, rule: rule.id, reason: rule.reason }
    said.set(rule, known)
    return known
  }
  const undetermined: ScopeStatus = { kind: 'undetermined' }
  return new Map(
    assets.map((asset) => {
      const plant = plantOf.get(asset.zone)
      const rules = plant === undefined ? undefined : ready.get(plant)
      const out = rules?.exclude.find((rule) => rule.matches(asset))?.rule
      const into = rules?.include.find((rule) => rule.matches(asset))?.rule
      if (out !== undefined && into !== undefined) onDisagreement?.(asset, out, into)
      return [asset.id, out ? status('out', out) : into ? status('in', into) : undetermined]
    }),
  )
}

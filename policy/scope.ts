// Is an asset inside the ISMS, outside, or has nobody said? And where does it stand: plant and zone.

import type { Bundle } from './bundle/bundle.ts'
import type { PlantId } from './ids.ts'
import type { Asset, Plant, ScopeStatus, Zone } from './model.ts'

/** The scope status of an asset of this bundle. An exclusion wins over an inclusion; matched by neither, it is undetermined. */
export function scopeOf(asset: Asset, bundle: Bundle): ScopeStatus {
  return bundle.scopeStatusOf.get(asset.id) ?? { kind: 'undetermined' }
}

/** The zone of an asset of this bundle. */
export function zoneOf(asset: Asset, bundle: Bundle): Zone {
  return declared(bundle.zones.get(asset.zone), asset)
}

/** The plant of an asset of this bundle. */
export function plantOf(asset: Asset, bundle: Bundle): Plant {
  return declared(bundle.plants.get(zoneOf(asset, bundle).plant), asset)
}

/**
 * Ids of the shared services that sessions to an asset lean on: those of its plant that carry sessions, and the one it
 * is itself. That one is cited says nothing of whether it is in scope.
 */
export function leansOn(asset: Asset, bundle: Bundle): readonly string[] {
  const { plant } = zoneOf(asset, bundle)
  return bundle.scope.sharedServices
    .filter((service) => service.asset === asset.id || (service.carriesSessions && service.plants.includes(plant)))
    .map(({ id }) => id)
}

/**
 * What the scope names as not covered, for every report and export: a scope must not suggest more than it holds.
 * @param plants in which; null: in all.
 */
export function exclusionsOf(bundle: Bundle, plants: readonly PlantId[] | null = null): readonly string[] {
  return bundle.scope.exclude
    .filter(({ plant }) => plants?.includes(plant) ?? true)
    .map((rule) => {
      const plant = bundle.plants.get(rule.plant)?.name ?? rule.plant
      const what = [
        ...(rule.assets ?? []),
        ...(rule.zones ?? []).map((zone) => bundle.zones.get(zone)?.name ?? zone),
        ...(rule.types ?? []),
        ...(rule.labels ?? []),
      ]
      return `${plant}${what.length > 0 ? ` (${what.join(', ')})` : ''}: ${rule.reason}`
    })
}

/** A bundle's parser has resolved every name; only an asset of another bundle gets here without a zone. */
function declared<T>(found: T | undefined, asset: Asset): T {
  if (found === undefined) throw new Error(`asset \`${asset.id}\`: its zone \`${asset.zone}\` is not of this bundle`)
  return found
}

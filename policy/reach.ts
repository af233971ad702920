// What can be reached: by a person, as the list a page or a menu shows, and from an asset, as the blast radius an
// approver is told of. Being on either permits nothing.

import type { Bundle } from './bundle/bundle.ts'
import type { AssetId, ConduitId, ZoneId } from './ids.ts'
import type { Asset, Conduit, Person, PurdueLevel, Zone } from './model.ts'
import { plantOf, scopeOf, zoneOf } from './scope.ts'
import { isLabelled } from './supplier.ts'

/** Assets in scope, of the person's plants, that their supplier may touch; a safety system only if opted in. By id. */
export function assetsFor(person: Person, bundle: Bundle): readonly Asset[] {
  return [...bundle.assets.values()]
    .filter(
      (asset) =>
        person.plants.includes(plantOf(asset, bundle).id) &&
        scopeOf(asset, bundle).kind === 'in' &&
        (asset.safety !== 'SIS' || asset.optIn !== null) &&
        isLabelled(person, asset, bundle),
    )
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

export interface ReachedZone {
  readonly zone: ZoneId
  readonly name: string
  readonly level: PurdueLevel
  /** 1: the asset's own zone; each conduit on the way there adds one. */
  readonly hops: number
  /** Assets standing in it, without the one it is reckoned from. */
  readonly assets: number
  /** The conduit it is reached through; null for the asset's own zone. */
  readonly through: ConduitId | null
}

export interface BlastRadius {
  /** Assets that can be touched, all zones together. */
  readonly assets: number
  readonly zones: readonly ReachedZone[]
  /** The most hops any of them takes. */
  readonly hops: number
  /** Of the assets, those of high criticality and those that are safety systems or related to safety. */
  readonly critical: number
  readonly safety: number
  /** The nearest of them, at most `mostNamed`. */
  readonly named: readonly AssetId[]
}

const mostNamed = 50

/**
 * How far somebody could get from an asset through declared conduits, whatever they carry and whoever brokers it: with
 * every asset of a zone reached at once, and closed conduits counted too, since the plant's firewalls may still carry
 * them. Grows with the zones and assets reached, not with those declared.
 */
export function blastRadius(asset: Asset, bundle: Bundle): BlastRadius {
  const zones = zonesFrom(zoneOf(asset, bundle), bundle)
  const reached = zones.flatMap(({ zone }) => bundle.assetsByZone.get(zone.id) ?? [])
  const others = reached.filter(({ id }) => id !== asset.id)
  return {
    assets: others.length,
    zones: zones.map(({ zone, hops, through }) => ({
      zone: zone.id,
      name: zone.name,
      level: zone.level,
      hops,
      assets: (bundle.assetsByZone.get(zone.id)?.length ?? 0) - (zone.id === asset.zone ? 1 : 0),
      through: through?.id ?? null,
    })),
    hops: Math.max(...zones.map(({ hops }) => hops)),
    critical: others.filter(({ criticality }) => criticality === 'high').length,
    safety: others.filter(({ safety }) => safety !== 'none').length,
    named: others.slice(0, mostNamed).map(({ id }) => id),
  }
}

interface Step {
  readonly zone: Zone
  readonly hops: number
  readonly through: Conduit | null
}

/** Nearest first. */
function zonesFrom(start: Zone, bundle: Bundle): readonly Step[] {
  const steps: Step[] = [{ zone: start, hops: 1, through: null }]
  const seen = new Set([start.id])
  // The list grows while it is walked: what a step reaches is looked at after it.
  for (const { zone, hops } of steps) {
    for (const conduit of bundle.conduitsFrom.get(zone.id) ?? []) {
      const next = bundle.zones.get(conduit.from === zone.id ? conduit.to : conduit.from)
      if (next === undefined || seen.has(next.id)) continue
      seen.add(next.id)
      steps.push({ zone: next, hops: hops + 1, through: conduit })
    }
  }
  return steps
}

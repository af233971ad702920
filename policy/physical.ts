// What physical sources say of an asset: whether its key is turned on, whether something stands open around it, and
// which sources say nothing any more. What that means for access is the guards' and the policies' to say.

import type { Bundle } from './bundle/bundle.ts'
import type { Asset, Instant, PhysicalFact, PhysicalSource, World } from './model.ts'

/** Where physical sources stand around an asset. */
export interface PhysicalSituation {
  /** The key switch that is on for the asset; null where none is. */
  readonly key: PhysicalFact | null
  /** Doors and cabinets of the zone and of the asset that stand open, or were forced. */
  readonly open: readonly PhysicalFact[]
  /** Sources for the zone or the asset that say nothing now. */
  readonly silent: readonly PhysicalSource[]
}

/** The sources that are about an asset: its own, and those of its zone as a whole. */
export function sourcesFor(
  { id, zone }: Pick<Asset, 'id' | 'zone'>,
  { physicalSourcesIn }: Pick<Bundle, 'physicalSourcesIn'>,
): readonly PhysicalSource[] {
  return (physicalSourcesIn.get(zone) ?? []).filter(({ asset }) => asset === null || asset === id)
}

/** What a source says now, or null where it is silent. */
export function factOf(
  { id, kind, zone, asset }: PhysicalSource,
  world: Pick<World, 'physical'>,
  now: Instant,
): PhysicalFact | null {
  const fact = world.physical.get(id)
  if (fact === undefined || now >= fact.until) return null
  return fact.kind === kind && fact.zone === zone && fact.asset === asset ? fact : null
}

export function physicalOf(
  asset: Asset,
  bundle: Pick<Bundle, 'physicalSourcesIn'>,
  world: Pick<World, 'physical'>,
  now: Instant,
): PhysicalSituation {
  const sources = sourcesFor(asset, bundle)
  const facts = sources.flatMap((source) => factOf(source, world, now) ?? [])
  const keys = new Set(sources.flatMap(({ id, kind }) => (kind === 'key-switch' ? [id] : [])))
  return {
    // Of two keys any one that is on will do: each is turned by somebody on site.
    key: facts.find(({ source, state }) => keys.has(source) && state === 'on') ?? null,
    open: facts.filter(({ state }) => state === 'open' || state === 'forced'),
    silent: sources.filter((source) => factOf(source, world, now) === null),
  }
}

/** When what the sources of an asset say ends by time alone, ends in the past among them. */
export function endsOfPhysical(
  asset: Asset,
  bundle: Pick<Bundle, 'physicalSourcesIn'>,
  world: Pick<World, 'physical'>,
): readonly Instant[] {
  return sourcesFor(asset, bundle).flatMap(({ id }) => world.physical.get(id)?.until ?? [])
}

// Which living sessions a door, a cabinet or a key switch is about: those on its asset, or on any asset of its zone.

import type { Bundle, PhysicalSource, SessionId } from '../../policy/index.ts'
import type { Registry } from './registry.ts'

export function livingOn(
  registry: Pick<Registry, 'all'>,
  { asset, zone }: Pick<PhysicalSource, 'asset' | 'zone'>,
  bundle: Bundle,
): readonly SessionId[] {
  const isAbout = (id: string): boolean =>
    asset === null ? [...(bundle.assetsByZone.get(zone) ?? [])].some((each) => each.id === id) : asset === id
  return registry.all().flatMap(({ facts }) => (isAbout(facts.asset) ? [facts.id] : []))
}

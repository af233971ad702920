// What a person could ever ask for here: the list a page or a menu shows. Being on it permits nothing.

import type { Bundle } from './bundle/bundle.ts'
import type { Asset, Person } from './model.ts'
import { plantOf, scopeOf } from './scope.ts'
import { isLabelled } from './supplier.ts'

/** Assets in scope, of the person's plants, that their supplier may touch, and that are no safety system. By id. */
export function assetsFor(person: Person, bundle: Bundle): readonly Asset[] {
  return [...bundle.assets.values()]
    .filter(
      (asset) =>
        person.plants.includes(plantOf(asset, bundle).id) &&
        scopeOf(asset, bundle).kind === 'in' &&
        asset.safety !== 'SIS' &&
        isLabelled(person, asset, bundle),
    )
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

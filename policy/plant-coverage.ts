// The part of a coverage report that is of some plants: their assets, the conduits and interfaces of their zones, and the
// information their assets hold. What the rows say is coverage.ts's.

import type { Bundle } from './bundle/bundle.ts'
import { coverageStates, type Coverage, type CoverageReport } from './coverage.ts'
import type { AssetId, ConduitId, InformationId, InterfaceId, PlantId } from './ids.ts'
import { plantOfInterface } from './interface.ts'
import { plantOf } from './scope.ts'

/** The rows of a report that are about these plants, in their order, counted anew. */
export function coverageOf({ items }: CoverageReport, bundle: Bundle, plants: readonly PlantId[]): CoverageReport {
  const theirs = items.filter((row) => plantsOfRow(row, bundle).some((plant) => plants.includes(plant)))
  const count = (state: Coverage['state']): number => theirs.filter((row) => row.state === state).length
  const [uncovered, untested, covered] = coverageStates.map(count)
  return { counts: { uncovered: uncovered ?? 0, untested: untested ?? 0, covered: covered ?? 0 }, items: theirs }
}

function plantsOfRow({ kind, id }: Pick<Coverage, 'kind' | 'id'>, bundle: Bundle): readonly PlantId[] {
  const ofAsset = (name: AssetId): PlantId[] => {
    const asset = bundle.assets.get(name)
    return asset ? [plantOf(asset, bundle).id] : []
  }
  switch (kind) {
    case 'asset':
      return ofAsset(id as AssetId)
    case 'conduit': {
      const conduit = bundle.conduits.get(id as ConduitId)
      return conduit ? [conduit.from, conduit.to].flatMap((zone) => bundle.zones.get(zone)?.plant ?? []) : []
    }
    case 'interface': {
      const found = bundle.interfaces.get(id as InterfaceId)
      const plant = found && plantOfInterface(found, bundle)
      return plant ? [plant.id] : []
    }
    case 'information':
      return bundle.information.get(id as InformationId)?.heldBy.flatMap(ofAsset) ?? []
  }
}

// What assets have by the information they hold: its labels are theirs too, so that scope rules, suppliers, eligibility,
// trainings, policies and the handling of recordings judge a system by what is on it (ISO/IEC 27001:2022 A.5.12, A.5.13).

import type { AssetId } from '../ids.ts'
import type { Asset, InformationAsset, InheritedLabel } from '../model.ts'
import type { Lookups } from './bundle.ts'
import type { Reading } from './reading.ts'

export interface Holding extends Pick<Lookups, 'informationOf' | 'inheritedOf'> {
  /** In the order given, each with the labels it has by what it holds. */
  readonly assets: readonly Asset[]
}

/** Assets that hold nothing stay as they are. */
export function inheritLabels(
  assets: readonly Asset[],
  information: readonly InformationAsset[],
  reading: Reading,
): Holding {
  const informationOf = new Map<AssetId, InformationAsset[]>()
  for (const item of information) {
    for (const id of new Set(item.heldBy)) {
      const held = informationOf.get(id)
      if (held === undefined) informationOf.set(id, [item])
      else held.push(item)
    }
  }
  const inheritedOf = new Map<AssetId, readonly InheritedLabel[]>()
  if (informationOf.size === 0) return { assets, informationOf, inheritedOf }
  const labelled = assets.map((asset) => {
    const inherited = inheritedBy(asset, informationOf.get(asset.id) ?? [])
    if (inherited.length === 0) return asset
    inheritedOf.set(asset.id, inherited)
    const labels = [...asset.labels, ...inherited.map(({ label }) => label)]
    return reading.replace(asset, { ...asset, labels })
  })
  return { assets: labelled, informationOf, inheritedOf }
}

/** Labels it does not have by itself, with all it has each from. */
function inheritedBy(asset: Asset, held: readonly InformationAsset[]): readonly InheritedLabel[] {
  const own = new Set(asset.labels)
  const labels = new Set(held.flatMap((item) => item.labels).filter((label) => !own.has(label)))
  return [...labels].map((label) => ({
    label,
    from: held.filter((item) => item.labels.includes(label)).map(({ id }) => id),
  }))
}

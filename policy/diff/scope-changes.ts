// Which assets a new bundle moves in or out of scope by what they are, and not by what the scope says: an owner edits
// an inventory and thereby, perhaps without meaning to, the scope. Such moves are reviewed (ISO/IEC 27001:2022 clause
// 6.3); a rule of the scope that changed was read as such by who activated it.

import type { Bundle } from '../bundle/bundle.ts'
import { scopeStatuses } from '../bundle/lookups.ts'
import type { AssetId } from '../ids.ts'
import { inheritedLabels, ownLabels } from '../information.ts'
import type { Asset, ScopeStatus } from '../model.ts'
import { plantOf, scopeOf } from '../scope.ts'
import { isSame } from './fields.ts'

const scopeAttributes = ['zone', 'plant', 'type', 'owner', 'labels', 'information'] as const
type ScopeAttribute = (typeof scopeAttributes)[number]

export interface AttributeMove {
  readonly asset: AssetId
  readonly was: ScopeStatus
  readonly becomes: ScopeStatus
  readonly attributes: readonly string[]
}

/** The moves from one bundle to another that attributes of assets alone bring about. */
export function attributeMoves(from: Bundle, to: Bundle): readonly AttributeMove[] {
  const moves: (AttributeMove & { readonly before: Asset })[] = []
  for (const [id, before] of from.assets) {
    const after = to.assets.get(id)
    if (after === undefined) continue
    const [was, becomes] = [scopeOf(before, from), scopeOf(after, to)]
    if (was.kind === becomes.kind) continue
    const attributes = changedAttributes(before, from, after, to)
    if (attributes.length > 0) moves.push({ asset: id, was, becomes, attributes, before })
  }
  // As it was before, would the new rules move it as well? Then the rules do it.
  const zones = [...to.zones.values()]
  const asBefore = scopeStatuses(
    to.scope,
    zones,
    moves.map(({ before }) => before),
  )
  return moves
    .filter(({ asset, becomes, before }) => !to.zones.has(before.zone) || asBefore.get(asset)?.kind !== becomes.kind)
    .map(({ asset, was, becomes, attributes }) => ({ asset, was, becomes, attributes }))
}

const strictness = { out: 0, undetermined: 1, in: 2 } as const

/** The one of two statuses that lets less through. */
export function stricterScope(one: ScopeStatus, other: ScopeStatus): ScopeStatus {
  return strictness[other.kind] < strictness[one.kind] ? other : one
}

const labelsHeld = (asset: Asset, bundle: Bundle): readonly string[] =>
  inheritedLabels(asset, bundle).map(({ label }) => label)

function changedAttributes(before: Asset, from: Bundle, after: Asset, to: Bundle): ScopeAttribute[] {
  return scopeAttributes.filter((name) => {
    switch (name) {
      case 'plant':
        return plantOf(before, from).id !== plantOf(after, to).id
      case 'labels':
        return !isSame(ownLabels(before, from), ownLabels(after, to))
      // Labels it has by what it holds are not its own: who answers for the information moved it.
      case 'information':
        return !isSame(labelsHeld(before, from), labelsHeld(after, to))
      case 'owner':
      case 'type':
      case 'zone':
        return !isSame(before[name], after[name])
    }
  })
}

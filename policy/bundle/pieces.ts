// A declared bundle on its way between processes, in pieces so small that who takes them in is never held up for long:
// a piece is read in a few milliseconds, however many assets there are. Sending and asking for them is the caller's.

import type { Asset, ScopeStatus } from '../model.ts'
import { deepFreeze } from './freeze.ts'
import { groupAssets } from './lookups.ts'
import type { DeclaredBundle } from './ready.ts'

/** What is there once for each asset. Everything else goes with `rest`, in which values keep what they share. */
type PerAsset = 'assets' | 'scopeStatusOf' | 'assetsByZone'

export type BundlePiece =
  | { readonly kind: 'rest'; readonly rest: Omit<DeclaredBundle, PerAsset> }
  /** `statuses`: the scope status of each asset, in the same order. */
  | { readonly kind: 'assets'; readonly assets: readonly Asset[]; readonly statuses: readonly ScopeStatus[] }

/** Assets in a piece: with a host key each they take some 3 ms to take in. */
const assetsInPiece = 250

/** The pieces of a bundle, in the order they are to be taken in. */
export function* piecesOf(bundle: DeclaredBundle): Generator<BundlePiece, void, void> {
  const { assets, scopeStatusOf, assetsByZone: _, ...rest } = bundle
  yield { kind: 'rest', rest }
  let piece: Asset[] = []
  const close = (): BundlePiece => {
    const statuses = piece.map(({ id }): ScopeStatus => scopeStatusOf.get(id) ?? { kind: 'undetermined' })
    const closed = { kind: 'assets', assets: piece, statuses } as const
    piece = []
    return closed
  }
  for (const asset of assets.values()) {
    piece.push(asset)
    if (piece.length === assetsInPiece) yield close()
  }
  if (piece.length > 0) yield close()
}

/** Takes pieces in, each frozen as it comes, and puts them together. */
export class PieceTable {
  #rest: Omit<DeclaredBundle, PerAsset> | null = null
  readonly #assets = new Map<Asset['id'], Asset>()
  readonly #statuses = new Map<Asset['id'], ScopeStatus>()

  add(piece: BundlePiece): void {
    if (piece.kind === 'rest') {
      this.#rest = deepFreeze(piece.rest)
      return
    }
    for (const [i, asset] of piece.assets.entries()) {
      this.#assets.set(asset.id, deepFreeze(asset))
      this.#statuses.set(asset.id, deepFreeze(piece.statuses[i] ?? { kind: 'undetermined' }))
    }
  }

  /** @throws when a piece is missing. */
  finish(): DeclaredBundle {
    if (this.#rest === null) throw new Error('a bundle in pieces: expected the part without assets, got none')
    const zones = [...this.#rest.zones.values()]
    const assets = [...this.#assets.values()]
    return {
      ...this.#rest,
      assets: this.#assets,
      scopeStatusOf: this.#statuses,
      assetsByZone: groupAssets(zones, assets),
    }
  }
}

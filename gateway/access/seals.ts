// Which break-glass seals are broken: those of assets whose use of it nobody has reviewed yet.

import type { AssetId } from '../../policy/index.ts'
import type { Tables } from '../store/store.ts'

/** In the order of their ids, so that the same seals compare the same. */
export async function brokenSealsIn({ reviews }: Pick<Tables, 'reviews'>): Promise<ReadonlySet<AssetId>> {
  const open = await reviews.list(true)
  return new Set(
    open
      .filter(({ kind }) => kind === 'break-glass')
      .map(({ asset }) => asset)
      .toSorted(),
  )
}

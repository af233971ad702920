// Which assets something of a bundle is about, by name: a risk, an exception, a standard change. What leaving them out means
// is each one's own.

import { parseAssetId, type AssetId } from '../ids.ts'
import type { Place } from './document.ts'
import { readId, readList, readOptional } from './fields.ts'
import type { Reading } from './reading.ts'

/** Empty where they are left out. An empty list would read as none and mean something else: it is a problem. */
export function readAssets(place: Place | null, { problems, references }: Reading): readonly AssetId[] | null {
  const readOne = (item: Place): AssetId | null => {
    const asset = readId(problems, item, parseAssetId)
    if (asset !== null) references.refer('asset', asset, item)
    return asset
  }
  return readOptional(place, [], (at) => readList(problems, at, readOne, { atLeast: 1 }))
}

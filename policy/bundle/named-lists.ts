// Lists of names of things a bundle declares elsewhere. An empty list would match nothing and read as if it matched all, so
// one name is the least; what leaving the list out means is each one's own.

import {
  parseAssetId,
  parsePlantId,
  parseSupplierId,
  parseZoneId,
  type AssetId,
  type ParsedId,
  type PlantId,
  type SupplierId,
  type ZoneId,
} from '../ids.ts'
import type { Place } from './document.ts'
import { readId, readList } from './fields.ts'
import type { Reading } from './reading.ts'
import type { Named } from './references.ts'

const named =
  <T extends string>(what: Named, parse: (input: unknown) => ParsedId<T>) =>
  (place: Place | null, { problems, references }: Reading): readonly T[] | null =>
    readList(
      problems,
      place,
      (item) => {
        const id = readId(problems, item, parse)
        if (id !== null) references.refer(what, id, item)
        return id
      },
      { atLeast: 1 },
    )

export const readAssets = named<AssetId>('asset', parseAssetId)
export const readPlants = named<PlantId>('plant', parsePlantId)
export const readSuppliers = named<SupplierId>('supplier', parseSupplierId)
export const readZones = named<ZoneId>('zone', parseZoneId)

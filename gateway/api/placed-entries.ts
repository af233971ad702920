// A page of the ledger's entries as one reader may see them, each with the plants it concerns. Entries of other plants are
// passed over; how many are passed over for one page is bounded, and the cursor goes on where reading stopped.

import type { EvidenceEvent, PlantId } from '../../policy/index.ts'
import { isReadable, type Place, type PlaceReader } from '../evidence/places.ts'
import type { EvidenceFilter } from '../store/evidence.ts'
import type { Store } from '../store/store.ts'

export interface PlacedEntry {
  readonly event: EvidenceEvent
  readonly place: Place
}

/** Entries that are looked at for one page. */
const mostLookedAt = 10_000
const readAtOnce = 200

/**
 * Newest first, older than `before`.
 * @param plants null: entries of every plant, and those whose plant is not known.
 */
export async function placedEntries(
  { store, places }: { readonly store: Pick<Store, 'evidence'>; readonly places: PlaceReader },
  filter: EvidenceFilter,
  plants: readonly PlantId[] | null,
  { limit, before }: { readonly limit: number; readonly before: number | null },
): Promise<{ readonly rows: readonly PlacedEntry[]; readonly next: string | null }> {
  const rows: PlacedEntry[] = []
  const size = plants === null ? limit : Math.max(limit, readAtOnce)
  let last = before
  for (let looked = 0; looked < mostLookedAt;) {
    const read = await store.evidence.list(filter, { limit: size, before: last })
    const found = await places.of(read)
    for (const [at, event] of read.entries()) {
      last = event.index
      const place = found[at]
      if (place === undefined || !isReadable(place, plants)) continue
      rows.push({ event, place })
      if (rows.length === limit) return { rows, next: String(last) }
    }
    if (read.length < size) return { rows, next: null }
    looked += read.length
  }
  return { rows, next: last === null ? null : String(last) }
}

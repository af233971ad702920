// The ledger as a narrowed export gives it out: which commitments are opened, how many entries are left out and why, and,
// under an agreement, the single entries with their proofs. Reads it in batches, so that memory does not grow with it, and in
// turns.

import type { ProvedEntry } from '../../recorder/index.ts'
import type { Bundle, EvidenceEvent } from '../../policy/index.ts'
import type { Store } from '../store/store.ts'
import { commitmentsIn } from '../store/commitments.ts'
import { openSharedTurns } from '../turns.ts'
import { isOpened, whyNotEntry, type Narrowing } from './narrowing.ts'
import type { Place, PlaceReader } from './places.ts'

const batch = 200

export interface NarrowedLedger {
  /** Commitments of entries that are given out with what they stand for. */
  readonly opened: ReadonlySet<string>
  /** How many entries are not given out, by why. */
  readonly leftOut: ReadonlyMap<string, number>
  /** Those that are, ascending. */
  excerpt(): AsyncGenerator<ProvedEntry>
}

/** @param own entries about this very export, which go with it. */
export async function narrowLedger(
  deps: { readonly store: Pick<Store, 'evidence'>; readonly places: PlaceReader; readonly bundle: Bundle },
  narrowing: Narrowing,
  size: number,
  own: ReadonlySet<number>,
): Promise<NarrowedLedger> {
  const { store, places, bundle } = deps

  async function* placed(): AsyncGenerator<readonly [EvidenceEvent, Place]> {
    const giveWay = openSharedTurns()
    let waiting: EvidenceEvent[] = []
    async function* flush(): AsyncGenerator<readonly [EvidenceEvent, Place]> {
      const found = await places.of(waiting)
      for (const [at, event] of waiting.entries()) {
        const place = found[at]
        if (place !== undefined) yield [event, place]
        await giveWay()
      }
      waiting = []
    }
    for await (const event of store.evidence.events(0, size)) {
      waiting.push(event)
      if (waiting.length === batch) yield* flush()
    }
    yield* flush()
  }

  const opened = new Set<string>()
  const leftOut = new Map<string, number>()
  for await (const [event, place] of placed()) {
    const why = own.has(event.index) ? null : whyNotEntry(narrowing, bundle, event, place)
    if (why !== null) leftOut.set(why, (leftOut.get(why) ?? 0) + 1)
    if (isOpened(narrowing, bundle, event, place))
      for (const commitment of commitmentsIn(event.data)) opened.add(commitment)
  }

  return {
    opened,
    leftOut,
    async *excerpt() {
      for await (const [event, place] of placed()) {
        const { index } = event
        if (!own.has(index) && whyNotEntry(narrowing, bundle, event, place) !== null) continue
        const entry = await store.evidence.entry(index)
        if (entry === null) throw new Error(`ledger entry ${index} is not there any more`)
        yield { index, entry, proof: await store.evidence.inclusion(index, size) }
      }
    },
  }
}

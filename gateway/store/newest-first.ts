// The ledger backwards: for what the last entries of some kind say.

import type { EvidenceEvent } from '../../policy/index.ts'
import { openSharedTurns } from '../turns.ts'
import type { Evidence, EvidenceFilter } from './evidence.ts'

/** Entries that are read at a time. */
const batch = 200

/** Newest first, in batches and in turns, and no further than is asked for: not inside a transaction. */
export async function* newestFirst(
  evidence: Pick<Evidence, 'list'>,
  filter: EvidenceFilter,
): AsyncGenerator<EvidenceEvent> {
  const giveWay = openSharedTurns()
  for (let before: number | null = null; ;) {
    const events: readonly EvidenceEvent[] = await evidence.list(filter, { limit: batch, before })
    for (const event of events) {
      yield event
      await giveWay()
    }
    const last = events.at(-1)
    if (last === undefined || events.length < batch) return
    before = last.index
  }
}

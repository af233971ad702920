// A recording that is not what its seal, or the ledger, says, or that is none: evidence once for each, and told. It is kept as it is.

import type { Events, SessionId } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'

export interface CorruptDeps {
  readonly store: Pick<Store, 'evidence' | 'change'>
  readonly clock: Clock
  readonly log: Log
}

/** A clause of a file name or a digest; nothing of what was recorded. */
const mostChars = 500

/** Writes the first fault that was found before it was sealed, and the first one after that. */
export async function tellCorrupt(
  { store, clock, log }: CorruptDeps,
  session: SessionId,
  by: Events['recording.found_corrupt']['by'],
  fault: { readonly where: string; readonly what: string },
): Promise<void> {
  const known = await store.evidence.list({ types: ['recording.found_corrupt'], session }, { limit: 10, before: null })
  if (known.some(({ data }) => (data['by'] === 'sealing') === (by === 'sealing'))) return
  const [where, what] = [fault.where.slice(0, mostChars), fault.what.slice(0, mostChars)]
  log.error({ sessionId: session, where, what }, 'A recording is corrupt')
  await store.change((tx) => tx.ledger.append('recording.found_corrupt', clock.now(), { session, by, where, what }))
}

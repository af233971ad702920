// What the ledger says of one recording while it ran, read from the store in turns.

import { type JsonObject, LedgerStatements, type Statements } from '../../recorder/index.ts'
import type { SessionId } from '../../policy/index.ts'
import type { Evidence } from '../store/evidence.ts'
import { openSharedTurns } from '../turns.ts'

const types = ['session.recording_head']
/** Entries that are read at a time. */
const page = 500

/** The heads of a recording: an entry for each ten seconds of a session, or each MiB. */
export async function statementsOf(evidence: Pick<Evidence, 'list'>, session: SessionId): Promise<Statements> {
  const statements = new LedgerStatements([session])
  const giveWay = openSharedTurns()
  for (let before: number | null = null; ;) {
    const events = await evidence.list({ types, session }, { limit: page, before })
    for (const { index, type, data } of events) {
      statements.visit(index, { type, data: data as JsonObject })
      await giveWay()
    }
    before = events.at(-1)?.index ?? null
    if (events.length < page) return statements.of(session)
  }
}

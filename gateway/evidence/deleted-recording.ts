// What is said of a recording that was deleted: that it was, when, by whom, and which seal it had. The ledger is asked,
// and not the row of the session.

import { DeletedRecordings, sayDeleted, type Finding, type JsonObject } from '../../recorder/index.ts'
import type { EvidenceEvent, SessionId } from '../../policy/index.ts'
import { GatewayError } from '../errors.ts'
import type { Evidence } from '../store/evidence.ts'
import type { StoredSession } from '../store/sessions.ts'

const types = ['session.recording_sealed', 'session.recording_found', 'recording.deleted', 'recording.deleted_again']

/** What the ledger proves of it. */
export async function verifyDeleted(evidence: Pick<Evidence, 'list'>, session: SessionId): Promise<readonly Finding[]> {
  const said = new DeletedRecordings()
  // A seal and a deletion: more than a few are there only where something is wrong, and then they all stand here.
  const events = await evidence.list({ types, session }, { limit: 100, before: null })
  const told = [...events, ...(await confirmations(evidence))].toSorted((a, b) => a.index - b.index)
  for (const { index, at, type, data } of told) said.visit(index, { at, type, data: data as JsonObject })
  const where = 'ledger'
  const faults = said.faults.map(({ what }) => ({ where, holds: false, what }))
  if (said.list.length === 0 && faults.length === 0)
    return [{ where, holds: false, what: 'the recording is deleted, and no entry of the ledger says so' }]
  return [...faults, ...said.list.map((deleted) => ({ where, holds: true, what: sayDeleted(deleted) }))]
}

/** Every one there is: they name deletions, not sessions, and are few. */
export async function confirmations(evidence: Pick<Evidence, 'list'>): Promise<readonly EvidenceEvent[]> {
  const found: EvidenceEvent[] = []
  for (let before: number | null = null; ;) {
    const filter = { types: ['evidence.deletion_confirmed'], session: null }
    const page = await evidence.list(filter, { limit: 200, before })
    found.push(...page)
    before = page.at(-1)?.index ?? null
    if (page.length < 200) return found
  }
}

/** @throws GatewayError `not-found` where the recording was deleted. */
export function needKept({ id, recording }: Pick<StoredSession, 'id' | 'recording'>): void {
  if (recording === 'deleted')
    throw new GatewayError(
      'not-found',
      `the recording of session \`${id}\` was deleted: verify it to see when, by whom, and which seal it had`,
    )
}

// Whose own a session is, so that nobody handles the evidence of themselves alone: who worked in it and, of a machine
// account, who answers for it. What follows from that is for whoever asks.

import type { PersonId } from '../../policy/index.ts'
import type { StoredSession } from '../store/sessions.ts'
import type { Tables } from '../store/store.ts'

/**
 * The person who worked in it; where that is a machine account also who answers for it now, and who did when the session
 * began: handing a machine over makes nobody a stranger to what it did.
 */
export async function whoseIs(
  { people, evidence }: Pick<Tables, 'people' | 'evidence'>,
  { id, person }: Pick<StoredSession, 'id' | 'person'>,
): Promise<ReadonlySet<PersonId>> {
  const worker = await people.byId(person)
  if (worker?.machine === undefined) return new Set([person])
  const begun = await evidence.list({ types: ['session.started'], session: id }, { limit: 1, before: null })
  const then = begun.flatMap(({ data }) => (typeof data['owner'] === 'string' ? [data['owner'] as PersonId] : []))
  return new Set([person, worker.machine.owner.id, ...then])
}

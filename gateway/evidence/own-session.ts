// Whose own a session is, or what else was done, so that nobody handles the evidence of themselves alone: who worked in it
// and, of a machine account, who answers for it. What follows from that is for whoever asks.

import type { Instant, PersonId } from '../../policy/index.ts'
import { newestFirst } from '../store/newest-first.ts'
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

/**
 * A person and, where that is a machine account, who answers for it now and everybody who did since then.
 *
 * @param since ms since the epoch
 */
export async function whoAnswered(
  { people, evidence }: Pick<Tables, 'people' | 'evidence'>,
  id: PersonId,
  since: Instant,
): Promise<ReadonlySet<PersonId>> {
  const machine = (await people.byId(id))?.machine
  if (machine === undefined) return new Set([id])
  const answered = new Set<PersonId>([id, machine.owner.id])
  const handedOver = { types: ['identity.machine_handed_over'], session: null }
  for await (const { at, data } of newestFirst(evidence, handedOver)) {
    if (at < since) break
    if (data['machine'] !== id) continue
    for (const owner of [data['from'], data['to']]) if (typeof owner === 'string') answered.add(owner as PersonId)
  }
  return answered
}

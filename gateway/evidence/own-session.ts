// Whose own a session is, or what else was done, so that nobody handles the evidence of themselves alone: who worked in it
// and, of a machine account, who answers for it. What follows from that is for whoever asks.

import type { Instant, PersonId } from '../../policy/index.ts'
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

/** Hand-overs that are read at a time. */
const page = 200

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
  const types = ['identity.machine_handed_over']
  for (let before: number | null = null; ;) {
    const read = await evidence.list({ types, session: null }, { limit: page, before })
    for (const { at, data } of read)
      if (at >= since && data['machine'] === id)
        for (const owner of [data['from'], data['to']]) if (typeof owner === 'string') answered.add(owner as PersonId)
    const last = read.at(-1)
    if (last === undefined || read.length < page || last.at < since) return answered
    before = last.index
  }
}

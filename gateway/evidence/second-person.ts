// Who may agree to a viewing as the second person, and why somebody else may not.

import { handlingOfRecording, type Bundle, type Events, type Person, type PersonId } from '../../policy/index.ts'
import type { StoredSession } from '../store/sessions.ts'
import type { Tables } from '../store/store.ts'
import { whoseIs } from './own-session.ts'
import { mayView, rolesFor } from './viewing.ts'

export type AnswerFault = Events['recording.view_answer_refused']['why']

/** For who tried. */
export const faultText: Record<AnswerFault, string> = {
  'own-viewing': 'another person has to agree than who wants to look',
  party: 'who was part of the session, or works for the same supplier, does not agree to its viewing',
  'not-a-viewer': 'only somebody who may look at this recording agrees to a viewing of it',
}

/**
 * Who came along with a session is a party of it, as is everybody of the supplier that worked in it, and who answers for
 * the machine that did.
 */
async function partiesOf(
  tables: Pick<Tables, 'people' | 'evidence'>,
  session: Pick<StoredSession, 'id' | 'person'>,
): Promise<(person: Person) => boolean> {
  const worker = await tables.people.byId(session.person)
  const own = await whoseIs(tables, session)
  const observers = new Set<unknown>()
  const filter = { types: ['session.attached_observer'], session: session.id }
  for (let before: number | null = null; ;) {
    const events = await tables.evidence.list(filter, { limit: 200, before })
    for (const { data } of events) observers.add(data.observer)
    before = events.at(-1)?.index ?? null
    if (events.length < 200) break
  }
  return ({ id, supplier }) =>
    own.has(id) || observers.has(id) || (supplier !== null && supplier === (worker?.supplier ?? null))
}

/** Who may agree to a viewing: somebody who may look themselves, is not who asked, and was no part of the session. */
export async function answerFault(
  tables: Pick<Tables, 'people' | 'evidence'>,
  bundle: Bundle,
  person: Person,
  viewer: PersonId,
  session: StoredSession,
): Promise<AnswerFault | null> {
  if (person.id === viewer) return 'own-viewing'
  if (person.supplier !== null) return 'not-a-viewer'
  if (!mayView(person, session, rolesFor(handlingOfRecording(bundle, session), 'replay'))) return 'not-a-viewer'
  return (await partiesOf(tables, session))(person) ? 'party' : null
}

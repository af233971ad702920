// Who wanted to look at recordings, and what the rules and second persons said. That somebody then looked stands with the
// session (`session.replayed`).

import { event, instant, list, oneOf, orNull, said, text, type EventsOf, type ValueOf } from './fields.ts'
import { personId, sessionId, viewingId } from './names.ts'
import { commitment } from './words.ts'

/** What was applied: the rules of handling.yaml about the recording, by id, and the bundle they stand in. */
const underRules = {
  rules: list(text),
  bundle: said('SHA-256 (hex).', text),
}

export const viewRefusal = said(
  'Why somebody did not get to see a recording.',
  oneOf([
    // The rules do not let them, or not for this.
    'rules',
    // Somebody else has to agree first, and nobody has.
    'second-person-missing',
    // The second person said no.
    'second-person',
    // Nobody answered in time.
    'unanswered',
  ]),
)
export type ViewRefusal = ValueOf<typeof viewRefusal>

export const viewingEvents = {
  'recording.view_asked': event('Somebody wants to look at a recording that another person has to agree to.', {
    ...underRules,
    viewing: viewingId,
    session: sessionId,
    by: personId,
    purpose: commitment,
    answerBy: instant,
  }),
  'recording.view_confirmed': event('Another person agreed to a viewing; the recording may be looked at for a while.', {
    ...underRules,
    viewing: viewingId,
    session: sessionId,
    viewer: said('Who may look now, and who agreed: never the same.', personId),
    by: personId,
    viewUntil: instant,
  }),
  'recording.view_refused': event('The rules for this recording, or the second person, did not let somebody look.', {
    ...underRules,
    session: sessionId,
    viewer: personId,
    for: oneOf(['replay', 'search', 'follow', 'export']),
    why: viewRefusal,
    viewing: said('Set where it had been asked for.', orNull(viewingId)),
    by: said('The second person who said no.', orNull(personId)),
    reason: orNull(commitment),
  }),
  'recording.view_answer_refused': event('Somebody wanted to answer for a viewing and is not the one who may.', {
    viewing: viewingId,
    session: sessionId,
    by: personId,
    why: oneOf(['own-viewing', 'party', 'not-a-viewer']),
  }),
}
export type ViewingEvents = EventsOf<typeof viewingEvents>

// What happened when people searched in recordings.

import { event, list, number, said, text, type EventsOf } from './fields.ts'
import { personId, sessionId, viewingId } from './names.ts'
import { commitment } from './words.ts'

export const searchEvents = {
  'evidence.searched': event(
    'Somebody searched in recordings, for a purpose that was stated once, and was shown a page of hits.',
    {
      by: personId,
      search: said('One and the same for all queries under a purpose that was stated once.', text),
      purpose: commitment,
      query: commitment,
      hits: number,
      sessions: said('Of which something was shown.', list(sessionId)),
      rules: said('Rules of handling.yaml about them, and the bundle they stand in.', list(text)),
      bundle: text,
      viewings: said('Viewings that second persons agreed to.', list(viewingId)),
    },
  ),
  'evidence.search_rebuilt': event('Somebody had the index of the recordings built anew.', {
    by: personId,
  }),
}
export type SearchEvents = EventsOf<typeof searchEvents>

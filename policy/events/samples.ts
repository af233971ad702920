// Recordings drawn at random to be looked at. What came of each look stands with the reviews (`session.reviewed`).

import { event, instant, list, number, orNull, record, said, text, type EventsOf } from './fields.ts'
import { personId, plantId, reviewId, sampleId, sessionId } from './names.ts'

const from = {
  sample: sampleId,
  by: personId,
  plants: said('Sessions of these plants; null for all.', orNull(list(plantId))),
  since: said('Sessions that began from here on, and before `until`.', instant),
  until: instant,
  count: said('How many are to be drawn.', number),
}

export const sampleEvents = {
  'recording.sample_asked': event(
    'Somebody said what recordings to draw from, before the seed of the draw was known: it is the root of a checkpoint ' +
      'over this entry.',
    from,
  ),
  'recording.sampled': event('Recordings were drawn at random, to be looked at by somebody who did not make them.', {
    ...from,
    checkpoint: said(
      'The seed: its root in base64, as it stands in its note.',
      record({ origin: text, size: number, root: text }),
    ),
    population: said('Of so many sessions whose recording was sealed below that size and is kept.', number),
    drawn: said(
      'In the order of the draw: by SHA-256 over the root, a line feed and the id of the session.',
      list(record({ session: sessionId, review: reviewId })),
    ),
  }),
}
export type SampleEvents = EventsOf<typeof sampleEvents>

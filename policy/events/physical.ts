// What doors, cabinets and key switches of a plant reported, and what it meant for who was at work.

import { physicalKinds, physicalStates } from '../model/physical.ts'
import { event, instant, list, number, oneOf, orNull, said, text, type EventsOf } from './fields.ts'
import { assetId, physicalSourceId, plantId, sessionId, zoneId } from './names.ts'
import { commitment } from './words.ts'

const states = [...new Set(Object.values(physicalStates).flat())]
const where = {
  source: physicalSourceId,
  kind: oneOf(physicalKinds),
  zone: zoneId,
  asset: said('The one asset it belongs to; null: the whole zone.', orNull(assetId)),
  plant: plantId,
}

export const physicalEvents = {
  'physical.reported': event(
    'A door, a cabinet or a key switch reports another state than before, or reports again after it was silent.',
    {
      ...where,
      state: oneOf(states),
      was: said('What it said before; null: nothing, or it was silent.', orNull(oneOf(states))),
      since: said('When it happened, by the clock of the source.', instant),
      message: said('The id of the message: the reference in the system it comes from.', text),
      heard: said('How often it said the same before, since its last entry.', number),
      sessions: said(
        'Sessions that were living on assets it is about: a door that opens then is shown to who watches.',
        list(sessionId),
      ),
    },
  ),
  'physical.source_silent': event(
    'A physical source has not been heard of for longer than the bundle allows: what it said counts no more.',
    {
      ...where,
      lastState: oneOf(states),
      lastAt: said('When it was last heard of.', instant),
      heard: said('How often it said the same since its last entry.', number),
      message: text,
    },
  ),
  'physical.refused': event('A message in the name of a physical source was refused; nothing was changed.', {
    source: said('Null where none is declared of that name.', orNull(physicalSourceId)),
    code: oneOf([
      'unknown-source',
      'not-enrolled',
      'wrong-signature',
      'outside-time',
      'malformed',
      'out-of-order',
      'replayed',
    ]),
    from: said('The address it came from.', commitment),
  }),
} as const

export type PhysicalEvents = EventsOf<typeof physicalEvents>

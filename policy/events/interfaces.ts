// What was declared of the crossings: conduits between zones, and interfaces beside them. Written by comparing the bundle in
// force with what the ledger said last, so that it holds after a restart and for a ledger that began before.

import { interfaceTypes } from '../model.ts'
import { event, flag, instant, list, oneOf, optional, orNull, record, said, text, type EventsOf } from './fields.ts'
import { conduitId, interfaceId, zoneId } from './names.ts'
import { commitment } from './words.ts'

const declared = {
  bundle: text,
  digest: said('SHA-256 (hex) over the whole declaration, by which a later change of it is seen.', text),
}

const conduitFields = {
  conduit: conduitId,
  from: zoneId,
  to: zoneId,
  direction: oneOf(['forward', 'both']),
  protocols: list(text),
  payloads: said('Classes or labels of information; null where it has no say in that.', orNull(list(text))),
  spans: optional(said('Why it may cross several boundaries without a hop; absent where it says nothing.', commitment)),
  owner: said('Null: nobody answers for it, and it is closed.', orNull(commitment)),
  reason: commitment,
  reviewBy: said("The last day (ISO 8601), in the plant's own zone.", text),
  closesAt: said('The first instant after that day: it is closed from then on.', instant),
  inScope: said('Does anything in scope stand at either end of it?', flag),
  ...declared,
}

const end = record({
  kind: oneOf(['zone', 'asset', 'outside']),
  id: said('What is outside has no id: its name, as a commitment.', text),
})

const interfaceFields = {
  interface: interfaceId,
  type: oneOf(interfaceTypes),
  from: end,
  to: end,
  direction: oneOf(['forward', 'both']),
  payloads: list(text),
  owner: said('Null: nobody answers for it.', orNull(commitment)),
  reason: commitment,
  change: said("The change it came with, in the plant's own change control.", commitment),
  reviewBy: said("The last day (ISO 8601), in the plant's own zone.", text),
  state: oneOf(['in-use', 'remove-by', 'excepted']),
  until: said('The last day it may be there, or the exception it is borne under; null where it stays.', orNull(text)),
  conduits: said('Conduits it runs over; none where it passes beside the gateway.', list(conduitId)),
  ...declared,
}

export const interfaceEvents = {
  'conduit.defined': event('A conduit stands in the bundle in force, and did not before.', conduitFields),
  'conduit.changed': event('A conduit is declared otherwise than before.', conduitFields),
  'conduit.removed': event('A conduit is declared no more.', { conduit: conduitId, bundle: text }),
  'interface.defined': event(
    'An interface stands in the register, whatever the scope says of what it joins, and did not before.',
    interfaceFields,
  ),
  'interface.changed': event('An interface is declared otherwise than before.', interfaceFields),
  'interface.removed': event('An interface is declared no more: it was taken out.', {
    interface: interfaceId,
    bundle: text,
  }),
  'interface.overdue': event('An interface does not stand as it should. Written once each time.', {
    interface: interfaceId,
    type: oneOf(interfaceTypes),
    fault: oneOf(['ownerless', 'review-overdue', 'removal-overdue', 'exception-not-in-force']),
    since: said('Null where no day says since when.', orNull(instant)),
    digest: said('Of the declaration it was found in.', text),
    bundle: text,
  }),
}
export type InterfaceEvents = EventsOf<typeof interfaceEvents>

// What the network shows: whether sessions and sockets agree, and what was seen in it that nobody has registered.

import { seenVerdicts } from '../seen.ts'
import { event, instant, number, oneOf, orNull, said, text, type EventsOf } from './fields.ts'
import { assetId, personId, plantId, seenAddressId, sessionId } from './names.ts'
import { commitment } from './words.ts'

export const networkEvents = {
  'session.heartbeat': event(
    "The living sessions were held against the kernel's socket table: kept hourly while sessions live, daily otherwise.",
    {
      sessions: said('Living sessions.', number),
      connections: said('Sessions whose connection to their target the kernel knows.', number),
      missing: said('Sessions that say they have a connection which the kernel does not know.', number),
      strangers: said('Connections of the gateway to a target that no session answers for.', number),
    },
  ),
  'session.socket_unexplained': event(
    "Sessions and the kernel's socket table do not agree, by two looks: an alarm. `stranger`: the gateway, or a program " +
      'it started, has a connection to a target that no session answers for. `missing`: a session says it has one which ' +
      'the kernel does not know.',
    {
      kind: oneOf(['stranger', 'missing']),
      session: orNull(sessionId),
      asset: said('What stands at the other end.', assetId),
      plant: orNull(plantId),
      remote: said('Address and port of the other end.', commitment),
    },
  ),
  'asset.unregistered_seen': event("An address was seen in a plant's networks that no declared asset has.", {
    seen: seenAddressId,
    plant: plantId,
    address: commitment,
    by: said('Who gave what was seen, or asked for it at the door.', personId),
    triageBy: said('When somebody of the plant has to have said what it is.', instant),
    bundle: text,
  }),
  'asset.seen_triaged': event('Somebody of the plant said what an address is that was seen and is not declared.', {
    seen: seenAddressId,
    plant: plantId,
    by: personId,
    verdict: said(
      '`register`: it is an asset and will be declared; `remove`: it goes off the network; `known`: it is no asset.',
      oneOf(seenVerdicts),
    ),
    reason: commitment,
  }),
  'asset.flows_compared': event(
    'Addresses seen in the network were held against the inventory: how many distinct ones belong to a declared asset, ' +
      "lie in a plant's networks and belong to none, or lie elsewhere.",
    {
      by: personId,
      registered: number,
      unregistered: number,
      elsewhere: number,
      bundle: text,
    },
  ),
}
export type NetworkEvents = EventsOf<typeof networkEvents>

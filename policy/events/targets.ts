// What happened to the host keys of targets that two people accept in the gateway, and what a target showed instead.

import { event, flag, list, oneOf, optional, orNull, said, text, type EventsOf } from './fields.ts'
import { assetId, personId, plantId, sessionId } from './names.ts'
import { commitment } from './words.ts'

const fingerprint = said('SHA-256 of the key, as OpenSSH prints it.', text)
const address = said('Host and port that showed it.', commitment)

export const targetEvents = {
  'target.host_key_seen': event(
    'A target showed a host key that nobody has accepted: the session ended before anything was sent to it.',
    {
      session: sessionId,
      asset: assetId,
      plant: plantId,
      key: fingerprint,
      kind: said('Its type, as `ssh-ed25519`.', text),
      known: said('The keys it may show.', list(text)),
      by: said('Where those stand: in the bundle, or in the gateway.', oneOf(['bundle', 'enrolment'])),
      address,
      first: optional(said('Nobody has seen this key before, and two people may accept it; absent otherwise.', flag)),
    },
  ),
  'target.host_key_proposed': event(
    'Somebody had the gateway look at the host key a target shows, and proposes it; another person has to accept it.',
    {
      asset: assetId,
      plant: plantId,
      key: fingerprint,
      kind: text,
      replaces: said('The key that is accepted now; null where none is.', orNull(text)),
      by: personId,
      address,
      comment: commitment,
    },
  ),
  'target.host_key_accepted': event(
    'Another person accepted a proposed host key: the target may show it and no other.',
    {
      asset: assetId,
      plant: plantId,
      key: fingerprint,
      replaces: orNull(text),
      proposedBy: personId,
      by: personId,
      comment: commitment,
    },
  ),
  'target.host_key_rejected': event('A host key was rejected; where it was accepted before, it is so no more.', {
    asset: assetId,
    plant: plantId,
    key: fingerprint,
    was: oneOf(['seen', 'proposed', 'accepted']),
    by: personId,
    comment: commitment,
  }),
  'target.step_refused': event('A step on the host key of a target was refused; nothing was changed.', {
    asset: assetId,
    person: personId,
    step: oneOf(['propose', 'accept', 'reject']),
    code: oneOf([
      'role-missing',
      // Who proposed a key does not accept it.
      'own-proposal',
      // It is pinned in the bundle, where another person activates it.
      'pinned',
      'not-proposed',
      // The endpoint has moved since it was proposed.
      'address-changed',
      'already-accepted',
      'target-unreachable',
    ]),
    key: optional(fingerprint),
  }),
} as const

export type TargetEvents = EventsOf<typeof targetEvents>

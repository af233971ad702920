// What happened to people and at the way in: accounts, logins, and what came in that could be nothing.

import { event, instant, list, number, oneOf, optional, orNull, said, text, type EventsOf } from './fields.ts'
import { drillRunId, personId, plantId, supplierId } from './names.ts'
import { mfaKind, role } from './declared-words.ts'
import { authFailure, certificate, commitment, firstFactor, strangerFault, via } from './words.ts'

const oversight = said(
  'How far the roles auditor, isms-manager and admin of the account reach: over the plants it names, or over all.',
  oneOf(['all', 'plants']),
)

export const identityEvents = {
  'identity.created': event('A person got an account, with these roles and plants.', {
    person: personId,
    login: commitment,
    roles: list(role),
    supplier: orNull(supplierId),
    plants: list(plantId),
    oversight: optional(oversight),
  }),
  'identity.oversight_changed': event('An account that looks over a house looks over other plants from now on.', {
    person: personId,
    by: orNull(personId),
    reason: commitment,
    oversight,
    plants: list(plantId),
  }),
  'identity.machine_registered': event(
    'A machine account came into being, with who answers for it. What it may run the bundle says.',
    {
      machine: personId,
      by: orNull(personId),
      login: commitment,
      owner: personId,
      purpose: commitment,
      supplier: orNull(supplierId),
      plants: list(plantId),
      until: said('Last day, UTC.', text),
      sources: said(
        "Networks it may come from, each by itself: where a plant's machines are is not for everybody.",
        list(commitment),
      ),
      keys: said('How many keys it has.', number),
    },
  ),
  'identity.machine_changed': event('The end of a machine account, its networks or its keys were set anew.', {
    machine: personId,
    by: orNull(personId),
    until: text,
    sources: list(commitment),
    keysAdded: list(commitment),
    keysRemoved: list(commitment),
    reason: commitment,
  }),
  'identity.machine_handed_over': event('Somebody else answers for a machine account from now on.', {
    machine: personId,
    from: personId,
    to: personId,
    by: orNull(personId),
    reason: commitment,
  }),
  'identity.machine_orphaned': event(
    'Whoever answered for a machine account was disabled: it is of no use until somebody else does.',
    {
      machine: personId,
      owner: personId,
    },
  ),
  'identity.disabled': event('An account was closed; logins and sessions end with it.', {
    person: personId,
    by: orNull(personId),
    reason: commitment,
  }),
  'identity.key_added': event('A person may log in with one more public key.', {
    person: personId,
    by: orNull(personId),
    key: said("To the key's fingerprint: a public key follows its owner to other places.", commitment),
  }),
  'identity.contact_changed': event('Where messages to a person go was set or, with null, removed.', {
    person: personId,
    by: orNull(personId),
    address: orNull(commitment),
  }),
  'auth.succeeded': event('A person showed who they are, with these factors.', {
    person: personId,
    factor: firstFactor,
    mfa: list(mfaKind),
    via,
    source: commitment,
    certificate: optional(certificate),
  }),
  'auth.revocations_unreadable': event(
    'The list of revoked keys cannot be read: until it can, nobody logs in with a key or a certificate.',
    { file: commitment, found: commitment },
  ),
  'auth.revocations_read': event('The list of revoked keys can be read again.', { file: commitment }),
  'auth.failed': event('A login was not let in, and why.', {
    login: commitment,
    person: orNull(personId),
    reason: authFailure,
    via,
    source: commitment,
    drill: optional(said('The drill it is of; absent where it really happened.', drillRunId)),
  }),
  'auth.throttled': event(
    'Tries of one source in about a minute were refused unseen, because too many before them were wrong.',
    {
      source: said('To the address; of IPv6 to its network of 64 bits.', commitment),
      via,
      count: number,
      from: said('When the first and the last of them came.', instant),
      until: instant,
    },
  ),
  'auth.strangers_refused': event(
    'Connections of one source were turned away in about a minute before anybody had logged in on them.',
    {
      source: said('To the address; of IPv6 to its network of 64 bits.', commitment),
      via,
      because: strangerFault,
      count: number,
      from: said('When the first and the last of them came.', instant),
      until: instant,
    },
  ),
  'auth.token_reused': event(
    'A refresh token came a second time, so somebody holds a copy: the login it belonged to was ended.',
    {
      person: personId,
      via,
      source: commitment,
    },
  ),
  'auth.mfa_failed': event('The first factor was right and the second was not.', {
    person: personId,
    kind: mfaKind,
    via,
    source: commitment,
  }),
  'auth.assertion_rejected': event('A second factor was right but had been used before.', {
    person: personId,
    kind: mfaKind,
    reason: oneOf(['replayed']),
    via,
    source: commitment,
  }),
  'auth.locked_out': event('Too many wrong tries: the person waits.', {
    person: personId,
    failures: number,
    until: instant,
    via,
    source: commitment,
  }),
  'input.refused': event(
    'What came in over the API could not be what the route takes: malformed, too large, forged. Nothing ' +
      'was changed.',
    {
      person: orNull(personId),
      route: said('Method and route pattern, never the address with its parameters.', text),
      code: text,
      source: commitment,
    },
  ),
}
export type IdentityEvents = EventsOf<typeof identityEvents>

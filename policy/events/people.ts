// What people may hold together, and where what they hold comes from: separation of duties, feeds of people, enrolment.

import { event, instant, list, number, oneOf, orNull, record, said, text, type EventsOf } from './fields.ts'
import { grantId, personId, plantId, sessionId, supplierId } from './names.ts'
import { role } from './declared-words.ts'
import { commitment } from './words.ts'

export const feedRefusals = [
  'unknown-feed',
  'unsigned',
  'malformed',
  'truncated',
  'empty',
  'stale',
  'too-many-leavers',
] as const
export type FeedRefusal = (typeof feedRefusals)[number]

const feedVia = oneOf(['local', 'https'])
const feed = said('The feed, as the bundle names it.', text)

const held = {
  person: personId,
  rule: said('The rule of separation, by its id in the bundle.', text),
  roles: list(role),
  duties: said('Duties by roster.', list(text)),
}

export const peopleEvents = {
  'separation.breached': event('A person holds together what a rule keeps apart; nothing is withheld before its day.', {
    ...held,
    from: said('The instant from which the rule is enforced.', instant),
  }),
  'separation.enforced': event(
    'From now on what a person holds against a rule is of no use to decide, approve or audit; the rest stays.',
    { ...held, withheld: said('The roles that are of no use.', list(role)) },
  ),
  'separation.ended': event('A person no longer holds together what a rule keeps apart, or the rule is gone.', {
    person: personId,
    rule: text,
    bundle: text,
  }),
  'separation.refused': event('A role was not given, because a rule keeps it apart from what the person holds.', {
    person: said('Null where the account was not made.', orNull(personId)),
    login: commitment,
    rule: text,
    roles: list(role),
    duties: list(text),
    step: oneOf(['enrol', 'role-change', 'feed']),
  }),
  'people.feed_applied': event('A feed of people was taken: what it said of how many.', {
    feed,
    via: feedVia,
    asOf: said('The state it tells of.', instant),
    digest: said('SHA-256 of what was read, hex.', text),
    rows: number,
    joined: number,
    adopted: said('Accounts made by hand that the feed answers for from now on.', number),
    moved: number,
    returned: number,
    left: number,
    unchanged: number,
    unmapped: said('People whose attributes give no role.', number),
    problems: said('Rows that were not taken; those people stay as they are.', number),
  }),
  'people.feed_refused': event('A feed of people was refused whole; nobody was changed by it.', {
    feed: said('As it was named; null where no feed has that name.', orNull(text)),
    via: feedVia,
    code: oneOf(feedRefusals),
    rows: orNull(number),
    leavers: said('Accounts it would have closed, where that was the reason.', orNull(number)),
  }),
  'person.role_source': event('Where the roles of a person come from, whenever that changes.', {
    person: personId,
    cause: oneOf(['joined', 'adopted', 'moved', 'returned', 'by-hand', 'review']),
    feed: said('Null where no feed answers for the person.', orNull(text)),
    byFeed: said('Each with the mapping of the bundle that gives it.', list(record({ role, mapping: text }))),
    byHand: list(role),
    withheld: said('Roles that a review took away, and that the feed does not give back.', list(role)),
    plants: list(plantId),
  }),
  'person.left': event(
    'Whoever answers for a person says that they left: the account is closed at once, and what they were working on ends as safety allows.',
    {
      person: personId,
      feed,
      because: said(
        'Gone from the feed, said to have left, or left without any role.',
        oneOf(['absent', 'said', 'no-role']),
      ),
      asOf: said('The state the feed tells of: what went before it is not late.', instant),
      grants: said('Open grants that were revoked.', list(grantId)),
      sessions: said('Sessions that were living.', list(sessionId)),
      unconfirmed: said('Those on assets that ask for a safe state first: somebody has to look.', list(sessionId)),
    },
  ),
  'identity.prepared': event('An account was made ready for somebody who has to enrol before it is of any use.', {
    person: personId,
    login: commitment,
    feed,
    roles: list(role),
    supplier: orNull(supplierId),
    plants: list(plantId),
  }),
  'identity.invited': event('A one-time secret was made, with which a prepared person enrols.', {
    person: personId,
    until: instant,
  }),
  'identity.enrolment_begun': event(
    'Somebody showed a one-time secret and was shown an authenticator to add; nothing is in use yet.',
    {
      person: personId,
      source: commitment,
    },
  ),
  'identity.enrolled': event('A prepared person chose a password and showed a code of their own authenticator.', {
    person: personId,
    source: commitment,
  }),
  'identity.enrolment_refused': event('Somebody tried to enrol and was not let: the secret is wrong, used or over.', {
    person: orNull(personId),
    login: commitment,
    source: commitment,
  }),
}
export type PeopleEvents = EventsOf<typeof peopleEvents>

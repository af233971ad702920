// What ledger entries about people and their access are called.

import { words, type EventWords } from './words.ts'

export const accessWords = {
  'physical.reported': words(
    'Door, cabinet or key switch',
    'One of them reports another state than before, with the sessions that were living around it.',
  ),
  'physical.source_silent': words(
    'Physical source silent',
    'It was not heard of for too long; what it said last counts no more.',
  ),
  'physical.refused': words(
    'Report refused',
    'A message in the name of a door, a cabinet or a key switch was not signed by it, was too old, or came twice.',
  ),
  'safety.review_approved': words(
    'Safety review: yes',
    'A safety engineer accepts what a proposal changes on the safety path, against a validation record.',
  ),
  'safety.review_rejected': words(
    'Safety review: no',
    'A safety engineer does not accept what a proposal changes on the safety path.',
  ),
  'safety.block': words(
    'Safety stood in the way',
    'A precondition to reach a safety system did not hold, or a session on what is safety-related was not cut off at once.',
  ),
  'safety.overridden': words(
    'Safety overridden',
    'A safety engineer cut off a session on what is safety-related at once, in an emergency.',
  ),
  'safety.local_enable_on': words(
    'Presence on site',
    'Somebody showed with the code of the zone’s device that they are there.',
  ),
  'safety.local_enable_off': words(
    'Presence ended',
    'Nobody vouches for presence any more: ended by hand, by time, or renewed.',
  ),

  'identity.created': words('Person enrolled', 'A person got an account, with these roles and plants.'),
  'identity.oversight_changed': words(
    'Oversight changed',
    'An account that looks over a house looks over other plants from now on.',
  ),
  'identity.changed': words('Person changed', 'Roles or plants of a person are others now.'),
  'identity.prepared': words(
    'Account prepared',
    'A feed of people brought somebody, who has to enrol before it is of use.',
  ),
  'identity.invited': words('Person invited', 'A one-time secret was made, with which a prepared person enrols.'),
  'identity.enrolment_begun': words(
    'Enrolment begun',
    'Somebody showed a one-time secret and was shown an authenticator to add.',
  ),
  'identity.enrolled': words(
    'Enrolment finished',
    'A prepared person chose a password and showed a code of their own.',
  ),
  'identity.enrolment_refused': words(
    'Enrolment refused',
    'Somebody tried to take a prepared account into use; the secret was wrong, used or over.',
  ),
  'person.left': words(
    'Person left',
    'A feed says that somebody left: account and grants ended at once, sessions as safety allows.',
  ),
  'person.role_source': words('Source of roles', 'Where the roles of a person come from, by feed and by hand.'),
  'people.feed_applied': words('Feed of people taken', 'Who came, moved and left, counted.'),
  'people.feed_refused': words('Feed of people refused', 'It could not be right as a whole; nobody was changed by it.'),
  'separation.breached': words('Duties not separated', 'A person holds together what a rule keeps apart.'),
  'separation.enforced': words(
    'Roles withheld',
    'What a person holds against a rule is of no use to decide, approve or audit from now on.',
  ),
  'separation.ended': words('Duties separated', 'A person no longer holds together what a rule keeps apart.'),
  'separation.refused': words('Role refused', 'A rule keeps it apart from what the person holds.'),
  'identity.machine_registered': words(
    'Machine account registered',
    'A machine may log in with its key, from declared networks, until its last day; somebody answers for it.',
  ),
  'identity.machine_changed': words('Machine account changed', 'Its last day, its networks or its keys were set anew.'),
  'identity.machine_handed_over': words('Machine account handed over', 'Somebody else answers for it from now on.'),
  'identity.machine_orphaned': words(
    'Machine account without owner',
    'Whoever answered for it was disabled: it is of no use until somebody else does.',
  ),
  'identity.disabled': words('Person disabled', 'An account was closed; logins and sessions end with it.'),
  'identity.key_added': words('Key added', 'A person may log in with one more public key.'),
  'identity.contact_changed': words('Address changed', 'Where messages to a person go was set or removed.'),
  'auth.succeeded': words('Logged in', 'A person showed who they are, with these factors.'),
  'auth.failed': words('Login failed', 'A login that was not let in, and why.'),
  'auth.throttled': words('Tries throttled', 'So many wrong tries came from one place that more were refused unseen.'),
  'auth.strangers_refused': words(
    'Strangers turned away',
    'Connections from one place were turned away before a login: too many, too slow, or a flood.',
  ),
  'auth.token_reused': words('Login copied', 'A login’s renewal came twice, so somebody holds a copy: it was ended.'),
  'auth.mfa_failed': words('Second factor failed', 'The first factor was right and the second was not.'),
  'auth.assertion_rejected': words('Second factor reused', 'A code that was right had been used before.'),
  'auth.revocations_unreadable': words(
    'Revoked keys unreadable',
    'The list of revoked keys cannot be read: until it can, nobody logs in with a key.',
  ),
  'auth.revocations_read': words('Revoked keys readable again', 'The list of revoked keys can be read again.'),
  'auth.locked_out': words('Locked out', 'Too many wrong tries: the person waits.'),
  'input.refused': words(
    'Input refused',
    'What came over the API was malformed, too large or forged; nothing changed.',
  ),

  'request.submitted': words('Access asked for', 'Somebody asked for access: to what, for what, when.'),
  'request.emergency_declared': words('Emergency declared', 'From now on the time to the first session is measured.'),
  'request.emergency_answered': words('Emergency answered', 'The first session has begun; how long it took.'),
  'request.emergency_overdue': words(
    'Emergency overdue',
    'Nobody was let in for longer than the tier allows: an alarm.',
  ),
  'request.break_glass': words(
    'Glass broken',
    'Access was taken without anybody’s yes, as the tier allows: an alarm, reviewed afterwards.',
  ),
  'request.approval_given': words(
    'One yes of several',
    'A yes was given, and more are needed; with how far the approver was told the asset leads.',
  ),
  'request.terms_changed': words(
    'Approved with less',
    'An approver narrowed what would be granted; yeses for more count no longer.',
  ),
  'request.approval_lapsed': words(
    'Yes counts no longer',
    'A yes was given for other terms, or by somebody who may no longer give it.',
  ),
  'request.approved': words(
    'Approved',
    'The last yes that was needed: a grant, with everybody whose yes counted and how far the asset leads.',
  ),
  'request.denied': words('Refused', 'An approver said no.'),
  'request.withdrawn': words('Withdrawn', 'Who asked took it back.'),
  'request.expired': words('Request expired', 'Nobody decided in time.'),
  'request.reminded': words('Approvers reminded', 'Nobody had answered; who can was told again.'),
  'request.escalated': words(
    'Escalated',
    'Others were told, because nobody answered or nobody is on duty. It opens nothing.',
  ),
  'request.refused': words(
    'Step refused',
    'A step on a request or grant that its state or terms do not allow; nothing changed.',
  ),
  'request.retro_reviewed': words(
    'Urgent access reviewed',
    'Somebody else looked at an emergency or a broken glass, and judged it.',
  ),
  'approval.link_used': words('Approval link opened', 'The person it was made for opened it. It approves nothing.'),
  'approval.link_refused': words(
    'Approval link refused',
    'A link that was forged, used, out of date or somebody else’s.',
  ),
  'grant.first_used': words('Grant first used', 'A grant that counts from its first use began to count.'),
  'grant.extended': words('Access extended', 'An approver made a grant longer.'),
  'grant.revoked': words('Access revoked', 'A grant was taken away; what rests on it ends at once.'),
  'grant.expired': words('Access over', 'A grant came to its end.'),
  'suspension.created': words(
    'Suspended',
    'Somebody or something was taken off until another person lifts it; what it ended.',
  ),
  'suspension.lifted': words('Suspension lifted', 'Another person let it come back. What was ended stays ended.'),
  'supplier.suspended': words('Supplier suspended', 'Everybody of a supplier was taken off.'),
  'delegation.created': words('Right delegated', 'Somebody lets another person decide for them, for a time.'),
  'delegation.ended': words('Delegation ended', 'It was taken back before its time.'),
  'training.attested': words(
    'Training attested',
    'Somebody recorded that a person has done a training, and until when.',
  ),
  'training.withdrawn': words('Training withdrawn', 'It counts for nothing from then on.'),
  'training.expiring': words('Training ends soon', 'It ends within 30 days, and no later one is attested.'),
  'supplier.expectation_attested': words(
    'Supplier attested',
    'Somebody recorded that a supplier does what is expected of it, until when, and where the proof is.',
  ),
  'supplier.expectation_withdrawn': words(
    'Supplier’s proof withdrawn',
    'It counts for nothing from then on; without it nobody of the supplier has access.',
  ),
  'supplier.expectation_expiring': words(
    'Supplier’s proof ends soon',
    'It ends within 30 days, and no later attestation of it holds.',
  ),

  'review.opened': words('Review opened', 'Access that has to be looked at afterwards, by a day.'),
  'review.due_moved': words('Review moved', 'The access was extended, so its review is due later.'),
  'review.overdue': words('Review overdue', 'Its day has passed, and nobody has looked.'),
  'review.access_campaign_started': words(
    'Access review began',
    'The eligibility of everybody is decided on anew, by a day.',
  ),
  'review.item_decided': words(
    'Eligibility decided',
    'One person’s eligibility was kept, changed or removed, by somebody else.',
  ),
  'review.closed': words('Access review closed', 'What was kept, changed and removed, and who was left undecided.'),
  'exception.granted': words(
    'Exception in force',
    'A rule is bent for a time, with an owner, a risk and what makes up for it.',
  ),
  'exception.expiring': words('Exception ends soon', 'It ends within 14 days.'),
  'exception.expired': words('Exception ended', 'Its last day has passed: the rules hold again.'),
  'exception.closed': words('Exception closed', 'It was taken out before its last day.'),
} as const satisfies Readonly<Record<string, EventWords>>

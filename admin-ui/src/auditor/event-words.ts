// What each type of ledger entry is called and what it says, for people who read the evidence. A test holds the list
// against the types the gateway writes: a new one has to be named here.

export interface EventWords {
  readonly title: string
  /** One sentence: what an entry of this type shows. */
  readonly meaning: string
}

const words = (title: string, meaning: string): EventWords => ({ title, meaning })

export const eventWords = {
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
  'recording.sample_asked': words(
    'Sample of recordings asked for',
    'Somebody said what recordings to draw from, before the seed of the draw was known.',
  ),
  'recording.sampled': words(
    'Recordings drawn at random',
    'Which recordings were drawn to be looked at, of how many, and from which checkpoint: anybody can draw again.',
  ),
  'drill.started': words('Drill begun', 'Entries that carry its id are the drill’s own; nothing in them happened.'),
  'drill.completed': words('Drill over', 'What was tried, what was expected of each step, and what came of it.'),
  'drill.overdue': words('Drill overdue', 'A drill of the bundle was not run in its time.'),
  'session.connected': words(
    'Target reached',
    'The target has shown its host key, and both legs agreed on algorithms, or it is reached in clear text; no credential was sent before.',
  ),
  'session.legacy_algorithms': words(
    'Old algorithms in use',
    'The target is reached with algorithms that are no longer good enough; an exception bears that.',
  ),
  'target.host_key_seen': words(
    'Strange host key',
    'A target showed a host key that nobody has accepted; nothing was sent to it.',
  ),
  'target.host_key_proposed': words(
    'Host key proposed',
    'Somebody had the gateway look at the key a target shows; another person has to accept it.',
  ),
  'target.host_key_accepted': words(
    'Host key accepted',
    'Another person accepted a proposed host key: the target may show it and no other.',
  ),
  'target.host_key_rejected': words(
    'Host key rejected',
    'A host key was turned down; where it was accepted before, the target is not reachable.',
  ),
  'target.step_refused': words(
    'Host key step refused',
    'A step on the host key of a target was refused; nothing was changed.',
  ),
  'gateway.started': words('Gateway started', 'The gateway began its work, in this version and under this bundle.'),
  'gateway.stopped': words('Gateway stopped', 'The gateway ended its work in good order.'),
  'gateway.configured': words(
    'Configuration at a start',
    'What the gateway is configured by and runs on; what is confidential stands as a keyed fingerprint.',
  ),
  'gateway.configuration_changed': words(
    'Configuration changed',
    'The gateway started with another configuration, release or file than the time before; it says what differs.',
  ),
  'platform.release_recorded': words(
    'Release recorded',
    'What a change of the gateway itself rests on was given: change, impact, test and way back.',
  ),
  'platform.release_approved': words(
    'Release approved',
    'Another person looked at what a change of the gateway itself rests on, and let it stand.',
  ),
  'platform.release_sent_back': words(
    'Release sent back',
    'Another person found what a change of the gateway itself rests on wanting.',
  ),
  'platform.step_refused': words(
    'Release step refused',
    'A step on a release of the gateway was refused; nothing was changed.',
  ),
  'time.drift': words(
    'Clock jumped',
    'The clock moved otherwise than time did; it was followed only where that shortens access.',
  ),
  'scope.version_published': words('Scope published', 'A version of the ISMS scope is in force; decisions cite it.'),
  'scope.change_proposed': words(
    'Scope change waits',
    'An asset would move in or out of scope; the stricter outcome holds until it is reviewed.',
  ),
  'scope.change_reviewed': words(
    'Scope change reviewed',
    'Somebody accepted or rejected the move of an asset, or a later bundle took it back.',
  ),
  'asset.walkdown_confirmed': words(
    'Asset confirmed',
    'At a walkdown the asset was found in its zone and as it is declared.',
  ),
  'scope.fit_reviewed': words(
    'Scope fit reviewed',
    'Somebody went through what came, went and was left undecided, and said what follows.',
  ),
  'register.coverage_recorded': words(
    'Coverage kept',
    'How well everything in scope was covered, with a digest over all of it.',
  ),
  'scope.review_refused': words(
    'Scope review refused',
    'Somebody tried to review a change they brought in, or one that was decided.',
  ),
  'conduit.defined': words('Conduit registered', 'A conduit stands in the bundle in force, and did not before.'),
  'conduit.changed': words('Conduit changed', 'A conduit is declared otherwise than before.'),
  'conduit.removed': words('Conduit removed', 'A conduit is declared no more.'),
  'interface.defined': words('Interface registered', 'An interface stands in the register, in scope or not.'),
  'interface.changed': words('Interface changed', 'An interface is declared otherwise than before.'),
  'interface.removed': words('Interface removed', 'An interface was taken out.'),
  'interface.overdue': words(
    'Interface overdue',
    'Nobody answers for an interface, or it was not reviewed, removed or excepted in time.',
  ),
  'policy.changed': words(
    'Bundle in force',
    'Another bundle of rules is in force: activated, rolled back, or read from its folder.',
  ),
  'policy.proposed': words(
    'Bundle proposed',
    'A bundle was proposed; nothing changes before another person activates it.',
  ),
  'policy.tested': words('Bundle tested', 'A proposed bundle was tested outside production.'),
  'policy.dry_run': words(
    'Proposal tried out',
    'A proposal was held against the decisions of the last days; nothing changed.',
  ),
  'policy.baseline_drift': words(
    'Baseline drift',
    'What is configured or stored is not what the ledger says is in force, or is so again.',
  ),
  'safety.review_approved': words(
    'Safety review: yes',
    'A safety engineer accepts what a proposal changes on the safety path, against a validation record.',
  ),
  'safety.review_rejected': words(
    'Safety review: no',
    'A safety engineer does not accept what a proposal changes on the safety path.',
  ),
  'policy.rejected': words('Proposal ended', 'A proposed bundle will not be activated.'),
  'policy.step_refused': words(
    'Step on a bundle refused',
    'A proposal, activation or rollback that is not allowed; nothing changed.',
  ),
  'policy.decision': words(
    'Decision',
    'Policy was asked and answered: the answer, the rules that decided it, and the controls they serve.',
  ),
  'conduit.denied_flow': words('Flow refused', 'The plant’s zones and conduits did not let this crossing through.'),
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
  'evidence.held': words(
    'Legal hold set',
    'What it covers is neither deleted nor erased until another person releases it.',
  ),
  'evidence.hold_released': words('Legal hold released', 'Another person than who set it let go of what it covered.'),
  'evidence.deletion_proposed': words(
    'Deletion proposed',
    'Recordings past their day are to be deleted; nothing goes before another person confirms it.',
  ),
  'evidence.deletion_confirmed': words(
    'Deletion confirmed',
    'A second person agreed that these recordings go; each is deleted after this entry.',
  ),
  'evidence.deletion_withdrawn': words('Deletion withdrawn', 'A proposed deletion was taken back or turned down.'),
  'recording.deleted': words(
    'Recording deleted',
    'The recording is gone, past its day, by two people. Its seal digest stays here.',
  ),
  'recording.deletion_stopped': words(
    'Deletion stopped',
    'A confirmed deletion left this recording: it was put on hold, or has to be kept longer.',
  ),
  'evidence.erasure_proposed': words(
    'Erasure proposed',
    'Personal data behind commitments is to be erased; nothing goes before another person confirms it.',
  ),
  'evidence.erasure_withdrawn': words('Erasure withdrawn', 'A proposed erasure was taken back or turned down.'),
  'evidence.erased': words(
    'Personal data erased',
    'Salts and values behind these commitments are gone, by two people; the ledger proves as before.',
  ),
  'evidence.step_refused': words(
    'Step on evidence refused',
    'Somebody tried to release, delete or erase what they may not, or what has to be kept.',
  ),
  'evidence.retention_checked': words(
    'Retention looked through',
    'The gateway counted what has to be kept, and what of it is not there.',
  ),
  'ledger.storage_threshold': words(
    'Storage threshold crossed',
    'Free space for recordings went below a threshold, or above it again.',
  ),
  'incident.raised': words(
    'Incident opened',
    'Somebody opened an incident: how grave it is, what it touches, and who outside has to be told.',
  ),
  'incident.touches': words('Incident touches more', 'It was found to touch more than was known.'),
  'incident.rated': words('Incident rated anew', 'It is graver, or less grave, than was thought.'),
  'incident.assigned': words('Incident assigned', 'Somebody was asked to see it through.'),
  'incident.noted': words('Incident noted', 'Something was noted about it.'),
  'incident.linked': words('Linked to an incident', 'A legal hold or a suspension belongs to it.'),
  'incident.contained': words('Incident contained', 'It does not go on any more.'),
  'incident.assessed': words('Incident assessed', 'What it meant for people, or for production, was looked at.'),
  'incident.reported': words('Incident reported outside', 'Somebody outside was told of it, as it is owed.'),
  'incident.report_overdue': words('Report of an incident overdue', 'Somebody outside was not told of it in time.'),
  'incident.closed': words('Incident closed', 'Another person closed it, with its root cause and what was learned.'),
  'incident.capa_closed': words('Corrective action works', 'Another person than its owner looked at what it changed.'),
  'incident.step_refused': words('Step on an incident refused', 'Nothing was changed.'),
  'evidence.requested': words('Evidence asked for', 'Somebody outside was asked for evidence.'),
  'evidence.request_overdue': words('Evidence overdue', 'What was asked for outside did not come by its day.'),
  'evidence.received': words('Evidence received', 'A piece of evidence came from outside; its digest stands here.'),
  'evidence.request_closed': words(
    'Request for evidence ended',
    'It is complete, was refused by who was asked, or taken back.',
  ),
  'evidence.custody_step': words(
    'Evidence changed hands',
    'A piece of evidence was handed over, copied, given back or destroyed.',
  ),
  'incident.near_miss': words(
    'Concern reported',
    'Somebody told what nearly went wrong. Who, the ledger does not say.',
  ),
  'incident.near_miss_closed': words('Concern closed', 'An ISMS manager said what was learned from it.'),
  'request.retro_reviewed': words(
    'Urgent access reviewed',
    'Somebody else looked at an emergency or a broken glass, and judged it.',
  ),
  'approval.link_used': words('Approval link opened', 'The person it was made for opened it. It approves nothing.'),
  'approval.link_refused': words(
    'Approval link refused',
    'A link that was forged, used, out of date or somebody else’s.',
  ),
  'change.linked': words('Change looked up', 'What the plant’s change system said of the ticket a request names.'),
  'incident.capa_opened': words('Nonconformity opened', 'A broken glass is to be followed up by a day.'),

  'grant.first_used': words('Grant first used', 'A grant that counts from its first use began to count.'),
  'grant.extended': words('Access extended', 'An approver made a grant longer.'),
  'grant.revoked': words('Access revoked', 'A grant was taken away; what rests on it ends at once.'),
  'grant.expired': words('Access over', 'A grant came to its end.'),
  'access.revoked': words(
    'Access ended at one stroke',
    'All grants and sessions of a target were ended, without keeping it off.',
  ),
  'suspension.created': words(
    'Suspended',
    'Somebody or something was taken off until another person lifts it; what it ended.',
  ),
  'suspension.lifted': words('Suspension lifted', 'Another person let it come back. What was ended stays ended.'),
  'supplier.suspended': words('Supplier suspended', 'Everybody of a supplier was taken off.'),
  'standing.step_refused': words(
    'Step refused (standing)',
    'A suspension, delegation, presence, attestation or review that is not allowed; nothing changed.',
  ),
  'delegation.created': words('Right delegated', 'Somebody lets another person decide for them, for a time.'),
  'delegation.ended': words('Delegation ended', 'It was taken back before its time.'),
  'eligibility.attested': words(
    'Eligibility attested',
    'Somebody recorded that a person may touch a controlled label, and where the proof is.',
  ),
  'eligibility.withdrawn': words('Eligibility withdrawn', 'A person may no longer touch a controlled label.'),
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

  'session.started': words(
    'Session began',
    'A person reached an asset, over this conduit, with these factors, limits and duties.',
  ),
  'session.refused': words(
    'Session not opened',
    'Policy let the person in, and the session could not begin all the same.',
  ),
  'session.refused_concurrency': words(
    'One session too many',
    'A person, an asset or a supplier has as many as it may.',
  ),
  'session.reconnect_blocked': words(
    'Came back while suspended',
    'Somebody who is off tried to connect, and was refused.',
  ),
  'session.escort_awaited': words(
    'Waits for an escort',
    'Nothing reaches the target before somebody of the plant comes along.',
  ),
  'session.attached_observer': words('Escort came', 'Somebody of the plant is with the session.'),
  'session.observer_lost': words('Escort gone', 'They left, or nothing was heard of them any more.'),
  'session.write_hold_lifted': words(
    'Input let through',
    'Somebody who watches a session lets what is typed through, for as long as they stay.',
  ),
  'session.degraded': words('Input stopped', 'What is typed no longer reaches the target; what it shows still comes.'),
  'session.restored': words('Input flows again', 'What is typed reaches the target again.'),
  'session.extension_offered': words('Extension offered', 'The window ends soon, and who may extend it was told.'),
  'session.idle_locked': words('Locked', 'Nothing was typed for a while; a second factor opens it again.'),
  'session.unlocked': words('Unlocked', 'The person showed again who they are.'),
  'session.terminated_idle': words('Ended for resting', 'Nothing moved for as long as policy lets a session rest.'),
  'session.terminated_expiry': words('Ended with its window', 'The time was over.'),
  'session.kill_ordered': words('Kill ordered', 'Somebody ordered a session to end at once.'),
  'session.terminated_kill': words(
    'Killed',
    'The order was carried out: when it was given and when every socket was closed.',
  ),
  'session.recording_started': words('Recording began', 'The recording was open before the first byte.'),
  'session.recording_head': words(
    'Recording so far',
    'What the recording held at this time: it cannot be cut or written anew before it.',
  ),
  'session.recording_paused': words('Recording waited', 'The disk had no room; nothing crossed meanwhile.'),
  'session.recording_found': words('Recording found', 'It stood on disk, and the ledger had lost its entries.'),
  'session.recording_gap': words('Recording cut', 'It holds less than it did when the ledger took note of it.'),
  'session.feature_refused': words('Feature refused', 'The client wanted something this gateway does not let through.'),
  'session.ended': words('Session ended', 'Why, when, and how much was moved.'),
  'session.recording_sealed': words(
    'Recording sealed',
    'The recording was closed and signed; one changed byte in it shows.',
  ),
  'file.transfer_requested': words('File offered', 'A file is taken into quarantine before it may cross.'),
  'file.scanned': words('File looked at', 'It was there whole: its digest, its type, and what the scanner said.'),
  'file.held': words(
    'File waits for a person',
    'The rules, or a missing verdict, want a person of the plant to let it go.',
  ),
  'file.released': words('File let go', 'By the rules, or by a person of the plant, with the reason.'),
  'file.blocked': words('File refused', 'It does not cross: by the rules, by a person, or because nobody answered.'),
  'file.release_refused': words(
    'File decision refused',
    'Somebody wanted to let a file go or refuse it who may not decide on it.',
  ),
  'file.delivered': words('File delivered', 'What was let go has reached who it is for, whole.'),
  'file.broken_off': words('File transfer broken off', 'It ended before the file was there, judged or delivered.'),
  'file.crossed': words('File crossed', 'A file, or a part of one, crossed without being taken into quarantine.'),
  'file.changed': words('Path changed on the target', 'A file program deleted, renamed, made or changed something.'),
  'file.step_refused': words('File step refused', 'Something was to be done to a path that is not allowed there.'),
  'file.refusals_counted': words(
    'Refused file steps counted',
    'What was refused again and again in a session, and how often.',
  ),
  'file.deleted': words('Kept file deleted', 'Its day had come and no legal hold covers it; what it was stays here.'),
  'recording.view_asked': words(
    'Viewing asked for',
    'Somebody wants to look at a recording that another person has to agree to.',
  ),
  'recording.view_confirmed': words(
    'Viewing agreed to',
    'Another person agreed; it may be looked at for half an hour.',
  ),
  'recording.view_refused': words(
    'Viewing refused',
    'The rules for this recording, or the second person, did not let somebody look.',
  ),
  'recording.view_answer_refused': words(
    'Answer refused',
    'Somebody wanted to agree to a viewing who wants to look themselves, took part in the session, or may not look.',
  ),
  'session.replayed': words('Recording replayed', 'Somebody looked at a recording, for a stated purpose.'),
  'asset.unregistered_seen': words(
    'Unknown address seen',
    'An address was seen in a plant’s networks that no declared asset has; somebody has to say what it is.',
  ),
  'asset.seen_triaged': words(
    'Unknown address explained',
    'Somebody of the plant said whether it will be declared, goes off the network, or is no asset.',
  ),
  'asset.flows_compared': words(
    'Flows compared with inventory',
    'How many addresses seen in the network belong to declared assets, and how many to none.',
  ),
  'session.heartbeat': words(
    'Sessions and sockets compared',
    'The living sessions were held against the kernel’s own list of connections.',
  ),
  'session.socket_unexplained': words(
    'Sessions and sockets disagree',
    'The gateway has a connection to a target that no session answers for, or a session one the kernel does not know.',
  ),
  'session.watched': words('Session watched', 'Somebody watched a session while it was at work, for a stated purpose.'),
  'session.reviewed': words(
    'Session reviewed',
    'Somebody else looked at a session that was to be reviewed, and judged it.',
  ),
  'credential.rotated': words('Secret stored', 'A secret for a target was put into the vault, or replaced there.'),
  'credential.injected': words('Secret used', 'The gateway logged in to the target; the person never saw the secret.'),

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
  'risk.decision': words(
    'Accepted risk',
    'A risk of the register is borne as it is, for a term; or that term ends soon, is over, or was given up.',
  ),
  'exception.closed': words('Exception closed', 'It was taken out before its last day.'),
  'ledger.backed_up': words('Backup made', 'A copy of ledger and recordings was made and read back.'),
  'ledger.loss_declared': words(
    'Loss declared',
    'Entries were lost with a restore; the ledger goes on under another name from here.',
  ),
  'ledger.key_rotated': words('Signing key changed', 'From here on another key signs the ledger and the recordings.'),
  'ledger.key_retired': words(
    'Signing key retired',
    'A former key signs no more; what it signs from here on counts for nothing.',
  ),
  'ledger.timestamped': words(
    'Time attested',
    'A time-stamping authority attested when a checkpoint of the ledger was there.',
  ),
  'ledger.timestamp_missed': words('Time not attested', 'A time-stamping authority that was due gave no timestamp.'),
  'evidence.searched': words(
    'Recordings searched',
    'Somebody searched in recordings, for a stated purpose, and was shown hits.',
  ),
  'evidence.search_rebuilt': words('Search index rebuilt', 'Somebody had the index of the recordings built anew.'),
  'recording.uploaded': words(
    'Recording copied',
    'Every file of a recording was put into the object store and read back; what it is there is named.',
  ),
  'recording.local_removed': words(
    'Local copy removed',
    'The streams of a recording went from the local disk; the object store keeps them.',
  ),
  'recording.copy_withheld': words(
    'Copy withheld',
    'A recording stays on the own disk: no copy of it may stand in the region of the object store.',
  ),
  'recording.copy_damaged': words(
    'Copy damaged',
    'A file of a recording, here or in the object store, is not what its seal says.',
  ),
  'dependency.state_changed': words(
    'Dependency changed',
    'Something the path of access leans on works no longer, or works again; it says since when and what follows.',
  ),
  'dependency.heartbeat': words(
    'Dependency of the day',
    'Once a day: how often something access leans on was looked at or used, and the worst it was.',
  ),
  'recording.store_unreachable': words(
    'Object store unreachable',
    'Recordings stay on the local disk until the object store answers again.',
  ),
  'recording.store_reached': words('Object store back', 'The object store takes recordings again.'),
  'recording.disk_slow': words(
    'Disk of recordings slow',
    'Every session waited for it, because what crosses is recorded first. Nothing was lost by that.',
  ),
  'recording.disk_recovered': words('Disk of recordings back', 'It kept up again for a minute.'),
  'recording.found_corrupt': words(
    'Recording found corrupt',
    'A sealed recording is not what its seal, or the ledger, says. It is kept as it is.',
  ),
  'evidence.delivery_failing': words(
    'Evidence not brought out',
    'A copy, publication, cosignature, timestamp or message failed for longer than is allowed.',
  ),
  'evidence.delivery_resumed': words('Evidence brought out again', 'What was said to fail works again.'),
  'ledger.rewrite_found': words(
    'Store was written in',
    'Entries in the store are not those that were signed; no checkpoint is signed any more.',
  ),
  'evidence.erased_again': words(
    'Personal data erased again',
    'A restored backup had brought erased values back; they are gone again.',
  ),
  'recording.deleted_again': words(
    'Recording deleted again',
    'A restored backup had brought a deleted recording back; the lost entry proves that it was deleted.',
  ),
  'evidence.exported': words('Evidence exported', 'Somebody took evidence out, for a stated purpose.'),
} as const satisfies Readonly<Record<string, EventWords>>

/** Null for a type of a later gateway than this page. */
export function wordsOf(type: string): EventWords | null {
  return Object.hasOwn(eventWords, type) ? eventWords[type as keyof typeof eventWords] : null
}

export interface TypeChoice {
  readonly value: string
  readonly label: string
}

/** All types to choose from, by title; one that has no words here stands under its own name. */
export function typeChoices(seen: readonly string[]): readonly TypeChoice[] {
  return [...new Set([...Object.keys(eventWords), ...seen])]
    .map((value) => ({ value, label: wordsOf(value)?.title ?? value }))
    .toSorted((a, b) => a.label.localeCompare(b.label, 'en'))
}

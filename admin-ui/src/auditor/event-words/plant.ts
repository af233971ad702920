// What ledger entries about the plant, its rules, and the gateway and its evidence are called.

import { words, type EventWords } from './words.ts'

export const plantWords = {
  'drill.started': words('Drill begun', 'Entries that carry its id are the drill’s own; nothing in them happened.'),
  'drill.completed': words('Drill over', 'What was tried, what was expected of each step, and what came of it.'),
  'drill.overdue': words('Drill overdue', 'A drill of the bundle was not run in its time.'),
  'gateway.started': words('Gateway started', 'The gateway began its work, in this version and under this bundle.'),
  'gateway.stopped': words('Gateway stopped', 'The gateway ended its work in good order.'),
  'gateway.worker_died': words(
    'Process of the gateway died',
    'A process that carried SSH connections died. They ended with it, and no others; another process takes its place, and people can connect again.',
  ),
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
  'change.linked': words('Change looked up', 'What the plant’s change system said of the ticket a request names.'),
  'incident.capa_opened': words('Nonconformity opened', 'A broken glass is to be followed up by a day.'),

  'access.revoked': words(
    'Access ended at one stroke',
    'All grants and sessions of a target were ended, without keeping it off.',
  ),
  'standing.step_refused': words(
    'Step refused (standing)',
    'A suspension, delegation, presence, attestation or review that is not allowed; nothing changed.',
  ),
  'eligibility.attested': words(
    'Eligibility attested',
    'Somebody recorded that a person may touch a controlled label, and where the proof is.',
  ),
  'eligibility.withdrawn': words('Eligibility withdrawn', 'A person may no longer touch a controlled label.'),
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
  'risk.decision': words(
    'Accepted risk',
    'A risk of the register is borne as it is, for a term; or that term ends soon, is over, or was given up.',
  ),
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
  'dependency.state_changed': words(
    'Dependency changed',
    'Something the path of access leans on works no longer, or works again; it says since when and what follows.',
  ),
  'dependency.heartbeat': words(
    'Dependency of the day',
    'Once a day: how often something access leans on was looked at or used, and the worst it was.',
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
  'evidence.exported': words('Evidence exported', 'Somebody took evidence out, for a stated purpose.'),
} as const satisfies Readonly<Record<string, EventWords>>

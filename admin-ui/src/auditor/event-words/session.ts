// What ledger entries about sessions, what crosses in them and their recordings are called.

import { words, type EventWords } from './words.ts'

export const sessionWords = {
  'recording.sample_asked': words(
    'Sample of recordings asked for',
    'Somebody said what recordings to draw from, before the seed of the draw was known.',
  ),
  'recording.sampled': words(
    'Recordings drawn at random',
    'Which recordings were drawn to be looked at, of how many, and from which checkpoint: anybody can draw again.',
  ),
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
  'recording.deleted': words(
    'Recording deleted',
    'The recording is gone, past its day, by two people. Its seal digest stays here.',
  ),
  'recording.deletion_stopped': words(
    'Deletion stopped',
    'A confirmed deletion left this recording: it was put on hold, or has to be kept longer.',
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
  'session.tunnels_withdrawn': words(
    'Tunnels withdrawn',
    'Tunnels were cut, because the rules no longer declare where they lead; the session went on.',
  ),
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
  'file.joined': words(
    'Waiting file came again',
    'The same content for the same path waits for a person already: one decision holds for both.',
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
    'A recording is not what its seal, or the ledger, says, or cannot be sealed because it is no recording. It is kept as it is.',
  ),
  'recording.deleted_again': words(
    'Recording deleted again',
    'A restored backup had brought a deleted recording back; the lost entry proves that it was deleted.',
  ),
} as const satisfies Readonly<Record<string, EventWords>>

// What happened in sessions, to their credentials and to their recordings.

import {
  counts,
  event,
  flag,
  instant,
  list,
  number,
  oneOf,
  optional,
  orNull,
  record,
  said,
  text,
  type EventsOf,
} from './fields.ts'
import {
  assetId,
  conduitId,
  drillRunId,
  grantId,
  personId,
  plantId,
  requestId,
  sessionId,
  supplierId,
  viewingId,
  zoneId,
} from './names.ts'
import { mfaKind, protocol, safetyClass, window } from './declared-words.ts'
import {
  certificate,
  commitment,
  endReason,
  inputStop,
  levels,
  negotiated,
  path,
  profile,
  sessionRefusal,
} from './words.ts'

export const sessionEvents = {
  'session.started': event('A person reached an asset, over this conduit, with these factors, limits and duties.', {
    session: sessionId,
    grant: grantId,
    request: requestId,
    person: personId,
    owner: optional(said('Who answers for it, where the person is a machine account; absent for people.', personId)),
    supplier: orNull(supplierId),
    asset: assetId,
    plant: plantId,
    zone: zoneId,
    conduit: conduitId,
    path: optional(said('Its way, in order; absent in entries of before it was kept.', path)),
    leansOn: said('Shared services it leans on, by id.', list(text)),
    unavailable: optional(said('Dependencies that did not work as it began, by id; absent where all did.', list(text))),
    protocol,
    mfa: list(mfaKind),
    window,
    source: commitment,
    certificate: optional(certificate),
    safety: safetyClass,
    profile: optional(said('What code holds the asset to beyond its rules; absent where nothing.', profile)),
    assetType: optional(
      said(
        'Of the asset at the start: its recording is handled by them. Absent in entries of before they were kept.',
        text,
      ),
    ),
    labels: optional(list(text)),
    handlingRules: optional(
      said('Rules of handling.yaml about the recording, and whether they have password prompts masked.', list(text)),
    ),
    promptsMasked: optional(flag),
    levels: said("From the plant's gateway zone to the asset's zone.", levels),
    contractUntil: said(
      "The first instant after the supplier's contract; null for the plant's own people.",
      orNull(instant),
    ),
    escortGraceMinutes: said('Minutes an escort may be gone; null where nobody has to come along.', orNull(number)),
    idleEndMinutes: said('Minutes it may rest before it is ended; null where it may rest.', orNull(number)),
    most: said(
      'Sessions at a time the person, the asset and the supplier may have; null: no limit of its own.',
      record({
        person: number,
        asset: orNull(number),
        supplier: orNull(number),
      }),
    ),
  }),
  'session.connected': event(
    'A target has shown its host key, and both legs have agreed on algorithms, or it speaks telnet, in clear text; no credential was sent before.',
    {
      session: sessionId,
      asset: assetId,
      plant: plantId,
      software: said('What the target says it is (RFC 4253 section 4.2); null where it speaks telnet.', orNull(text)),
      hostKey: said('SHA-256 of its host key, as OpenSSH prints it; null where it has none.', orNull(text)),
      target: said('Agreed on with the target; null where that leg is clear text.', orNull(negotiated)),
      client: said('Agreed on with the person\u2019s client; null where it was not seen.', orNull(negotiated)),
      clearText: optional(
        said(
          'The target is reached in clear text: by which protocol, and which exception bears it.',
          record({ protocol: oneOf(['telnet']), exception: text }),
        ),
      ),
    },
  ),
  'session.legacy_algorithms': event(
    'A session reaches its target with algorithms that are no longer good enough, borne by an exception.',
    {
      session: sessionId,
      asset: assetId,
      plant: plantId,
      exception: text,
      algorithms: list(text),
    },
  ),
  'session.refused': event('Policy lets a person in, and their session could not begin all the same.', {
    person: personId,
    asset: orNull(assetId),
    reason: sessionRefusal,
    drill: optional(said('The drill it is of; absent where it really happened.', drillRunId)),
  }),
  'session.refused_concurrency': event(
    'A session was refused: a person, an asset or a supplier would have had more at a time than it may.',
    {
      person: personId,
      asset: assetId,
      supplier: orNull(supplierId),
      limit: oneOf(['person', 'asset', 'supplier']),
      most: number,
    },
  ),
  'session.escort_awaited': event(
    'A session waits for somebody of the plant to come along; nothing reaches the target before.',
    {
      session: sessionId,
      grant: grantId,
      person: personId,
      asset: assetId,
      plant: plantId,
      waitUntil: instant,
    },
  ),
  'session.attached_observer': event('Somebody of the plant is with the session.', {
    session: sessionId,
    observer: personId,
  }),
  'session.observer_lost': event(
    'Somebody who was attached to a session left, or (`lapsed`) nothing was heard of them any more. ' +
      'Where nobody else is attached, input was stopped at this moment.',
    {
      session: sessionId,
      observer: personId,
      because: oneOf(['left', 'lapsed']),
    },
  ),
  'session.write_hold_lifted': event(
    'Somebody who is with a session lets its input through, for this session and for as long as they stay; it is held ' +
      'again, by a `session.degraded`, when they leave.',
    {
      session: sessionId,
      by: personId,
      asset: assetId,
      plant: plantId,
    },
  ),
  'session.degraded': event('Input to the target was stopped; what the target says still flows until `hardUntil`.', {
    session: sessionId,
    stops: list(inputStop),
    windowUntil: instant,
    hardUntil: instant,
  }),
  'session.restored': event('Input to the target flows again.', {
    session: sessionId,
    windowUntil: instant,
  }),
  'session.extension_offered': event('The window ends soon, and who may extend it is told.', {
    session: sessionId,
    grant: grantId,
    until: instant,
  }),
  'session.idle_locked': event('Nothing was typed in a session for a while: a second factor opens it again.', {
    session: sessionId,
    idleSince: instant,
  }),
  'session.unlocked': event('The person showed again who they are, and the session goes on.', {
    session: sessionId,
  }),
  'session.terminated_idle': event('Nothing moved in a session for as long as policy lets it rest: it was ended.', {
    session: sessionId,
    idleSince: instant,
  }),
  'session.recording_started': event('The recording of a session is open; no byte crossed before.', {
    session: sessionId,
    manifest: text,
  }),
  'session.recording_head': event(
    'What the recording of a living session holds so far: of each stream its frames, bytes and SHA-256 (hex).',
    {
      session: sessionId,
      streams: list(
        record({
          channel: number,
          frames: number,
          length: number,
          head: text,
        }),
      ),
    },
  ),
  'session.recording_paused': event(
    'The disk had no room for the recording: nothing crossed from `from` until `until`, when it went on or the session ended.',
    {
      session: sessionId,
      from: instant,
      until: instant,
    },
  ),
  'session.recording_found': event(
    'A recording stood on disk while the ledger knew nothing of it any more: it was named anew after a ' +
      'declared loss.',
    {
      session: sessionId,
      status: oneOf(['complete', 'interrupted']),
      seal: said('SHA-256 (hex) of the seal file, and of the manifest.', text),
      manifest: text,
      channels: number,
      frames: number,
    },
  ),
  'session.recording_gap': event(
    'A recording holds less than it did when the ledger took its head: somebody cut it, or the disk lost it.',
    {
      session: sessionId,
      channel: number,
      held: said(
        'What it held, by the last head in the ledger.',
        record({
          frames: number,
          length: number,
        }),
      ),
      frames: number,
      length: number,
    },
  ),
  'credential.rotated': event('A target credential was put into the vault, or replaced there.', {
    credential: text,
    kind: oneOf(['password', 'private-key', 'authority']),
    replaced: flag,
  }),
  'credential.injected': event('The gateway logged in to the target; the person never saw the secret.', {
    session: sessionId,
    credential: text,
    certificate: optional(
      said(
        'What was signed for this session, where the credential is an authority: its serial, from when until when it is ' +
          'good, and the authority\u2019s fingerprint. Its key id is the session.',
        record({ serial: text, from: instant, until: instant, authority: text, principals: list(text) }),
      ),
    ),
  }),
  'session.feature_refused': event('The client wanted something this gateway does not let through.', {
    session: orNull(sessionId),
    person: personId,
    feature: said('A name of a closed list, or `other`; what the client called it is then in `detail`.', text),
    detail: orNull(commitment),
  }),
  'session.tunnels_withdrawn': event(
    'Tunnels of a living session were cut, because the bundle no longer declares where they lead; the session goes on.',
    {
      session: sessionId,
      count: number,
      to: said('Where they led, each once.', list(commitment)),
    },
  ),
  'session.terminated_expiry': event('The time of a session was over: it was ended.', {
    session: sessionId,
    windowUntil: instant,
    hardUntil: said('Until when it might observe after its window.', instant),
  }),
  'session.kill_ordered': event(
    'Somebody ordered a session to end at once; `session.terminated_kill` says when it was carried out.',
    {
      session: sessionId,
      by: personId,
      reason: commitment,
      insisted: said('Was it ordered although nobody has confirmed a safe state, where the asset asks for that?', flag),
    },
  ),
  'session.terminated_kill': event(
    'The order to end a session was carried out: when it was given, and when every socket was closed.',
    {
      session: sessionId,
      by: personId,
      reason: commitment,
      orderedAt: said('When the order was given and when every socket was closed, ms since the epoch.', instant),
      closedAt: instant,
    },
  ),
  'session.ended': event(
    'A session is over: why, when, and how much it moved. It stands before the seal where sealing fails ' +
      'at first: `session.recording_sealed` then follows when it works.',
    {
      session: sessionId,
      reason: endReason,
      startedAt: instant,
      endedAt: instant,
      windowUntil: instant,
      hardUntil: said('The end of the window, and what the asset lets a session observe after it.', instant),
      idleSince: said('Since when nothing had moved; null where a crash closed it.', orNull(instant)),
      bytesIn: number,
      bytesOut: number,
    },
  ),
  'session.recording_sealed': event('The recording was closed and signed; one changed byte in it shows.', {
    session: sessionId,
    status: oneOf(['complete', 'interrupted']),
    seal: said('SHA-256 (hex) of the seal file.', text),
    channels: number,
    frames: number,
  }),
  'session.replayed': event('Somebody looked at a recording, for a stated purpose.', {
    session: sessionId,
    by: personId,
    purpose: commitment,
    rules: optional(
      said(
        'Rules of handling.yaml about the recording, and the bundle they stand in; absent in entries of before.',
        list(text),
      ),
    ),
    bundle: optional(text),
    viewing: optional(said('The viewing a second person agreed to; null where none was needed.', orNull(viewingId))),
  }),
  'session.watched': event('Somebody watched a session while it was at work: what was there already, and what came.', {
    session: sessionId,
    by: personId,
    purpose: commitment,
    rules: list(text),
    bundle: text,
    viewing: orNull(viewingId),
  }),
  'evidence.exported': event('Somebody took evidence out, for a stated purpose.', {
    by: orNull(personId),
    sessions: list(sessionId),
    size: number,
    purpose: commitment,
    rules: optional(
      said(
        'Rules of handling.yaml about the sessions, and the bundle they stand in; absent in entries of before.',
        list(text),
      ),
    ),
    bundle: optional(text),
    viewings: optional(said('Viewings that second persons agreed to.', list(viewingId))),
    withoutKeys: optional(said('How many of `sessions` left without their keys.', number)),
    keptBack: optional(said('How many sealed recordings were kept back from an export of everything.', number)),
    plants: optional(said('The plants it was narrowed to; absent where it is of all.', list(plantId))),
    agreement: optional(said('The agreement of handling.yaml it was made under.', text)),
    leftOut: optional(said('How many recordings are not of what it was narrowed to, by why.', counts)),
  }),
}
export type SessionEvents = EventsOf<typeof sessionEvents>

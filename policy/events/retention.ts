// What happened to evidence itself: holds, deletion of recordings, erasure of personal data, and the space there is.

import {
  either,
  event,
  instant,
  list,
  number,
  oneOf,
  orNull,
  record,
  said,
  text,
  type EventsOf,
  type ValueOf,
} from './fields.ts'
import { deletionId, erasureId, holdId, personId, sessionId } from './names.ts'
import { holdTarget, window } from './declared-words.ts'
import { commitment } from './words.ts'

export const erasureSubject = said(
  'Whose personal data, or which value.',
  either(
    record({
      kind: oneOf(['person']),
      id: personId,
    }),
    record({
      kind: oneOf(['commitment']),
      commitment,
    }),
  ),
)
export type ErasureSubject = ValueOf<typeof erasureSubject>

export const storageLevel = oneOf(['enough', 'low', 'full'])
export type StorageLevel = ValueOf<typeof storageLevel>

export const retentionEvents = {
  'evidence.held': event(
    'A legal hold was set: what it covers is neither deleted nor erased until another person releases it.',
    {
      hold: holdId,
      target: holdTarget,
      span: orNull(window),
      by: personId,
      reason: commitment,
      reference: commitment,
    },
  ),
  'evidence.hold_released': event('Another person than the one who set a legal hold released it.', {
    hold: holdId,
    target: holdTarget,
    heldBy: personId,
    by: personId,
    reason: commitment,
  }),
  'evidence.deletion_proposed': event(
    'Recordings past their day are to be deleted; nothing goes before another person confirms it.',
    {
      deletion: deletionId,
      by: personId,
      reason: commitment,
      sessions: list(sessionId),
      bytes: number,
    },
  ),
  'evidence.deletion_confirmed': event(
    'A second person agreed that recordings are deleted: the intent, in the ledger before anything is ' +
      'removed. `recording.deleted` follows for each that is gone.',
    {
      deletion: deletionId,
      proposedBy: personId,
      by: personId,
      sessions: list(sessionId),
    },
  ),
  'evidence.deletion_withdrawn': event('A proposed deletion was taken back or turned down.', {
    deletion: deletionId,
    proposedBy: personId,
    by: personId,
    reason: commitment,
  }),
  'recording.deleted': event('The recording is gone. What it was stays: FORMAT.md section 2.5.', {
    session: sessionId,
    deletion: deletionId,
    seal: said('SHA-256 (hex) of its seal, as `session.recording_sealed` has it.', text),
    reason: commitment,
    proposedBy: personId,
    confirmedBy: personId,
    retention: text,
    keptUntil: instant,
    bytes: number,
  }),
  'recording.deletion_stopped': event(
    'A recording is kept after all: it was put on hold, or is to be kept longer, since its deletion was ' +
      'confirmed.',
    {
      session: sessionId,
      deletion: deletionId,
      because: oneOf(['held', 'kept']),
    },
  ),
  'evidence.erasure_proposed': event(
    'Personal data behind commitments is to be erased; nothing goes before another person confirms it.',
    {
      erasure: erasureId,
      subject: erasureSubject,
      by: personId,
      reason: commitment,
      values: number,
    },
  ),
  'evidence.erasure_withdrawn': event('A proposed erasure was taken back or turned down.', {
    erasure: erasureId,
    proposedBy: personId,
    by: personId,
    reason: commitment,
  }),
  'evidence.erased': event(
    'Salts and values of personal data are gone; the commitments stand. Many of them make several entries.',
    {
      erasure: erasureId,
      subject: erasureSubject,
      proposedBy: personId,
      by: personId,
      part: number,
      parts: number,
      commitments: list(text),
    },
  ),
  'evidence.step_refused': event('A step on holds, deletions or erasures was refused; nothing was changed.', {
    person: personId,
    step: oneOf([
      'set-hold',
      'release-hold',
      'propose-deletion',
      'confirm-deletion',
      'propose-erasure',
      'confirm-erasure',
    ]),
    code: oneOf(['own-hold', 'own-proposal', 'own-recording', 'own-data', 'held', 'kept', 'other-plant']),
    subject: orNull(text),
  }),
  'evidence.retention_checked': event('Once a day the gateway looks what has to be kept, and whether it is there.', {
    recordings: number,
    held: number,
    due: said('Past their day and not held.', number),
    missing: said('Recordings that have to be kept and are not there; at most twenty of them by name.', number),
    names: list(sessionId),
  }),
  'ledger.storage_threshold': event(
    "The free space of the recordings' disk went below a threshold, or above it again.",
    {
      level: storageLevel,
      freeBytes: number,
      totalBytes: number,
      warnPercent: number,
      refusePercent: number,
    },
  ),
}
export type RetentionEvents = EventsOf<typeof retentionEvents>

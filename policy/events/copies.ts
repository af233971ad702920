// What happened to copies of sealed recordings in the object store.

import {
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
import { sessionId } from './names.ts'

export const copiedObject = said(
  'One file of a recording as it stands in the object store.',
  record({
    name: said("In the recording's folder.", text),
    key: text,
    bytes: number,
    sha256: said('SHA-256 (hex), as the seal has it and as it was read back.', text),
    version: said('What the store calls this content; null where it keeps no versions.', orNull(text)),
  }),
)
export type CopiedObject = ValueOf<typeof copiedObject>

export const copyEvents = {
  'recording.uploaded': event(
    'Every file of a sealed recording was put into the object store and read back. A recording of many ' +
      'files takes several entries.',
    {
      session: sessionId,
      seal: said('SHA-256 (hex) of its seal, as `session.recording_sealed` has it.', text),
      bucket: text,
      part: said('Which of how many entries, from 1.', number),
      parts: number,
      objects: list(copiedObject),
      lockedUntil: said(
        'Until when the store lets nobody remove them; null where it was not asked to.',
        orNull(instant),
      ),
    },
  ),
  'recording.local_removed': event(
    'The streams of a recording are about to go from the local disk, and the object store keeps them; ' +
      'manifest, key and seal stay.',
    {
      session: sessionId,
      bytes: number,
    },
  ),
  'recording.copy_withheld': event(
    'A recording stays on the own disk: its handling does not let a copy stand in the region of the object store.',
    {
      session: sessionId,
      region: said('Of the object store.', text),
      allowed: said('By the rules about it.', list(text)),
      rules: said('Ids of the rules of handling.yaml about it.', list(text)),
    },
  ),
  'recording.copy_damaged': event(
    'A file of a recording is not what the seal says. Of `store` nothing is given out; of `local` ' +
      'nothing is copied over a good one.',
    {
      session: sessionId,
      file: text,
      where: oneOf(['local', 'store']),
      found: said('What was found in place of it.', text),
    },
  ),
  'recording.store_unreachable': event(
    'The object store does not answer: recordings stay on the local disk until it does.',
    {
      since: instant,
      reason: text,
    },
  ),
  'recording.store_reached': event('The object store takes recordings again.', {
    since: instant,
  }),
}
export type CopyEvents = EventsOf<typeof copyEvents>

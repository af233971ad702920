// What happened to files that cross a session: taken in, judged, let go or kept back, delivered; and what was done to
// paths on a target. Names, paths and reasons are commitments: they may say whose file it is.

import {
  fileBlockReasons,
  fileHoldReasons,
  fileReleaseFaults,
  fileReleaseReasons,
  malwareVerdicts,
} from '../file-release.ts'
import { fileCrossings, withoutVerdict } from '../model/files.ts'
import { event, flag, instant, list, number, oneOf, orNull, record, said, text, type EventsOf } from './fields.ts'
import { assetId, fileTransferId, grantId, personId, plantId, sessionId, supplierId } from './names.ts'
import { role } from './declared-words.ts'
import { commitment } from './words.ts'

const program = said('The program it came by.', oneOf(['sftp', 'scp', 'rsync', 'git']))
const direction = said('`in`: to the asset; `out`: away from it.', oneOf(['in', 'out']))
const sha256 = said('SHA-256 (hex) of the content.', text)
const one = { file: fileTransferId, session: sessionId }
const refusedStep = oneOf(['delete', 'rename', 'mkdir', 'rmdir', 'setstat', 'symlink', 'write', 'read', 'list'])
const rules = said('Rules of files.yaml that let it, by id.', list(text))

export const fileEvents = {
  'file.transfer_requested': event('A file was offered, and is taken into quarantine.', {
    ...one,
    grant: grantId,
    person: personId,
    supplier: orNull(supplierId),
    asset: assetId,
    plant: plantId,
    labels: said('Of the asset.', list(text)),
    program,
    direction,
    path: commitment,
    rules,
    crossing: oneOf(fileCrossings),
    withoutVerdict: oneOf(withoutVerdict),
    declaredOnly: flag,
  }),
  'file.scanned': event('A file was there whole: what it is, and what the scanner said.', {
    ...one,
    sha256,
    size: number,
    contentType: said('By its content, not its name.', text),
    archive: said(
      'What it holds, where it is an archive: how many files of how many bytes, by its own account, and what is odd.',
      orNull(record({ entries: number, bytes: number, oddities: list(text) })),
    ),
    declared: said('Does its digest stand in the request?', flag),
    verdict: oneOf(malwareVerdicts),
    found: said('What the scanner calls it.', orNull(text)),
    engine: said(
      'The scanner and the number of its signatures, as it says; null where it did not answer.',
      orNull(text),
    ),
    signaturesAt: said('When its signatures were made.', orNull(instant)),
    why: said('Why there is no verdict.', orNull(text)),
  }),
  'file.held': event('A file waits for a person of the plant to let it go.', {
    ...one,
    sha256,
    because: oneOf(fileHoldReasons),
    releasedBy: list(role),
  }),
  'file.joined': event('A file came again while the same content waits for a person: it waits with that one.', {
    ...one,
    sha256,
    waiting: said('The file it waits with.', fileTransferId),
  }),
  'file.released': event('A file was let go.', {
    ...one,
    sha256,
    because: oneOf(fileReleaseReasons),
    by: said('Null where the rules let it go.', orNull(personId)),
    reason: orNull(commitment),
  }),
  'file.blocked': event('A file was refused, and does not cross.', {
    ...one,
    sha256: orNull(sha256),
    because: oneOf(fileBlockReasons),
    by: said('Null where nobody in person refused it.', orNull(personId)),
    reason: orNull(commitment),
  }),
  'file.release_refused': event('Somebody wanted to decide on a file who may not.', {
    ...one,
    by: personId,
    why: oneOf(fileReleaseFaults),
  }),
  'file.delivered': event('A file that was let go has reached who it is for, whole.', { ...one, sha256, size: number }),
  'file.broken_off': event('A transfer ended before the file was there, judged or delivered.', {
    ...one,
    stage: oneOf(['receiving', 'checking', 'delivering']),
    size: number,
    text: commitment,
  }),
  'file.crossed': event('A file, or a part of one, crossed without being taken in.', {
    session: sessionId,
    asset: assetId,
    plant: plantId,
    labels: said('Of the asset.', list(text)),
    program,
    direction,
    path: commitment,
    rules,
    bytes: number,
    sha256: said('Null where it did not cross whole and in order.', orNull(sha256)),
  }),
  'file.changed': event('Something on the target was changed by a file program.', {
    session: sessionId,
    asset: assetId,
    program,
    step: oneOf(['delete', 'rename', 'mkdir', 'rmdir', 'setstat', 'symlink']),
    path: commitment,
    to: orNull(commitment),
  }),
  'file.step_refused': event(
    'Something was to be done to a path, and is not allowed: the first such try of the session.',
    {
      session: sessionId,
      asset: assetId,
      program,
      step: refusedStep,
      path: commitment,
      to: orNull(commitment),
      text: commitment,
    },
  ),
  'file.refusals_counted': event('At the end of a session: what was refused in it more than once, and how often.', {
    session: sessionId,
    asset: assetId,
    steps: said(
      'Each path and step that was refused again, by the commitments of its own entry.',
      list(
        record({
          program,
          step: refusedStep,
          path: commitment,
          to: orNull(commitment),
          times: said('The first time counted, too.', number),
        }),
      ),
    ),
    others: said('Refused steps that have no entry of their own: the session had too many.', number),
  }),
  'file.deleted': event('The kept content of files was deleted: its day had come, and no legal hold covers it.', {
    sha256,
    bytes: number,
    files: said('Transfers it came by.', number),
    keptUntil: instant,
    retention: said('Classes it was kept by.', list(text)),
  }),
}
export type FileEvents = EventsOf<typeof fileEvents>

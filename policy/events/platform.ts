// What happened to a release of the gateway itself: another version, other program files, another configuration. That it came
// about is `gateway.configuration_changed`; here stands what it rests on, and who let it stand.

import { event, number, oneOf, orNull, said, type EventsOf } from './fields.ts'
import { personId } from './names.ts'
import { commitment } from './words.ts'

const release = said('Index of the `gateway.configuration_changed` that it is about.', number)

export const platformEvents = {
  'platform.release_recorded': event(
    'The records that a change of the gateway itself rests on were given. What was recorded before is replaced.',
    {
      release,
      by: personId,
      change: said('The change in the plant\u2019s own change control.', commitment),
      impact: said('What it changes for those who work with it.', commitment),
      test: said('Where and how it was tested, and the record of that.', commitment),
      rollback: said('How to go back.', commitment),
    },
  ),
  'platform.release_approved': event('Another person looked at the records and let the release stand.', {
    release,
    record: said('Index of the `platform.release_recorded` that was looked at.', number),
    by: personId,
    comment: commitment,
  }),
  'platform.release_sent_back': event('Another person looked at the records and found them wanting.', {
    release,
    record: said('Index of the `platform.release_recorded` that was looked at.', number),
    by: personId,
    comment: commitment,
  }),
  'platform.step_refused': event('A step on a release of the gateway was refused; nothing was changed.', {
    release: orNull(release),
    person: personId,
    step: oneOf(['record', 'approve', 'send-back']),
    code: oneOf([
      'role-missing',
      // Who recorded it does not approve it.
      'own-record',
      'nothing-recorded',
      // Other records were given since they were read.
      'record-outdated',
      'already-released',
      'no-such-release',
    ]),
  }),
} as const

export type PlatformEvents = EventsOf<typeof platformEvents>

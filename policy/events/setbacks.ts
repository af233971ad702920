// What went wrong with evidence itself, or with bringing it out of the gateway, and that it is over.

import { event, instant, list, number, oneOf, orNull, said, text, type EventsOf, type ValueOf } from './fields.ts'
import { sessionId } from './names.ts'
import { commitment } from './words.ts'

export const deliveryKind = said(
  'What is brought out: a copy of the newest checkpoint, the published ledger, a witness’s cosignature, a timestamp, ' +
    'copies of recordings, or messages.',
  oneOf(['checkpoint-copy', 'publication', 'cosignature', 'timestamp', 'recording-copy', 'messages']),
)
export type DeliveryKind = ValueOf<typeof deliveryKind>

export const setbackEvents = {
  'recording.disk_slow': event(
    'The disk of recordings is slow. What crosses is recorded before it is forwarded, so every session of the node ' +
      'waits for it; nothing is lost by that.',
    {
      since: instant,
      longestMs: said('The longest write or sync so far, in milliseconds.', number),
      sessions: said('Sessions that wait with it.', number),
    },
  ),
  'recording.disk_recovered': event('The disk of recordings has kept up for a minute.', {
    since: instant,
    longestMs: number,
  }),
  'recording.found_corrupt': event(
    'A recording is not what its seal, or the ledger, says, or cannot be sealed because it is no recording. It is kept as it is.',
    {
      session: sessionId,
      by: said(
        'How it was found: somebody had it verified, or the gateway looked as its session ended or at its own start.',
        oneOf(['verification', 'sealing', 'start']),
      ),
      where: said('File or place of the first fault.', text),
      what: said('What is wrong there.', text),
    },
  ),
  'evidence.delivery_failing': event(
    'Evidence has not been brought where the configuration wants it for longer than it allows. The ledger and the ' +
      'recordings on this gateway are whole.',
    {
      what: deliveryKind,
      to: said('Where, by its name in the configuration.', text),
      since: instant,
      hours: said('So long may it fail before this is said.', number),
      reason: commitment,
    },
  ),
  'evidence.delivery_resumed': event('It works again, after it was said to fail.', {
    what: deliveryKind,
    to: text,
    since: instant,
  }),
  'ledger.rewrite_found': event(
    'Entries in the store are not those that were signed: somebody wrote in it. No checkpoint is signed any more.',
    {
      size: said('Entries of the last signed checkpoint.', number),
      root: said('Their root as it was signed (base64).', text),
      found: said('Their root now (base64); null where there are fewer entries.', orNull(text)),
    },
  ),
  'evidence.erased_again': event(
    'A restored backup brought values back that had been erased: they were erased again before the gateway ran. Many ' +
      'of them make several entries.',
    {
      part: number,
      parts: number,
      commitments: list(text),
    },
  ),
  'recording.deleted_again': event(
    'A restored backup brought a recording back that had been deleted: it was deleted again before the gateway ran. The ' +
      'lost entry that says so is here, with its proof: recorder/FORMAT.md section 2.7.',
    {
      session: sessionId,
      index: said('Number of the lost entry in the former ledger.', number),
      entry: said('The lost entry, base64.', text),
      proof: said('Its inclusion proof in the tree of `note`, base64 each.', list(text)),
      note: said('The checkpoint it is proven by.', text),
    },
  ),
}
export type SetbackEvents = EventsOf<typeof setbackEvents>

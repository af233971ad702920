// What happened to the ledger itself: its keys, and times that others attested.

import { event, flag, instant, number, oneOf, optional, orNull, record, said, text, type EventsOf } from './fields.ts'
import { commitment } from './words.ts'

export const ledgerEvents = {
  'ledger.backed_up': event('A copy of the evidence left the data folder: it was made and read back.', {
    entries: said('Entries of the ledger in it, and their root (base64).', number),
    root: text,
    recordings: number,
    files: optional(said('Contents of files that the airlock keeps.', number)),
    bytes: number,
    withKeys: said("Whether the gateway's keys went along, encrypted.", flag),
  }),
  'ledger.loss_declared': event(
    'The restored ledger lacks entries that are known outside, and goes on under another name: ' +
      'recorder/FORMAT.md section 2.6.',
    {
      previous: record({
        origin: text,
        key: text,
        size: number,
        root: text,
      }),
      lost: record({
        size: number,
        note: orNull(text),
        witness: orNull(text),
      }),
      origin: text,
      key: text,
      reason: commitment,
      reference: said('Who approved it, as the operator says.', commitment),
    },
  ),
  'ledger.key_rotated': event(
    'From this entry on another key signs. Verifier keys as in recorder/FORMAT.md section 2.4.',
    {
      previous: text,
      next: text,
      old: said(
        'What becomes of the key before: it signs checkpoints along, or it was retired with this entry, or ' +
          'it is lost.',
        oneOf(['signs-along', 'retired', 'lost']),
      ),
      reason: commitment,
    },
  ),
  'ledger.key_retired': event('A key that signed along signs no more; what it signs from now on counts for nothing.', {
    key: text,
    reason: commitment,
  }),
  'ledger.timestamped': event('A time-stamping authority attested when a checkpoint was there (RFC 3161).', {
    authority: said('Name in the configuration.', text),
    size: said('Entries of the checkpoint.', number),
    imprint: said("SHA-256 (hex) of the checkpoint's bytes: what was attested.", text),
    time: said('Time the token says, in milliseconds.', instant),
    token: said('SHA-256 (hex) of the token.', text),
  }),
  'ledger.timestamp_missed': event('An authority that is due gives no timestamp; the first of a row of failures.', {
    authority: text,
    size: number,
    reason: commitment,
  }),
}
export type LedgerEvents = EventsOf<typeof ledgerEvents>

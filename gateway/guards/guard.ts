// What a guard is: a pure inspector of one protocol. Bytes go in, verdicts come out; it does no I/O and knows no clock.
// Who moves the bytes is a broker's. A frame that cannot be parsed is refused and recorded, never forwarded.

/** Where bytes come from. */
export type Side = 'client' | 'target'

/** What becomes of what was said, in the order given. */
export type Verdict =
  /** To the other side. */
  | { readonly kind: 'forward'; readonly bytes: Uint8Array }
  /** Back to who said it: a refusal or an answer in the protocol's own words, so that its program shows it. */
  | { readonly kind: 'answer'; readonly bytes: Uint8Array }
  /** Nobody says anything on this channel any more: `text` is one clause. */
  | { readonly kind: 'end'; readonly text: string }

// The `Range` of a request (RFC 9110 section 14): one range of bytes. What is more or malformed is not a range to us, and
// the whole is answered, as the RFC allows.

export type ByteRange =
  | { readonly kind: 'whole' }
  /** Up to, not including, `to`. */
  | { readonly kind: 'part'; readonly from: number; readonly to: number }
  /** Nothing of it is there. */
  | { readonly kind: 'outside' }

/** What a `Range` header asks of so many bytes. */
export function byteRange(header: string | undefined, length: number): ByteRange {
  const [, first = '', last = ''] = /^bytes=([0-9]{0,15})-([0-9]{0,15})$/.exec(header?.trim() ?? '') ?? []
  if (first === '' && last === '') return { kind: 'whole' }
  if (first === '') {
    const from = Math.max(0, length - Number(last))
    return Number(last) === 0 || length === 0 ? { kind: 'outside' } : { kind: 'part', from, to: length }
  }
  const from = Number(first)
  const to = last === '' ? length : Math.min(Number(last) + 1, length)
  if (last !== '' && Number(last) < from) return { kind: 'whole' }
  return from >= length ? { kind: 'outside' } : { kind: 'part', from, to }
}

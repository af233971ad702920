// Messages that other systems sign as this gateway signs its own (Standard Webhooks, version 1): who sent one, and that
// nobody changed or kept it. That one is not taken twice is for whoever takes it.

import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Instant } from '../policy/index.ts'

/** How far the clocks of sender and gateway may be apart, and how long a caught message is of use to nobody. */
export const messageWindowMs = 5 * 60_000

export interface SignedHeaders {
  readonly id: unknown
  readonly timestamp: unknown
  readonly signature: unknown
}

export type SignedMessage =
  | { readonly kind: 'good'; readonly id: string }
  /** `unsigned`: headers that are none, or a signature of another key. */
  | { readonly kind: 'bad'; readonly why: 'unsigned' | 'outside-time' }

/** The 24 to 64 bytes behind `whsec_…`, or null for anything else. */
export function keyOfSecret(secret: string): Uint8Array | null {
  const [, encoded = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret.trim()) ?? []
  const key = Buffer.from(encoded, 'base64')
  return key.length >= 24 && key.length <= 64 ? key : null
}

/**
 * Was this body signed with the key, a moment ago? (Standard Webhooks, "Verifying webhook authenticity".) One of several
 * signatures suffices: a sender may sign with an old and a new key.
 */
export function readSigned(
  key: Uint8Array,
  { id, timestamp, signature }: SignedHeaders,
  body: Uint8Array,
  now: Instant,
): SignedMessage {
  const unsigned = { kind: 'bad', why: 'unsigned' } as const
  if (typeof id !== 'string' || !/^[A-Za-z0-9._-]{1,128}$/.test(id)) return unsigned
  if (typeof timestamp !== 'string' || !/^\d{1,12}$/.test(timestamp)) return unsigned
  if (typeof signature !== 'string' || signature.length > 1_024) return unsigned
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`, 'utf8').update(body).digest()
  const given = signature.split(' ').flatMap((each) => {
    const [, encoded] = /^v1,([A-Za-z0-9+/]{43}=)$/.exec(each) ?? []
    return encoded === undefined ? [] : [Buffer.from(encoded, 'base64')]
  })
  if (!given.some((each) => each.length === expected.length && timingSafeEqual(each, expected))) return unsigned
  // Only of a message that was signed is it said that it came too late.
  if (Math.abs(now - Number(timestamp) * 1_000) > messageWindowMs) return { kind: 'bad', why: 'outside-time' }
  return { kind: 'good', id }
}

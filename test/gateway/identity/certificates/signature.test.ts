// Signatures by plain keys: of each kind, its own and nothing else; whatever comes, an answer.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSignedByPlainKey } from '../../../../gateway/identity/certificates/signature.ts'
import { makeSigningKey, plainKinds } from '../../../support/login-key.ts'

const keys = plainKinds.map(makeSigningKey)
const data = Buffer.from('what was signed')

describe('a signature by a plain key', () => {
  it.each(keys)('of $kind is its own, over these bytes', (key) => {
    const signed = key.signed(data)
    expect(isSignedByPlainKey(key.blob, signed)).toBe(true)
    expect(isSignedByPlainKey(key.blob, { ...signed, data: Buffer.from('what was signee') })).toBe(false)
    expect(isSignedByPlainKey(makeSigningKey(key.kind).blob, signed)).toBe(false)
  })

  it('of RSA is one by the hash that is named, and by none of SHA-1', () => {
    const rsa = makeSigningKey('ssh-rsa')
    const signed = rsa.signed(data, 'sha256')
    expect(isSignedByPlainKey(rsa.blob, signed)).toBe(true)
    for (const hash of ['sha512', 'sha1', '', '__proto__', null])
      expect(isSignedByPlainKey(rsa.blob, { ...signed, hash }), String(hash)).toBe(false)
  })

  it('of another kind names no hash', () => {
    const key = makeSigningKey('ssh-ed25519')
    expect(isSignedByPlainKey(key.blob, { ...key.signed(data), hash: 'sha512' })).toBe(false)
  })

  it('is none where any of its bytes is another, or some are missing or too many', () => {
    for (const key of keys) {
      const signed = key.signed(data)
      fc.assert(
        fc.property(fc.nat(signed.signature.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
          const signature = Buffer.from(signed.signature)
          signature[at] = (signature[at] ?? 0) ^ change
          expect(isSignedByPlainKey(key.blob, { ...signed, signature })).toBe(false)
          expect(isSignedByPlainKey(key.blob, { ...signed, signature: signed.signature.subarray(0, at) })).toBe(false)
          const longer = Buffer.concat([signed.signature, Buffer.from([change])])
          expect(isSignedByPlainKey(key.blob, { ...signed, signature: longer })).toBe(false)
        }),
        { numRuns: 40 },
      )
    }
  })

  it('is told, and nothing thrown, whatever key and signature come', () => {
    const bytes = fc.uint8Array({ maxLength: 300 })
    const blobs = fc.oneof(bytes, fc.constantFrom(...keys.map(({ blob }) => blob)))
    fc.assert(
      fc.property(
        blobs,
        bytes,
        bytes,
        fc.option(fc.constantFrom('sha256', 'sha512', 'md5')),
        (blob, over, signature, hash) => !isSignedByPlainKey(blob, { data: over, signature, hash }),
      ),
    )
  })
})

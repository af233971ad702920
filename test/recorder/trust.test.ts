// The trust file: read strictly, and every problem at once.

import { describe, expect, it } from 'vitest'

import { parseTrust, trustText } from '../../recorder/index.ts'
import { origin, signer, signerOf } from './sample.ts'

const good = { format: 'sallyport-trust/v1', origin, keys: [signer.vkey] }

describe('a trust file', () => {
  it('gives the origin and keys it was made of', () => {
    const parsed = parseTrust(JSON.parse(trustText(origin, [signer.vkey, signerOf(2).vkey])))
    expect(parsed).toMatchObject({
      kind: 'ok',
      trust: { origin, verifiers: [{ vkey: signer.vkey }, { name: origin }] },
    })
  })

  it('is refused with every problem it has', () => {
    expect(parseTrust({ format: 'v0', origin: 'a b', keys: [1, 'x', signer.vkey, signer.vkey] })).toEqual({
      kind: 'malformed',
      problems: [
        'format: expected `sallyport-trust/v1` or `sallyport-trust/v2`',
        'origin: expected the name of a ledger',
        'keys[0]: expected a text',
        expect.stringContaining('keys[1]: verifier key `x`'),
        expect.stringContaining('stands twice'),
      ],
    })
  })

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a list', [good]],
    ['a text', JSON.stringify(good)],
    ['a key too many', { ...good, extra: 1 }],
    ['a key too few', { origin, keys: [signer.vkey] }],
    ['no verifier key', { ...good, keys: [] }],
    ['keys that are no list', { ...good, keys: signer.vkey }],
  ])('is refused when it is or has %s', (_, value) => {
    expect(parseTrust(value)).toMatchObject({ kind: 'malformed' })
  })
})

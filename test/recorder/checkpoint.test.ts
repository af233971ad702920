// Checkpoints: the C2SP form exactly, and nothing beside it.

import { describe, expect, it } from 'vitest'

import { isOrigin, parseCheckpoint, signCheckpoint, verifyCheckpoint } from '../../recorder/index.ts'
import { origin, signer, signerOf, trust } from './sample.ts'

const root = Buffer.alloc(32, 3)
const text = `${origin}\n12\n${root.toString('base64')}\n`

describe('a checkpoint', () => {
  it('has origin, size and root, each on a line, and verifies', () => {
    const bytes = signCheckpoint({ origin, size: 12, root, extensions: ['ext'] }, [signer])
    expect(bytes.toString('utf8')).toMatch(`${text}ext\n\n\u2014 ${origin} `)
    expect(verifyCheckpoint(bytes, trust.verifiers)).toMatchObject({
      kind: 'trusted',
      checkpoint: { origin, size: 12, extensions: ['ext'] },
    })
  })

  it('is told apart from one that a stranger signed', () => {
    const bytes = signCheckpoint({ origin, size: 12, root, extensions: [] }, [signerOf(2)])
    expect(verifyCheckpoint(bytes, trust.verifiers)).toMatchObject({ kind: 'untrusted' })
  })

  it.each([
    ['a leading zero', text.replace('12', '012')],
    ['a plus', text.replace('12', '+12')],
    ['a size past 2^53', text.replace('12', '9007199254740993')],
    ['a short root', text.replace(root.toString('base64'), 'AAAA')],
    ['base64 that is not canonical', text.replace('M=\n', 'N=\n')],
    ['an empty extension line', `${text}\n`],
    ['two lines', text.split('\n').slice(0, 2).join('\n') + '\n'],
    ['an origin that is a format line of ours', text.replace(origin, 'sallyport-seal/v1')],
    ['a URL for origin', text.replace(origin, `https://${origin}`)],
  ])('is not read with %s', (_, other) => {
    expect(other).not.toBe(text)
    expect(parseCheckpoint(other)).toMatchObject({ kind: 'malformed' })
  })

  it('is not made of what could not be read back', () => {
    const refuse = (change: object): void =>
      expect(() => signCheckpoint({ origin, size: 1, root, extensions: [], ...change }, [signer])).toThrow(
        expect.objectContaining({ code: 'invalid-argument' }),
      )
    refuse({ origin: 'two\nlines' })
    refuse({ size: -1 })
    refuse({ size: 1.5 })
    refuse({ root: Buffer.alloc(31) })
    refuse({ extensions: [''] })
    expect(isOrigin(origin)).toBe(true)
  })
})

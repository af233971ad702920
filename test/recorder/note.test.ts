// Signed notes: the example everybody uses, and every byte of a note counting.

import { generateKeyPairSync } from 'node:crypto'

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { parseNote, parseVerifierKey, signerFrom, signNote, type Verifier, verifyNote } from '../../recorder/index.ts'
import { signerOf } from './sample.ts'

const peter = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'
const saying = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
const line =
  '\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n'

function verifier(vkey: string): Verifier {
  const parsed = parseVerifierKey(vkey)
  if (parsed.kind === 'malformed') throw new Error(parsed.reason)
  return parsed.value
}

describe('a signed note', () => {
  it('verifies the example note of the Go package', () => {
    expect(verifyNote(Buffer.from(`${saying}\n${line}`), [verifier(peter)])).toEqual({
      kind: 'trusted',
      text: saying,
      by: [peter],
    })
  })

  it('verifies what it signed, for any text of lines and any key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 255 }), (raw, seed) => {
        const body = `${raw.replace(/[\p{Cc}\ud800-\udfff]/gu, '\n')}\n`
        const signer = signerOf(seed, 'a.example/log')
        expect(verifyNote(signNote(body, [signer]), [verifier(signer.vkey)], { everyLine: true })).toEqual({
          kind: 'trusted',
          text: body,
          by: [signer.vkey],
        })
      }),
      { numRuns: 50 },
    )
  })

  it('notices each flipped bit of each byte when every line must hold', () => {
    const note = Buffer.from(`${saying}\n${line}`)
    for (let at = 0; at < note.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const changed = Buffer.from(note)
        changed[at] = (changed[at] ?? 0) ^ (1 << bit)
        expect(verifyNote(changed, [verifier(peter)], { everyLine: true }).kind, `byte ${at} bit ${bit}`).not.toBe(
          'trusted',
        )
      }
    }
  })

  it('lets a stranger sign beside a trusted key, but not where every line must hold', () => {
    const known = signerOf(1, 'known')
    const note = signNote(saying, [known, signerOf(2, 'stranger')])
    expect(verifyNote(note, [verifier(known.vkey)]).kind).toBe('trusted')
    expect(verifyNote(note, [verifier(known.vkey)], { everyLine: true })).toMatchObject({ kind: 'untrusted' })
    expect(verifyNote(signNote(saying, [known, known]), [verifier(known.vkey)], { everyLine: true })).toMatchObject({
      kind: 'untrusted',
      reason: expect.stringContaining('stands twice'),
    })
  })

  it('does not trust a note that only strangers signed, nor a bad signature beside a good one', () => {
    const known = signerOf(1, 'known')
    expect(verifyNote(signNote(saying, [signerOf(2, 'known')]), [verifier(known.vkey)])).toMatchObject({
      kind: 'untrusted',
      reason: 'no signature by a trusted key',
    })
    const other = signerOf(3, 'other')
    const forged = { ...other, sign: () => Buffer.alloc(64) }
    const note = signNote(saying, [known, forged])
    expect(verifyNote(note, [verifier(known.vkey), verifier(other.vkey)])).toMatchObject({
      kind: 'untrusted',
      reason: expect.stringContaining('does not hold'),
    })
  })

  it.each([
    ['no empty line', `${saying}${line}`],
    ['no signature', `${saying}\n`],
    ['no newline at the end', `${saying}\n${line.slice(0, -1)}`],
    ['a carriage return', `${saying}\r\n\n${line}`],
    ['a hyphen for the dash', `${saying}\n${line.replace('\u2014', '-')}`],
    ['base64 that is not canonical', `${saying}\n${line.replace('AM=', 'AN=')}`],
    ['a signature too short for a key id', `${saying}\n\u2014 PeterNeumann AAAA\n`],
    ['a name with a plus', `${saying}\n${line.replace('PeterNeumann', 'Peter+Neumann')}`],
  ])('does not read a note with %s', (_, text) => {
    expect(parseNote(Buffer.from(text))).toMatchObject({ kind: 'malformed' })
  })

  it('never throws on bytes it is given', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(verifyNote(bytes, [verifier(peter)]).kind).not.toBe('trusted')
      }),
    )
  })
})

describe('a verifier key', () => {
  it.each([
    ['another name', peter.replace('Peter', 'Petra')],
    ['another key id', peter.replace('c74f20a3', 'c74f20a4')],
    ['an upper-case key id', peter.replace('c74f20a3', 'C74F20A3')],
    ['another algorithm', peter.replace('ARpc', 'AhpC')],
    ['a short key', 'PeterNeumann+c74f20a3+ARpc'],
    ['nothing', ''],
  ])('is refused with %s', (_, vkey) => {
    expect(parseVerifierKey(vkey)).toMatchObject({ kind: 'malformed' })
  })

  it('is not made of a key that is not Ed25519, nor under a name with a space', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    expect(() => signerFrom('name', privateKey)).toThrow('expected an Ed25519 private key')
    expect(() => signerFrom('a name', generateKeyPairSync('ed25519').privateKey)).toThrow('key name `a name`')
  })
})

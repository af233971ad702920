// What a target says first: SSH in any pieces, what it is instead, and never more than a bound.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { openFirstWords, type FirstWords } from '../../../../gateway/brokers/ssh/first-words.ts'

/** Gives the pieces until it is known. */
function hear(pieces: readonly Uint8Array[]): FirstWords {
  const listen = openFirstWords()
  let known: FirstWords = { kind: 'more' }
  for (const piece of pieces) {
    known = listen(Buffer.from(piece))
    if (known.kind !== 'more') break
  }
  return known
}
const say = (text: string): FirstWords => hear([Buffer.from(text, 'latin1')])

describe('what a target says first', () => {
  it('is SSH with its version, also after a banner', () => {
    expect(say('SSH-2.0-OpenSSH_9.2p1\r\n').kind).toBe('ssh')
    expect(say('SSH-1.99-old\n').kind).toBe('ssh')
    expect(say('Property of plant north.\r\nGo away.\r\nSSH-2.0-dropbear_2022.83\r\n').kind).toBe('ssh')
  })

  it.each([
    ['telnet', '\xff\xfb\x01', 'it speaks telnet'],
    ['a web server', 'HTTP/1.1 400 Bad Request\r\n', 'it speaks HTTP'],
    ['TLS', '\x15\x03\x01', 'it speaks TLS'],
    ['S7', '\x03\x00\x00\x16', 'it speaks TPKT, as S7 and RDP do'],
    ['VNC', 'RFB 003.008\n', 'it speaks VNC'],
    ['SSH 1', 'SSH-1.5-1.2.27\n', 'it speaks another version of SSH than 2'],
    ['no text', 'hello\0', 'it says what is no text'],
    ['a long version', `SSH-2.0-${'x'.repeat(300)}`, 'its version is longer than SSH allows'],
    ['a flood of lines', 'welcome\r\n'.repeat(2_000), 'it said more than 8192 bytes without saying that it speaks SSH'],
    ['a line without end', 'x'.repeat(9_000), 'it said more than 8192 bytes without saying that it speaks SSH'],
  ])('names %s', (_what, text, expected) => {
    expect(say(text)).toEqual({ kind: 'other', text: expected })
  })

  it('waits for the second byte where the first alone says nothing', () => {
    for (const first of [0x03, 0x15, 0x16])
      expect(hear([Uint8Array.of(first), Uint8Array.of(1)])).toEqual(hear([Uint8Array.of(first, 1)]))
  })

  it('is the same however it is cut, and known within its bound whatever it is', () => {
    const texts = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc
        .constantFrom('SSH-2.0-x\r\n', 'banner\r\nSSH-2.0-x\r\n', 'HTTP/1.0 200\r\n', 'SSH-1.5-x\n')
        .map((text) => Buffer.from(text)),
    )
    fc.assert(
      fc.property(texts, fc.array(fc.nat(70), { maxLength: 8 }), (bytes, cuts) => {
        const at = [...new Set([0, ...cuts.filter((cut) => cut < bytes.length), bytes.length])].toSorted(
          (a, b) => a - b,
        )
        const pieces = at.slice(1).map((end, i) => bytes.subarray(at[i], end))
        expect(hear(pieces)).toEqual(hear([...bytes].map((byte) => Uint8Array.of(byte))))
      }),
    )
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8_700, maxLength: 9_000 }), (bytes) => {
        expect(hear([bytes]).kind).not.toBe('more')
      }),
    )
  })
})

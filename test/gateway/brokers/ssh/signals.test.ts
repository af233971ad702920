import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { breakLength } from '../../../../gateway/brokers/ssh/breaks.ts'
import { wireString } from '../../../../gateway/brokers/ssh/channel-requests.ts'
import { isSignalName, signalledBy } from '../../../../gateway/brokers/ssh/signals.ts'

describe('the name of a signal', () => {
  it.each(['TERM', 'USR1', 'INFO@openssh.com', 'XCPU@example.org'])('is %s', (name) => {
    expect(isSignalName(name)).toBe(true)
    expect(signalledBy(`SIG${name}`, true)).toEqual({ signal: name, coreDumped: true })
  })

  it('is the target’s own only where it has the form of one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const said = signalledBy(name, false)
        expect('signal' in said && isSignalName(said.signal)).toBe(true)
      }),
    )
    expect(signalledBy('\x1b]0;owned\x07', false)).toEqual({ signal: 'UNKNOWN@sallyport', coreDumped: false })
    expect(isSignalName('TERM\n')).toBe(false)
  })
})

describe('a break', () => {
  it('has its length in ms in four bytes, and is none otherwise', () => {
    expect(breakLength(Buffer.of(0, 0, 1, 244))).toBe(500)
    for (const length of [0, 3, 5]) expect(breakLength(Buffer.alloc(length))).toBeNull()
  })
})

describe('a string on the wire', () => {
  it('begins with how many bytes it has, not how many letters', () => {
    expect(wireString('ü')).toEqual(Buffer.from([0, 0, 0, 2, 0xc3, 0xbc]))
  })
})

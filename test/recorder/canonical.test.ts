// Canonical JSON: one form for each value, and no other form is read.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { canonicalBytes, parseCanonical } from '../../recorder/canonical.ts'

const text = (value: unknown): string => canonicalBytes(value).toString('utf8')

describe('canonical JSON', () => {
  it('sorts keys by UTF-16 code units, as the example of RFC 8785 section 3.2.3 does', () => {
    const example = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    }
    const order = [...text(example).matchAll(/:"([A-Z][a-z]+)/g)].map(([, word]) => word)
    expect(order).toEqual(['Carriage', 'One', 'Control', 'Latin', 'Euro', 'Emoji', 'Hebrew'])
  })

  it('writes numbers as RFC 8785 section 3.2.2.3 asks', () => {
    expect(text([Number('333333333.33333329'), 1e30, 4.5, 2e-3, 1e-27, -0])).toBe(
      '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]',
    )
  })

  it.each([
    ['undefined', { a: undefined }, '`$.a` is of type `undefined`'],
    ['a number that is not finite', [1, Infinity], '`$[1]` is not a finite number'],
    ['a bigint', 1n, '`$` is of type `bigint`'],
    ['a date', { at: new Date(0) }, '`$.at` is not a plain object'],
    ['a lone surrogate', ['\ud800'], '`$[0]` has a lone surrogate'],
    ['a lone surrogate in a key', { '\ud800': 1 }, 'has a lone surrogate'],
    ['a hole', Array(1), '`$[0]` is of type `undefined`'],
  ])('refuses %s and names its place', (_, value, message) => {
    expect(() => canonicalBytes(value)).toThrow(
      expect.objectContaining({ code: 'invalid-argument', message: expect.stringContaining(message) }),
    )
  })

  it('refuses nesting that could exhaust the stack, in both directions', () => {
    let deep: unknown = 0
    for (let i = 0; i < 1000; i++) deep = [deep]
    expect(() => canonicalBytes(deep)).toThrow('is nested too deep')
    expect(parseCanonical(Buffer.from('['.repeat(1_000_000)))).toMatchObject({ kind: 'malformed' })
  })

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const bytes = canonicalBytes(value)
        const parsed = parseCanonical(bytes)
        expect(parsed.kind).toBe('ok')
        expect(parsed.kind === 'ok' && canonicalBytes(parsed.value)).toEqual(bytes)
      }),
    )
  })

  it.each(['{"b":1,"a":1}', '{ "a":1}', '{"a":1,"a":1}', '1.0', '"\\u0041"', '\ufeff1', '1 ', '{"a":1}\n', '', 'nul'])(
    'does not read %j, which is another form of a value or none',
    (other) => {
      expect(parseCanonical(Buffer.from(other))).toMatchObject({ kind: 'malformed' })
    },
  )

  it('does not read what is not UTF-8', () => {
    expect(parseCanonical(Buffer.from([0x22, 0xff, 0x22]))).toMatchObject({ kind: 'malformed' })
  })
})

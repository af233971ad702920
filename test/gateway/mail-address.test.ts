import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAddress } from '../../gateway/mail-address.ts'

describe('a mail address', () => {
  it.each(['a@b', 'shift.lead+ot@plant.example', "o'brien@xn--bcher-kva.example"])('takes `%s`', (text) => {
    expect(parseAddress(text)).toEqual({ kind: 'ok', address: text })
  })

  it.each([
    '',
    'a',
    '@b',
    'a@',
    'a@@b',
    'a b@c',
    'a@b c',
    'a@b.',
    '.a@b',
    'a@-b',
    '"a b"@c',
    'a@[127.0.0.1]',
    'A <a@b>',
    'a@b,c@d',
    'a@b\r\nBcc: c@d',
    'a@b\0',
    `${'a'.repeat(65)}@b`,
    `a@${'b'.repeat(64)}`,
    `a@${'b.'.repeat(127)}c`,
  ])('refuses %j', (text) => {
    expect(parseAddress(text).kind).toBe('malformed')
  })

  it('is never two, nor anything a header could take for its end', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('.', '-', 'c', ',', '@', ' ', '\r', '\n', '\0', '<', '"', '\u2028', 'é'),
          maxLength: 8,
        }),
        (text) => {
          const parsed = parseAddress(`a@b${text}`)
          if (parsed.kind === 'ok') expect(parsed.address).toMatch(/^a@b[A-Za-z0-9.-]*$/)
        },
      ),
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { showInstant, showWindow, subjectOf, tame, textOf } from '../../../gateway/outbox/letter.ts'

const base = 'https://gateway.example:8443'
/** What a hostile person would put into a name: line ends of every kind, headers, links, marks that turn text around. */
const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\r', '\n', '\r\n', '\0', '\u2028', '\u2029', '\u0085', '\u000b', '\u202e', '\u200b', '\ud800'),
    fc.constantFrom('Bcc: all@plant.example', 'https://evil.example', '=?utf-8?Q?x?=', '<', '>', '@', ':', '/'),
    fc.string({ unit: 'grapheme', maxLength: 3 }),
  ),
  maxLength: 60,
})

describe('a name in a message', () => {
  it('keeps what names are made of, in any script', () => {
    for (const name of ['Zoë O\u2019Brien-Łukasik', '李小龙', 'अनिता', 'Dr. K. (night shift)'])
      expect(tame(name)).toBe(name)
  })

  it('holds no line end, control, direction mark, link or address, whatever went in', () => {
    fc.assert(
      fc.property(hostile, (name) => {
        expect(tame(name)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}<>@:/\\"=?]/u)
        expect(Array.from(tame(name)).length).toBeLessThanOrEqual(80)
      }),
    )
  })
})

describe('a letter', () => {
  it('has a subject of one line and no more lines than it was given, whatever went in', () => {
    fc.assert(
      fc.property(hostile, fc.array(hostile, { maxLength: 4 }), (subject, lines) => {
        const letter = { subject, lines, open: '/approvals' }
        expect(subjectOf(letter)).toMatch(/^Sallyport:[^\p{Cc}\p{Zl}\p{Zp}]*$/u)
        expect(textOf(letter, base).split(/[\n\r\u0085\u2028\u2029\u000b\f]/)).toHaveLength(lines.length + 6)
      }),
    )
  })

  it('ends in the address to open and in who sent it', () => {
    const text = textOf({ subject: 's', lines: ['one', 'two'], open: '/requests/x' }, base)
    expect(text).toBe(
      [
        'one',
        'two',
        '',
        `${base}/requests/x`,
        '',
        '-- ',
        `Sent by the gateway at ${base}. Answers to this message are read by nobody.`,
        '',
      ].join('\n'),
    )
  })
})

describe('a time in a message', () => {
  it('stands on the plant\u2019s own clock, with the name of its zone', () => {
    const from = Date.UTC(2026, 5, 1, 8)
    expect(showWindow({ from, until: from + 4 * 3_600_000 }, 'Europe/Berlin')).toBe(
      'Mon, 1 Jun 2026, 10:00 GMT+2 to Mon, 1 Jun 2026, 14:00 GMT+2 (Europe/Berlin)',
    )
  })

  it('tells the two hours apart that a change of summer time gives the same name', () => {
    const first = showInstant(Date.UTC(2026, 9, 25, 0, 30), 'Europe/Berlin')
    const second = showInstant(Date.UTC(2026, 9, 25, 1, 30), 'Europe/Berlin')
    expect(first).toContain('02:30 GMT+2')
    expect(second).toContain('02:30 GMT+1')
  })
})

// Reading queries, and judging passages by them.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { matchText, snippetOf } from '../../../gateway/search/match.ts'
import { parseQuery, type Query } from '../../../gateway/search/query.ts'
import { folded, tokensOf } from '../../../gateway/search/tokens.ts'

function queryOf(text: string): Query {
  const parsed = parseQuery(text)
  if (parsed.kind === 'malformed') throw new Error(parsed.problems.join('; '))
  return parsed.query
}
const found = (query: string, text: string): string[] | null =>
  matchText(queryOf(query), text)?.map(({ start, end }) => text.slice(start, end)) ?? null

describe('a word', () => {
  it.each([
    ['pump', 'the PUMP runs', ['PUMP']],
    ['pump', 'pumps', null],
    ['strasse', 'Stra\u00dfe 7', ['Stra\u00dfe']],
    ['mueller', 'M\u00fcller', null],
    ['muller', 'M\u00fcller', ['M\u00fcller']],
    ['\u03c3\u03bf\u03c6\u03bf\u03c3', '\u03a3\u039f\u03a6\u039f\u03a3', ['\u03a3\u039f\u03a6\u039f\u03a3']],
    ['\u30dd\u30f3\u30d7', '\u4e3b\u30dd\u30f3\u30d7\u505c\u6b62', ['\u30dd\u30f3\u30d7']],
    ['10.2.3.4', 'route to 10.2.3.4 via eth0', ['10.2.3.4']],
    ['10.2.3.4', 'version 10-2-3-4', null],
    ['10.2.3', 'host 10.2.3.4', ['10.2.3']],
    ['FB_Axis_12', 'call fb_axis_12;', ['fb_axis_12']],
    ['axis', 'call FB_Axis_12;', ['Axis']],
    ['/etc/passwd', 'cat /etc/passwd', ['/etc/passwd']],
    ['/etc/passwd', 'cat etc/passwd', null],
    ['DB1:DBX0.1', 'read DB1:DBX0.1 now', ['DB1:DBX0.1']],
    ['reboot.', 'please reboot now', ['reboot']],
    ['conf*', 'vi /etc/config.xml', ['config']],
    ['/etc/conf*', 'vi /etc/config.xml', ['/etc/config']],
  ])('`%s` in `%s`', (query, text, wanted) => {
    expect(found(query, text)).toEqual(wanted)
  })

  it('has to be there with all the others, and none that is ruled out', () => {
    expect(found('pump stop', 'stop the pump')).toEqual(['stop', 'pump'])
    expect(found('pump stop', 'the pump')).toBeNull()
    expect(found('pump -stop', 'stop the pump')).toBeNull()
    expect(found('pump -"stop it"', 'stop the pump')).toEqual(['pump'])
  })
})

describe('a phrase', () => {
  it('stands as it was asked for, whatever white space is between', () => {
    expect(found('"stop the pump"', 'please stop\n  the PUMP')).toEqual(['stop\n  the PUMP'])
    expect(found('"stop pump"', 'stop the pump')).toBeNull()
    expect(found('"sudo rm -r*"', 'sudo rm -rf /')).toEqual(['sudo rm -rf'])
    expect(found('"sudo rm -r"*', 'sudo rm -rf /')).toEqual(['sudo rm -rf'])
  })
})

describe('a query', () => {
  it('has filters, and says what is wrong with each', () => {
    expect(
      queryOf('pump person:Eva in:command after:2026-01-01 before:2026-02-01T08:00Z plant:"North Works"'),
    ).toMatchObject({
      fields: { person: ['eva'], plant: ['north works'] },
      sides: ['command', 'typed'],
      after: Date.UTC(2026, 0, 1),
      before: Date.UTC(2026, 1, 1, 8),
    })
    expect(parseQuery('*** in:nowhere after:2026-02-30 -asset:x')).toEqual({
      kind: 'malformed',
      problems: [
        '`***`: expected a letter or a digit',
        '`in:nowhere`: expected one of typed, shown, command, file, about',
        '`after:2026-02-30`: expected a day or a time in UTC, as 2026-11-21 or 2026-11-21T14:30Z',
        '`-asset:x`: a filter cannot be turned round',
      ],
    })
    expect(parseQuery('-pump').kind).toBe('malformed')
    expect(parseQuery('a '.repeat(21)).kind).toBe('malformed')
    expect(parseQuery('a.'.repeat(45)).kind).toBe('malformed')
    expect(queryOf('http://plc-7/')).toMatchObject({ all: [{ tokens: ['http', 'plc', '7'], gaps: ['://', '-'] }] })
  })

  it('never throws, and finds every word of a text in that text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        parseQuery(text)
        for (const { start, end } of tokensOf(text)) {
          const parsed = parseQuery(`"${text.slice(start, end)}"`)
          expect(parsed.kind === 'ok' && matchText(parsed.query, text) !== null).toBe(true)
        }
      }),
    )
  })

  it('takes the sharp s for two, small or capital', () => {
    expect([folded('Maßstab'), folded('MAẞSTAB'), folded('MASSSTAB')]).toEqual(Array(3).fill('massstab'))
  })

  it('folds the same text to the same words, however often', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(folded(folded(text))).toBe(folded(text))
      }),
    )
  })
})

describe('a snippet', () => {
  it('shows the hit with some text around, on one line', () => {
    const text = `${'before '.repeat(40)}\nstop the pump\n${'after '.repeat(80)}`
    const pieces = snippetOf(text, matchText(queryOf('pump'), text) ?? [])
    expect(pieces.filter(({ hit }) => hit).map((piece) => piece.text)).toEqual(['pump'])
    const whole = pieces.map((piece) => piece.text).join('')
    expect(whole).toMatch(/^\u2026[^\n]+stop the pump after[^\n]+\u2026$/)
    expect(whole.length).toBeLessThan(400)
  })

  it('holds nothing that acts or hides', () => {
    const text = 'a\u001b]0;title\u0007b \u202epump\u202c \u009b31m\u200bc'
    const shown = snippetOf(text, matchText(queryOf('pump'), text) ?? [])
      .map((piece) => piece.text)
      .join('')
    expect(shown).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    expect(shown).toContain('pump')
  })
})

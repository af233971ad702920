import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { plain, shown, widthOf } from '../../../gateway/cli/plain.ts'
import { fieldsText, tableLines, tableText } from '../../../gateway/cli/table.ts'
import { anyText } from './any-text.ts'

describe('plain text', () => {
  it('shows what would act on a terminal instead of letting it act', () => {
    expect(plain('a\u001b[2Jb\r\nc\u009b1m\u202ed\u2028e\u0007')).toBe(
      'a\\u{1b}[2Jb\\u{d}\\u{a}c\\u{9b}1m\\u{202e}d\\u{2028}e\\u{7}',
    )
  })

  it('leaves names of any language as they are', () => {
    const names = 'Jürgen Müller, Łukasz Żak, 佐藤 花子, Ωμέγα'
    expect(plain(names)).toBe(names)
  })

  it('holds no control, format or line character, whatever comes in', () => {
    fc.assert(fc.property(anyText, (text) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(plain(text))))
  })

  it('is unchanged when made plain again', () => {
    fc.assert(fc.property(anyText, (text) => plain(plain(text)) === plain(text)))
  })

  it('makes the values of a template plain, and its words not', () => {
    expect(shown`one\ntwo ${'\u001b'}`).toBe('one\ntwo \\u{1b}')
  })
})

describe('a table', () => {
  it('aligns columns and cuts trailing blanks', () => {
    expect(tableLines(['NAME', 'STATE'], [['ews-1', 'in'], ['a', 'undetermined'], ['b']])).toEqual([
      'NAME   STATE',
      'ews-1  in',
      'a      undetermined',
      'b',
    ])
  })

  it('aligns wide and combining characters by the columns they take', () => {
    expect(widthOf('佐藤')).toBe(4)
    expect(widthOf('e\u0301')).toBe(1)
    const [, wide, narrow] = tableLines(
      ['A', 'B'],
      [
        ['佐藤', 'x'],
        ['abcd', 'x'],
      ],
    )
    expect(wide).toBe('佐藤  x')
    expect(narrow).toBe('abcd  x')
  })

  it('has as many lines as rows and head, whatever the cells hold', () => {
    fc.assert(
      fc.property(fc.array(fc.array(anyText, { maxLength: 3 })), (rows) => {
        const text = tableText(['A', 'B', 'C'], rows, 'none')
        expect(text.split('\n')).toHaveLength(rows.length + 1)
      }),
    )
  })

  it('says one sentence where there is nothing', () => {
    expect(tableText(['A'], [], 'No grant')).toBe('No grant')
  })

  it('lists fields with their values aligned', () => {
    expect(
      fieldsText([
        ['state', 'sealed'],
        ['ledger entry', '4'],
        ['x', ''],
      ]),
    ).toBe('state         sealed\nledger entry  4\nx')
  })
})

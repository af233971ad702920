// What people write for others to read, as the API takes it: any language, several lines, and nothing that acts on a terminal.

import { Value } from 'typebox/value'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { expectedForms, Note, Words } from '../../gateway/contract/primitives.ts'

const isWords = (text: string): boolean => Value.Check(Words(500, 'why'), text)
const isNote = (text: string): boolean => Value.Check(Note(500), text)

describe('words in a body', () => {
  it.each(['drive faulty', 'Antrieb gest\u00f6rt\nLinie 3', '\u505c\u6b62', 'a\tb\r\nc', '\u{1f6d1} stop'])(
    'may be %j',
    (text) => {
      expect([isWords(text), isNote(text)]).toEqual([true, true])
    },
  )

  it('must say something where they are needed, and may be empty where they are not', () => {
    for (const text of ['', ' ', '\n\t ', '\u00a0']) expect([isWords(text), isNote(text)]).toEqual([false, true])
  })

  it('hold no control character but line ends and tabs', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 0x1f }), fc.string(), (before, code, after) => {
        expect(isNote(`${before}${String.fromCharCode(code)}${after}`)).toBe([9, 10, 13].includes(code))
      }),
    )
    expect(isNote('a\u007f')).toBe(false)
  })

  it('are answered in words and not with a pattern', () => {
    expect(expectedForms[String((Words(9, 'x') as { pattern?: string }).pattern)]).toMatch(/^expected words/)
    expect(expectedForms[String((Note(9) as { pattern?: string }).pattern)]).toMatch(/^expected words/)
  })
})

// The text of changed rules, line by line: nothing of either text is lost, and what stays stays.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { diffBundles } from '../../../policy/diff/diff.ts'
import { compareLines, ruleTexts } from '../../../policy/diff/rule-texts.ts'
import { smallBundle } from '../bundle/small-bundle.ts'

const before = smallBundle()

describe('the text of a rule that changes', () => {
  it('is shown as it was and as it will be', () => {
    const after = smallBundle({
      'policies/duties.cedar': (text) => text.replace('windowMinutes > 240', 'windowMinutes > 120'),
    })
    const [text] = ruleTexts(diffBundles(before, after))
    expect(text).toMatchObject({ rule: 'engineering-in-short-windows', kind: 'changed' })
    const marked = text?.lines.filter(({ mark }) => mark !== 'same') ?? []
    expect(marked.map(({ mark, text: line }) => [mark, line.trim()])).toEqual([
      ['gone', expect.stringContaining('windowMinutes > 240')],
      ['come', expect.stringContaining('windowMinutes > 120')],
    ])
  })

  it('is shown whole where the rule comes or goes', () => {
    const added =
      '@id("no-cameras")\n@text("Nobody goes to cameras.")\nforbid (principal, action, resource)\nwhen { resource.type == "camera" };'
    const after = smallBundle({ 'policies/boundary.cedar': (text) => `${text}\n${added}\n` })
    const come = { rule: 'no-cameras', kind: 'added', lines: added.split('\n').map((text) => ({ mark: 'come', text })) }
    expect(ruleTexts(diffBundles(before, after))).toEqual([come])
    const gone = { ...come, kind: 'removed', lines: come.lines.map(({ text }) => ({ mark: 'gone', text })) }
    expect(ruleTexts(diffBundles(after, before))).toEqual([gone])
  })
})

describe('lines compared', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 })
  it('give back both texts', () => {
    fc.assert(
      fc.property(lines, lines, (from, to) => {
        const compared = compareLines(from, to)
        expect(compared.filter(({ mark }) => mark !== 'come').map(({ text }) => text)).toEqual(from)
        expect(compared.filter(({ mark }) => mark !== 'gone').map(({ text }) => text)).toEqual(to)
      }),
    )
  })
  it('mark nothing where nothing changed', () => {
    fc.assert(
      fc.property(lines, (text) => {
        expect(compareLines(text, text)).toEqual(text.map((line) => ({ mark: 'same', text: line })))
      }),
    )
  })
  it('come one after the other where the texts are very long', () => {
    const long = Array.from({ length: 600 }, (_, i) => String(i))
    expect(compareLines(long, long.toReversed()).map(({ mark }) => mark)).toEqual([
      ...long.map(() => 'gone'),
      ...long.map(() => 'come'),
    ])
  })
})

// handling.yaml as a plant writes it, and what is wrong with what it cannot have meant.

import { describe, expect, it } from 'vitest'
import { parseBundle } from '../../../policy/bundle/parse.ts'
import { showProblem } from '../../../policy/bundle/problem.ts'
import { diffBundles } from '../../../policy/diff/diff.ts'
import { describeDiff } from '../../../policy/diff/words.ts'
import { standardRetention } from '../../../policy/label-handling.ts'
import { smallBundle, smallFiles } from './small-bundle.ts'
import { append, expectProblem, expectWarning, problemsOf, replace, warningsOf, type Spoilt } from './spoilt.ts'

const file = 'handling.yaml'
const rule = (text: string) => append(file, `  - { id: more, text: More of it., ${text} }\n`)
const more = 'rules[1]'

const spoilt: readonly Spoilt[] = [
  ['a key that is none', replace(file, 'retention:\n  classes', 'retain:\n  classes'), file, 'retain', 'retention'],
  [
    'a default nobody declared',
    replace(file, 'default: standard', 'default: standart'),
    file,
    'retention.default',
    'unknown retention class `standart`: did you mean `standard`?',
  ],
  [
    'a class nobody declared',
    replace(file, 'retention: drawings', 'retention: drawing'),
    file,
    'rules[0].retention',
    'did you mean `drawings`?',
  ],
  [
    'a class declared twice',
    replace(file, 'id: drawings', 'id: standard'),
    file,
    'retention.classes[1].id',
    'duplicate retention class `standard`',
  ],
  [
    'classes that are none',
    replace(file, /classes:\n(?: {4}.*\n)+/, 'classes: []\n'),
    file,
    'retention.classes',
    'at least one',
  ],
  [
    'a class kept for nothing',
    replace(file, 'keepDays: 400', 'keepDays: 0'),
    file,
    'retention.classes[0].keepDays',
    '',
  ],
  [
    'a class kept for ever',
    replace(file, 'keepDays: 400', 'keepDays: 999999'),
    file,
    'retention.classes[0].keepDays',
    '',
  ],
  ['a rule that says nothing', rule('labels: [drives]'), file, more, 'expected at least one of `view`, `export`'],
  ['a rule without its text', append(file, '  - { id: more, export: full }\n'), file, `${more}.text`, 'missing'],
  [
    'a rule declared twice',
    append(file, '  - { id: drives-are-secret, text: Again., export: full }\n'),
    file,
    `${more}.id`,
    'duplicate handling rule `drives-are-secret`',
  ],
  ['a plant nobody declared', rule('plants: [north-2], export: full'), file, `${more}.plants[0]`, 'unknown plant'],
  ['an empty list of labels', rule('labels: [], export: full'), file, `${more}.labels`, 'at least one entry'],
  [
    'a role that is none',
    rule('view: { roles: [auditors] }'),
    file,
    `${more}.view.roles[0]`,
    'did you mean `auditor`?',
  ],
  ['a view that says nothing', rule('view: {}'), file, `${more}.view`, 'expected at least one of'],
  ['an export that is none', rule('export: withoutKeys'), file, `${more}.export`, ''],
  ['no region at all', rule('regions: []'), file, `${more}.regions`, 'at least one entry'],
  ['a mask that is no yes or no', rule('maskPrompts: sometimes'), file, `${more}.maskPrompts`, 'true or false'],
]

const agreed = (text: string) =>
  append(
    file,
    `agreements:\n  - { id: a, customer: C, reference: R, owner: O, from: '2026-01-01', until: '2026-12-31', evidence: [recordings], ${text} }\n`,
  )
const misagreed: readonly Spoilt[] = [
  ['an agreement about nothing', agreed('plants: []'), file, 'agreements[0].plants', 'at least one entry'],
  [
    'an agreement that says not what it covers',
    replace(
      file,
      'rules:',
      "agreements: [{ id: a, customer: C, reference: R, owner: O, from: '2026-01-01', until: '2026-12-31', evidence: [words] }]\nrules:",
    ),
    file,
    'agreements[0]',
    'expected at least one of',
  ],
  [
    'an agreement about an asset nobody declared',
    agreed('assets: [nobody-9]'),
    file,
    'agreements[0].assets[0]',
    'unknown asset `nobody-9`',
  ],
]

describe('agreements of handling.yaml', () => {
  it.each(misagreed)('refuses %s', (_name, ...spoilt) => {
    expectProblem(...spoilt)
  })

  it('warns of a label that no asset has', () => {
    expectWarning(agreed('labels: [nowhere]'), file, 'agreements[0].labels', 'no asset has the label `nowhere`')
  })
})

describe('handling.yaml', () => {
  it.each(spoilt)('reports %s', (_, change, at, path, reason) => expectProblem(change, at, path, reason))

  it('reads classes and rules as they are written', () => {
    const { handling } = smallBundle()
    expect(handling.default).toEqual({ id: 'standard', text: 'A year, and the time to review it', keepDays: 400 })
    expect(handling.classes.map(({ id }) => id)).toEqual(['standard', 'drawings'])
    expect(handling.rules).toEqual([
      {
        id: 'drives-are-secret',
        text: "What the drives do is the plant's own.",
        labels: ['drives'],
        plants: ['north'],
        types: ['engineering-workstation'],
        view: { roles: ['auditor', 'isms-manager', 'safety-engineer'], secondPerson: true },
        export: 'without-keys',
        retention: 'drawings',
        maskPrompts: true,
      },
    ])
  })

  it('keeps recordings 400 days and says nothing else where the file is missing', () => {
    const files = smallFiles()
    files.delete(file)
    const parsed = parseBundle(files)
    if (parsed.kind === 'invalid') throw new Error(parsed.problems.map(showProblem).join('\n'))
    expect(parsed.bundle.handling).toEqual({ classes: [standardRetention], default: standardRetention, rules: [] })
    expect(standardRetention).toMatchObject({ id: 'standard', keepDays: 400 })
  })

  it('lets rules name the class of its own where none is declared', () => {
    const rules = 'rules:\n  - { id: kept, text: Kept., retention: standard }\n'
    expect(smallBundle({ [file]: () => rules }).handling.rules).toHaveLength(1)
    expect(problemsOf((files) => void files.set(file, rules.replace('standard', 'other'))).map(showProblem)).toEqual([
      expect.stringContaining('unknown retention class `other`'),
    ])
  })

  it('does not blame the rules for classes that could not be read', () => {
    const problems = problemsOf(replace(file, /retention:\n {2}classes[^]*?rules/, 'retention: soon\nrules'))
    expect(problems.map(({ path }) => path)).toEqual(['retention'])
  })

  it('warns of labels and types that no asset has', () => {
    expectWarning(rule('labels: [drive], export: full'), file, `${more}.labels`, 'did you mean `drives`?')
    expectWarning(rule('types: [toaster], export: full'), file, `${more}.types`, 'it matches nothing yet')
  })

  it('warns where nobody of the plant could look at a recording, once for rules that meet', () => {
    const change = rule('labels: [drives], view: { roles: [approver] }')
    const warnings = warningsOf(change).filter((each) => each.file === file)
    expect(warnings.map(showProblem)).toEqual([
      expect.stringContaining('nobody of the plant may look at its recordings'),
    ])
    expectWarning(rule('labels: [packaging], view: { roles: [vendor] }'), file, `${more}.view`, 'asset `ews-2`')
  })

  it('is told in the difference of two bundles, rule by rule', () => {
    const after = smallBundle({
      [file]: (text) =>
        text.replace('secondPerson: true', 'secondPerson: false').replace('keepDays: 400', 'keepDays: 30'),
    })
    const lines = describeDiff(diffBundles(smallBundle(), after)).flatMap((paragraph) => paragraph.lines)
    expect(lines).toEqual([
      'retention class standard changed: keepDays from 400 to 30',
      'handling of recordings, drives-are-secret changed: view.secondPerson from true to false',
    ])
  })
})

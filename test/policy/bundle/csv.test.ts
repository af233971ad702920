// assets.csv and its mapping: what a table may say, what it must not, and that nothing in it makes the parser throw.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseTable } from '../../../policy/bundle/csv.ts'
import { readDocument } from '../../../policy/bundle/document.ts'
import { parseMapping } from '../../../policy/bundle/mapping.ts'
import { parseBundle } from '../../../policy/bundle/parse.ts'
import { showProblem } from '../../../policy/bundle/problem.ts'
import { Reading } from '../../../policy/bundle/reading.ts'
import type { AssetId } from '../../../policy/ids.ts'
import { smallBundle, smallFiles } from './small-bundle.ts'
import { expectProblem, problemsOf, replace, type Spoilt } from './spoilt.ts'

const spoilt: readonly Spoilt[] = [
  [
    'a table without a mapping',
    (files) => void files.delete('assets.mapping.yaml'),
    'assets.mapping.yaml',
    '',
    'missing file: expected it beside `assets.csv`',
  ],
  [
    'a mapping without a table',
    (files) => void files.delete('assets.csv'),
    'assets.csv',
    '',
    'missing file: expected it beside `assets.mapping.yaml`',
  ],
  [
    'an empty table',
    (files) => void files.set('assets.csv', ''),
    'assets.csv',
    '',
    'expected a row with the names of the columns',
  ],
  [
    'a column the mapping names and the table has not',
    replace('assets.csv', 'Description;', 'Descriptions;'),
    'assets.mapping.yaml',
    'fields.name',
    'no column `Description` in assets.csv for `name`: did you mean `Descriptions`?',
  ],
  [
    'a column nobody maps',
    replace('assets.mapping.yaml', 'ignore: [Serial]', 'ignore: []'),
    'assets.csv',
    '',
    'column `Serial` is in no field of assets.mapping.yaml: map it, or list it under `ignore`',
  ],
  [
    'a column that is there twice',
    replace('assets.csv', 'Serial', 'Tags'),
    'assets.csv',
    '',
    'column `Tags` is there twice',
  ],
  ['a row with a cell too few', replace('assets.csv', ';A-101', ''), 'assets.csv', '', 'expected 11 cells, got 10'],
  [
    'a row cut by another separator',
    replace('assets.csv', 'plc-5;Controller', 'plc-5,Controller'),
    'assets.csv',
    '',
    'expected 11 cells, got 10',
  ],
  [
    'a quote that is never closed',
    replace('assets.csv', 'line 5";VLAN', 'line 5;VLAN'),
    'assets.csv',
    '',
    'not valid csv: a quote is opened and never closed',
  ],
  [
    'a quote inside a cell',
    replace('assets.csv', 'Controller, line 5', 'Controller "line" 5'),
    'assets.csv',
    '',
    'not valid csv: a quote inside a cell',
  ],
  [
    'something after a closing quote',
    replace('assets.csv', 'line 5";', 'line 5" ;'),
    'assets.csv',
    '',
    'not valid csv: expected a separator after a closing quote',
  ],
  [
    'a cell that is no id',
    replace('assets.csv', 'plc-5;', 'PLC 5;'),
    'assets.csv',
    'column `Asset`',
    'asset `PLC 5`: expected 1 to 63',
  ],
  [
    'an empty cell that needs something',
    replace('assets.csv', 'Controller, line 5', ''),
    'assets.csv',
    'column `Description`',
    'expected a text, got nothing',
  ],
  [
    'a zone nobody declared',
    replace('assets.csv', 'north-control;', 'north-contrl;'),
    'assets.csv',
    'column `Segment`',
    'unknown zone `north-contrl`: did you mean `north-control`?',
  ],
  [
    'a word the mapping does not translate',
    replace('assets.csv', 'PLC;high', 'PLC;urgent'),
    'assets.csv',
    'column `Criticality`',
    'expected `low`, `medium` or `high`, got `urgent`',
  ],
  [
    'a host key that is none',
    replace('assets.csv', 'ssh-ed25519 AAAA', 'ssh-ed25519 BBBB'),
    'assets.csv',
    'column `Host key`',
    'expected',
  ],
  [
    'a field that is none',
    replace('assets.mapping.yaml', '  line: Line', '  lines: Line'),
    'assets.mapping.yaml',
    'fields.lines',
    'unknown key `lines`: did you mean `line`?',
  ],
  [
    'a mapping without an id',
    replace('assets.mapping.yaml', '  id: Asset\n', ''),
    'assets.mapping.yaml',
    'fields.id',
    'missing: expected `id`',
  ],
  [
    'a column and a constant for one field',
    replace('assets.mapping.yaml', 'safety: { constant: none }', 'safety: { constant: none, column: Safety }'),
    'assets.mapping.yaml',
    'fields.safety',
    'expected `column` or `constant`, one of the two',
  ],
  [
    'a constant that is translated',
    replace('assets.mapping.yaml', 'safety: { constant: none }', 'safety: { constant: none, otherwise: SIS }'),
    'assets.mapping.yaml',
    'fields.safety.otherwise',
    '`otherwise` beside a constant: leave it out',
  ],
  [
    'half an endpoint',
    replace('assets.mapping.yaml', /  endpoint.account: .*\n/, ''),
    'assets.mapping.yaml',
    'fields',
    'an endpoint needs all of its fields: expected `endpoint.account` as well',
  ],
  [
    'a separator that is none',
    replace('assets.mapping.yaml', "separator: ';'", "separator: '::'"),
    'assets.mapping.yaml',
    'separator',
    'expected `,`, `;`',
  ],
  [
    'a list separator of two characters',
    replace('assets.mapping.yaml', "listSeparator: ','", "listSeparator: ', '"),
    'assets.mapping.yaml',
    'fields.labels.listSeparator',
    'expected one character in quotes, got `, `',
  ],
  [
    'a translation that is none',
    replace('assets.mapping.yaml', 'values: { VLAN 210: north-operations }', 'values: north-operations'),
    'assets.mapping.yaml',
    'fields.zone.values',
    'expected a map from what a cell says',
  ],
  [
    'a translation into a list',
    replace('assets.mapping.yaml', 'VLAN 210: north-operations', 'VLAN 210: [north-operations]'),
    'assets.mapping.yaml',
    'fields.zone.values.VLAN 210',
    'expected a text, a number, true or false, got a list',
  ],
  [
    'a lasting expiry without its minutes',
    replace('assets.mapping.yaml', /  expiry.minutes: .*\n/, ''),
    'assets.mapping.yaml',
    'fields.expiry.constant',
    '`drain` without the minutes',
  ],
  [
    'a constant that is wrong, said once for all rows',
    replace('assets.mapping.yaml', 'endpoint.port: { constant: 22 }', 'endpoint.port: { constant: 70000 }'),
    'assets.mapping.yaml',
    'fields.endpoint.port.constant',
    'from 1 to 65535, got the number `70000`',
  ],
]

describe('a bundle by its table of assets', () => {
  it.each(spoilt)('%s is refused, saying where and why', (_, change, file, path, reason) => {
    expectProblem(change, file, path, reason)
  })

  it('takes each row as the asset it is, with the words translated', () => {
    const bundle = smallBundle()
    expect(bundle.assets.get('ews-5' as AssetId)).toMatchObject({
      name: 'Engineering workstation, line 5',
      zone: 'north-operations',
      type: 'engineering-workstation',
      criticality: 'medium',
      labels: ['drives', 'line-5'],
      line: 'line-5',
      endpoints: [{ protocol: 'ssh', host: '192.0.2.15', port: 22, account: 'service', credential: 'ews-5-service' }],
      expiry: { kind: 'drain', hardLimitMinutes: 10 },
    })
    expect(bundle.assets.get('plc-5' as AssetId)).toMatchObject({ criticality: 'high', endpoints: [], optIn: null })
  })

  it('takes the commands that only look from a column or as a constant, and an endpoint without any has none', () => {
    const observed = (from: string) =>
      smallBundle({ 'assets.mapping.yaml': (text) => `${text}\n  endpoint.observe: ${from}\n` })
        .assets.get('ews-5' as AssetId)
        ?.endpoints.map((each) => each.protocol === 'ssh' && each.observe)
    expect(observed('{ constant: [uptime, df -h] }')).toEqual([['uptime', 'df -h']])
    expect(observed('{ column: Line, listSeparator: "|" }')).toEqual([['line-5']])
    expect(smallBundle().assets.get('ews-5' as AssetId)?.endpoints[0]).toMatchObject({ observe: [] })
  })

  it('is one inventory with the list, or stands alone', () => {
    expect(smallBundle().assets.size).toBe(10)
    const alone = problemsOf((files) => void files.delete('assets.yaml'))
    expect(alone.map(({ reason }) => reason)).toEqual(
      expect.arrayContaining([expect.stringContaining('unknown asset')]),
    )
    expect(alone.filter(({ file }) => file === 'assets.yaml')).toEqual([])
    const neither = problemsOf((files) => {
      for (const file of ['assets.yaml', 'assets.csv', 'assets.mapping.yaml']) files.delete(file)
    })
    expect(neither.map(showProblem)).toContain(
      'assets.yaml: missing file: expected it, or `assets.csv` with `assets.mapping.yaml`',
    )
  })

  it('says the line of every wrong row, and the column', () => {
    const problems = problemsOf(
      replace('assets.csv', 'EWS;;', 'EWS;urgent;'),
      replace('assets.csv', 'PLC;high', 'PLC;grave'),
    )
    expect(problems.map(showProblem)).toEqual([
      'assets.csv:2: column `Criticality`: expected `low`, `medium` or `high`, got `urgent`',
      'assets.csv:3: column `Criticality`: expected `low`, `medium` or `high`, got `grave`',
    ])
  })

  it('takes numbers, truth values and reviews from cells', () => {
    const bundle = smallBundle({
      'assets.csv': () =>
        'Asset;Level;There;Old;Most;By;On;Until\nsis-5;2;TRUE;false;3;Functional safety lead;2026-01-01;2026-06-30\nsis-6;3;false;true;;;;\n',
      'assets.mapping.yaml': () => `
separator: ';'
fields:
  id: Asset
  name: Asset
  zone: { constant: north-control }
  owner: { constant: Functional safety lead }
  type: { constant: safety-controller }
  criticality: { constant: high }
  safety: { constant: SIS }
  labels: { constant: [line-5] }
  line: { constant: line-5 }
  expiry: { constant: cut }
  sil: Level
  localPresence: There
  unsupported: Old
  maxSessions: Most
  optIn.reviewedBy: By
  optIn.reviewedOn: 'On'
  optIn.until: Until
`,
    })
    expect(bundle.assets.get('sis-5' as AssetId)).toMatchObject({
      sil: 2,
      localPresence: true,
      unsupported: false,
      maxSessions: 3,
      labels: ['line-5'],
      expiry: { kind: 'cut' },
      optIn: { reviewedBy: 'Functional safety lead', reviewedOn: '2026-01-01', until: '2026-06-30' },
    })
    expect(bundle.assets.get('sis-6' as AssetId)).toMatchObject({ sil: 3, maxSessions: null, optIn: null })
  })

  it('takes what a spreadsheet writes: a byte order mark, CRLF, quoted newlines refused in a name', () => {
    const text = smallFiles().get('assets.csv') ?? ''
    expect(problemsOf((files) => void files.set('assets.csv', `\ufeff${text.replaceAll('\n', '\r\n')}\r\n`))).toEqual(
      [],
    )
    const problems = problemsOf(replace('assets.csv', 'workstation, line 5', 'workstation,\nline 5'))
    expect(problems.map(showProblem)).toEqual([expect.stringContaining('column `Description`: expected one line')])
  })

  it('never quotes a private key back', () => {
    const key = '"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA"'
    for (const text of [key, key.slice(0, -1), `x${key}`]) {
      const problems = problemsOf(replace('assets.csv', /ssh-ed25519 [^;]*/, text))
      expect(problems.length).toBeGreaterThan(0)
      expect(JSON.stringify(problems)).not.toContain('b3BlbnNza')
    }
  })

  it('stops reading a table that is another one', () => {
    const text = `${(smallFiles().get('assets.csv') ?? '').split('\n')[0]}\n${'x\n'.repeat(30_000)}`
    const problems = problemsOf((files) => void files.set('assets.csv', text))
    expect(problems.at(-1)?.reason).toBe('501 more problems are not listed')
    expect(problems.filter(({ reason }) => reason.includes('unknown asset'))).toEqual([])
  })

  it('takes twenty thousand rows', () => {
    const [header = '', row = ''] = (smallFiles().get('assets.csv') ?? '').split('\n')
    const rows = Array.from({ length: 20_000 }, (_, i) =>
      row.replace('ews-5', `ews-5-${i}`).replace('192.0.2.15', `10.1.${i >> 8}.${i & 255}`),
    )
    const bundle = smallBundle({ 'assets.csv': () => [header, ...rows].join('\n') })
    expect(bundle.assets.size).toBe(20_008)
  })
})

describe('parseTable on anything', () => {
  const files = smallFiles()
  const table = files.get('assets.csv') ?? ''
  const mappingText = files.get('assets.mapping.yaml') ?? ''
  const soup = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.constantFrom('"', ';', ',', '\n', '\r\n', 'Asset', '\ufeff', 'x', '""', '\t'))
      .map((parts) => parts.join('')),
    fc.uint8Array().map((bytes) => new TextDecoder().decode(bytes)),
  )
  const mutated = (text: string) =>
    fc
      .tuple(fc.nat(text.length), fc.nat(40), soup)
      .map(([at, cut, more]) => text.slice(0, at) + more + text.slice(at + cut))

  it('never throws: a table gives assets, or problems', () => {
    const reading = new Reading()
    const document = readDocument('assets.mapping.yaml', mappingText, reading.problems)
    const mapping = document && parseMapping(document, reading)
    if (mapping === null) throw new Error('the mapping of the small bundle is good')
    fc.assert(
      fc.property(fc.oneof(soup, mutated(table)), (text) => {
        const fresh = new Reading()
        const assets = parseTable(text, mapping, fresh)
        if (assets === null) expect(fresh.problems.isEmpty).toBe(false)
      }),
      { numRuns: 300 },
    )
  })

  it('never throws: a mapping gives fields, or problems', () => {
    fc.assert(
      fc.property(fc.oneof(soup, mutated(mappingText)), (text) => {
        const fresh = new Reading()
        const document = readDocument('assets.mapping.yaml', text, fresh.problems)
        const mapping = document && parseMapping(document, fresh)
        if (mapping === null) expect(fresh.problems.isEmpty).toBe(false)
      }),
      { numRuns: 300 },
    )
  })

  it('never throws: a bundle with both spoilt is good or has problems', () => {
    fc.assert(
      fc.property(mutated(table), mutated(mappingText), (csv, mapping) => {
        const parsed = parseBundle(new Map([...files, ['assets.csv', csv], ['assets.mapping.yaml', mapping]]))
        if (parsed.kind === 'invalid') expect(parsed.problems.length).toBeGreaterThan(0)
        else expect(parsed.bundle.assets.size).toBeGreaterThanOrEqual(8)
      }),
      { numRuns: 30 },
    )
  })
})

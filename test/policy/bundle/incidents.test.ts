// The incidents part of register.yaml: what is refused, and what people read then.

import { describe, expect, it } from 'vitest'
import { parseBundle } from '../../../policy/bundle/parse.ts'
import { smallFiles } from './small-bundle.ts'
import { append, expectProblem, type Spoilt } from './spoilt.ts'

const file = 'register.yaml'
const report = '{ id: a, title: A, basis: law, hours: 24, from: high, plants: [north] }'
const rules = (reports: string): string =>
  `incidents:\n  containMinutes: 60\n  correctiveFrom: high\n  reports:\n    - ${reports}\n`

const spoilt: readonly Spoilt[] = [
  [
    'a plant that is not declared',
    append(file, rules(report.replace('north', 'nort'))),
    file,
    'incidents.reports[0].plants[0]',
    'nort',
  ],
  ['two reports of one id', append(file, rules(`${report}\n    - ${report}`)), file, 'incidents.reports[1].id', 'a'],
  [
    'no time at all',
    append(file, rules(report.replace('24', '0'))),
    file,
    'incidents.reports[0].hours',
    'expected a whole number from 1 to',
  ],
  [
    'an unknown severity',
    append(file, rules(report.replace('high', 'hihg'))),
    file,
    'incidents.reports[0].from',
    'got `hihg`',
  ],
  [
    'a major change by nothing',
    append(file, 'committee: { above: high, changes: {} }\n'),
    file,
    'committee.changes',
    'names no threshold: expected `safetyTouches`, `assetsMoved` or both',
  ],
]

describe('incidents in register.yaml', () => {
  it.each(spoilt)('%s is refused, saying where and why', (_, change, at, path, reason) => {
    expectProblem(change, at, path, reason)
  })

  it('are read, and owe nothing where they are left out', () => {
    const files = smallFiles()
    const plain = parseBundle(files)
    expect(plain.kind === 'ok' && plain.bundle.register.incidents).toEqual({
      containMinutes: null,
      correctiveFrom: null,
      reports: [],
    })
    append(file, rules(report))(files)
    const read = parseBundle(files)
    expect(read.kind === 'ok' && read.bundle.register.incidents).toMatchObject({
      containMinutes: 60,
      correctiveFrom: 'high',
      reports: [{ id: 'a', hours: 24, from: 'high', plants: ['north'] }],
    })
  })
})

// files.yaml as a plant writes it, the features and variables of an endpoint, and what is wrong with what it cannot have
// meant.

import { describe, expect, it } from 'vitest'
import { showProblem } from '../../../policy/bundle/problem.ts'
import { diffBundles } from '../../../policy/diff/diff.ts'
import { describeDiff } from '../../../policy/diff/words.ts'
import type { AssetId } from '../../../policy/ids.ts'
import { smallBundle } from './small-bundle.ts'
import { append, expectProblem, expectWarning, problemsOf, replace, warningsOf, type Spoilt } from './spoilt.ts'

const file = 'files.yaml'
const rule = (text: string) => append(file, `  - { id: more, text: More of it., ${text} }\n`)
const more = 'rules[2]'
const endpoint = 'assets[0].endpoints[0]'
const features = (text: string) => replace('assets.yaml', 'features: [terminal, command, sftp]', text)
const machine = (files: string) =>
  append(
    'access.yaml',
    `machines:\n  - { login: svc-mes, text: Reads counters., commands: [uptime], files: ${files} }\n`,
  )

const spoilt: readonly Spoilt[] = [
  ['a key that is none', rule('allow: [list], paths: [/a], uploads: pass'), file, `${more}.uploads`, 'upload'],
  ['a rule without paths', rule('allow: [list]'), file, `${more}.paths`, 'missing'],
  ['a rule about no path', rule('allow: [list], paths: []'), file, `${more}.paths`, 'at least one'],
  ['a relative path', rule('allow: [list], paths: [opt]'), file, `${more}.paths[0]`, 'beginning with `/`'],
  ['a path upwards', rule('allow: [list], paths: [/a/../b]'), file, `${more}.paths[0]`, 'no `..`'],
  ['a star too many', rule("allow: [list], paths: ['/a/b**']"), file, `${more}.paths[0]`, 'write `*` inside a name'],
  ['a rule that says nothing', rule('paths: [/a]'), file, more, 'in `allow` or `deny`'],
  ['a switch that is none', rule('allow: [reed], paths: [/a]'), file, `${more}.allow[0]`, 'did you mean `read`?'],
  ['a switch twice', rule('allow: [list, list], paths: [/a]'), file, `${more}.allow[1]`, 'duplicate `list`'],
  [
    'writing without saying how it crosses',
    rule('allow: [write], paths: [/a]'),
    file,
    more,
    'allows `write` without `upload`: expected how content crosses, `pass`, `scan` or `release`',
  ],
  ['reading without it', rule('allow: [read], paths: [/a]'), file, more, 'without `download`'],
  [
    'a crossing of nothing',
    rule('allow: [list], paths: [/a], download: pass'),
    file,
    `${more}.download`,
    'does not allow `read`',
  ],
  ['a crossing that is none', rule('allow: [read], paths: [/a], download: fly'), file, `${more}.download`, '`pass`'],
  [
    'those who bring releasing it themselves',
    rule('allow: [write], paths: [/a], upload: release, releasedBy: [vendor]'),
    file,
    `${more}.releasedBy[0]`,
    'expected',
  ],
  ['nothing at most', rule('allow: [list], paths: [/a], largestMegabytes: 0'), file, `${more}.largestMegabytes`, ''],
  [
    'a class nobody declared',
    rule('allow: [list], paths: [/a], retention: drawing'),
    file,
    `${more}.retention`,
    'did you mean `drawings`?',
  ],
  ['an asset nobody declared', rule('allow: [list], paths: [/a], assets: [ews-9]'), file, `${more}.assets[0]`, 'ews-9'],
  ['a supplier nobody declared', rule('deny: [list], paths: [/a], suppliers: [x]'), file, `${more}.suppliers[0]`, ''],
  ['a feature that is none', features('features: [sfpt]'), 'assets.yaml', `${endpoint}.features[0]`, 'got `sfpt`'],
  ['no feature', features('features: []'), 'assets.yaml', `${endpoint}.features`, 'at least one'],
  ['a feature twice', features('features: [sftp, sftp]'), 'assets.yaml', `${endpoint}.features[1]`, 'duplicate'],
  [
    'a variable that is none',
    replace('assets.yaml', 'LC_*', 'L*C'),
    'assets.yaml',
    `${endpoint}.environment[1]`,
    'with `*` at its end only',
  ],
  [
    'a variable that runs code',
    replace('assets.yaml', 'LC_*', 'LD_*'),
    'assets.yaml',
    `${endpoint}.environment[1]`,
    'runs code on the target',
  ],
  [
    'too many variables',
    replace('assets.yaml', '[LANG, LC_*, TZ]', `[${Array.from({ length: 33 }, (_, i) => `V${i}`).join(', ')}]`),
    'assets.yaml',
    `${endpoint}.environment`,
    'at most 32',
  ],
  [
    'a machine given files nowhere',
    machine('{ allow: [read], paths: [] }'),
    'access.yaml',
    'machines[0].files.paths',
    'at least one',
  ],
  [
    'a machine given nothing of files',
    machine('{ allow: [], paths: [/a] }'),
    'access.yaml',
    'machines[0].files.allow',
    'without files, leave it out',
  ],
]

describe('files.yaml', () => {
  it.each(spoilt)('reports %s', (_name, change, at, path, reason) => {
    expectProblem(change, at, path, reason)
  })

  it('reports a rule declared twice', () => {
    const twice = append(file, '  - { id: keys-stay, text: Again., paths: [/a], deny: [read] }\n')
    expectProblem(twice, file, `${more}.id`, 'duplicate file rule `keys-stay`')
  })

  it('reads rules as they are written, and says what holds where nothing is said', () => {
    const [first, second] = smallBundle().files
    expect(first).toEqual({
      id: 'drive-parameters',
      text: 'Parameters of drives, brought by who maintains them.',
      plants: ['north'],
      assets: ['ews-1'],
      types: ['engineering-workstation'],
      labels: ['drives'],
      suppliers: ['acme-drives'],
      paths: ['/opt/drives/**', '/home/service/*.par'],
      allow: ['list', 'read', 'write'],
      deny: [],
      upload: 'release',
      download: 'scan',
      withoutVerdict: 'refuse',
      releasedBy: ['approver', 'safety-engineer'],
      declaredOnly: true,
      largest: 200 * 1_048_576,
      retention: 'standard',
    })
    expect(second).toMatchObject({
      allow: [],
      deny: ['read', 'write', 'delete'],
      withoutVerdict: 'hold',
      releasedBy: ['approver'],
      declaredOnly: false,
      retention: null,
    })
  })

  it('may be missing: then no rule lets any file cross, and an endpoint open for files is warned of', () => {
    const without = (files: Map<string, string>): void => void files.delete(file)
    expectWarning(without, 'assets.yaml', 'assets[0].endpoints', 'asset `ews-1` is open for `sftp`')
    expect(problemsOf(without)).toEqual([])
  })

  it('warns of words that match nothing, and of a rule that no file ever meets', () => {
    const about = (text: string) => warningsOf(rule(`allow: [list], paths: [/a], ${text}`)).map(showProblem)
    expect(about('labels: [drive]')).toEqual([
      expect.stringContaining('rule `more` is about no asset that is open for files'),
      expect.stringContaining('did you mean `drives`?'),
    ])
    expect(about('assets: [ews-2]')).toEqual([expect.stringContaining('is about no asset that is open for files')])
    expect(about('assets: [ews-1]')).toEqual([])
  })

  it('gives a machine account files', () => {
    const bundle = smallBundle({
      'access.yaml': (text) =>
        `${text}\nmachines:\n  - { login: svc-mes, text: Reads., commands: [uptime], files: { allow: [list, read], paths: [/srv/**] } }\n`,
    })
    expect(bundle.access.machines[0]?.files).toEqual({ allow: ['list', 'read'], paths: ['/srv/**'] })
  })

  it('has features and variables of an endpoint from the list and from a table, and none where nothing is said', () => {
    expect(smallBundle().assets.get('ews-1' as AssetId)?.endpoints[0]).toMatchObject({
      features: ['terminal', 'command', 'sftp'],
      environment: ['LANG', 'LC_*', 'TZ'],
    })
    const tabled = (more: string) =>
      smallBundle({ 'assets.mapping.yaml': (text) => `${text}\n${more}` }).assets.get('ews-5' as AssetId)?.endpoints[0]
    expect(tabled('')).not.toHaveProperty('features')
    const both = '  endpoint.features: { constant: [command, scp] }\n  endpoint.environment: { constant: [TZ] }\n'
    expect(tabled(both)).toMatchObject({ features: ['command', 'scp'], environment: ['TZ'] })
    const column = '{ column: Line, listSeparator: "|", values: { line-5: sftp } }'
    expect(tabled(`  endpoint.features: ${column}\n`)).toMatchObject({ features: ['sftp'] })
  })

  it('is told in the difference of two bundles, with what it does to access', () => {
    const changes = (change: (text: string) => string) =>
      describeDiff(diffBundles(smallBundle(), smallBundle({ [file]: change }))).map(({ title, lines }) => [
        title,
        ...lines,
      ])
    expect(changes((text) => text.replace('upload: release', 'upload: pass'))).toEqual([
      ['gives access', 'rule of files drive-parameters changed: upload from release to pass'],
    ])
    expect(changes((text) => text.replace('download: scan', 'download: release'))).toEqual([
      ['takes access away', 'rule of files drive-parameters changed: download from scan to release'],
    ])
    expect(
      changes((text) => text.replace('deny: [read, write, delete]', 'deny: [read, write, delete, rename]'))[0]?.[0],
    ).toBe('takes access away')
    expect(changes((text) => text.slice(0, text.indexOf('  - id: keys-stay')))).toEqual([
      ['gives access', 'rule of files keys-stay removed'],
    ])
    expect(changes((text) => text.replace('Keys stay as they are.', 'Keys stay.'))[0]?.[0]).toBe(
      'does not touch access',
    )
  })
})

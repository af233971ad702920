// Files and YAML: what is no bundle by its form.

import { describe, it } from 'vitest'
import { append, expectProblem, replace, type Spoilt } from './spoilt.ts'

const spoilt: readonly Spoilt[] = [
  ['a missing file', (files) => void files.delete('zones.yaml'), 'zones.yaml', '', 'missing file'],
  [
    'a file nobody expects',
    (files) => void files.set('asset.yaml', ''),
    'asset.yaml',
    '',
    'unexpected file: did you mean `assets.yaml`?',
  ],
  [
    'a path out of the folder',
    (files) => void files.set('policies/../x.cedar', ''),
    'policies/../x.cedar',
    '',
    'unexpected file',
  ],
  [
    'text that was no utf-8',
    (files) => void files.set('scope.yaml', 'version: \ufffd'),
    'scope.yaml',
    '',
    'expected utf-8 text',
  ],
  ['yaml that is none', (files) => void files.set('scope.yaml', 'version: [1, 2'), 'scope.yaml', '', 'not valid yaml'],
  ['an empty file', (files) => void files.set('scope.yaml', ''), 'scope.yaml', '', 'expected a map with `version`'],
  ['two documents in a file', append('suppliers.yaml', '---\nsuppliers: []'), 'suppliers.yaml', '', 'not valid yaml'],
  [
    'a key written twice',
    append('suppliers.yaml', 'suppliers: []'),
    'suppliers.yaml',
    'suppliers',
    'key `suppliers` is written twice',
  ],
  [
    'an alias',
    replace('scope.yaml', 'name: Plant North', 'name: &n Plant North\n    timeZone: *n'),
    'scope.yaml',
    'plants[0].timeZone',
    'aliases are not accepted',
  ],
  [
    'an alias where it would be unique',
    replace('scope.yaml', 'include:', 'more: &a [x]\ninclude: *a\ninclud:'),
    'scope.yaml',
    'include',
    'aliases are not accepted',
  ],
  [
    'an unknown tag',
    replace('scope.yaml', 'version: 2026-1', 'version: !!js/function "x"'),
    'scope.yaml',
    '',
    'not valid yaml',
  ],
  [
    'a known tag',
    replace('scope.yaml', 'version: 2026-1', 'version: !!str 2026-1'),
    'scope.yaml',
    'version',
    'tags are not accepted',
  ],
  [
    'an unknown key',
    replace('assets.yaml', 'criticality: medium', 'critcality: medium'),
    'assets.yaml',
    'assets[0].critcality',
    'did you mean `criticality`?',
  ],
  [
    'a missing key',
    replace('assets.yaml', '    owner: Automation lead\n', ''),
    'assets.yaml',
    'assets[0].owner',
    'missing: expected `owner`',
  ],
  [
    'a number for a text',
    replace('scope.yaml', 'version: 2026-1', 'version: 2026'),
    'scope.yaml',
    'version',
    'expected a text, got the number `2026`: write it in quotes',
  ],
  [
    'a text for a number',
    replace('assets.yaml', 'port: 2201', 'port: "2201"'),
    'assets.yaml',
    'assets[0].endpoints[0].port',
    'got `2201`: write it without quotes',
  ],
  [
    'a port that is none',
    replace('assets.yaml', 'port: 2201', 'port: 70000'),
    'assets.yaml',
    'assets[0].endpoints[0].port',
    'from 1 to 65535, got the number `70000`',
  ],
  [
    'a list for a text',
    replace('scope.yaml', 'version: 2026-1', 'version: [1]'),
    'scope.yaml',
    'version',
    'expected a text, got a list',
  ],
  [
    'a text for a list',
    replace('assets.yaml', 'labels: [drives, line-1]', 'labels: drives'),
    'assets.yaml',
    'assets[0].labels',
    'expected a list, got `drives`',
  ],
  [
    'yes for true',
    replace('zones.yaml', 'gateway: true', 'gateway: yes'),
    'zones.yaml',
    'zones[0].gateway',
    'expected true or false, got `yes`',
  ],
  [
    'a level that is none',
    replace('zones.yaml', 'level: 3\n', 'level: 6\n'),
    'zones.yaml',
    'zones[1].level',
    'got the number `6`',
  ],
  [
    'an empty name',
    replace('zones.yaml', 'name: North, operations', 'name: " "'),
    'zones.yaml',
    'zones[1].name',
    'got an empty one',
  ],
  [
    'a name that drives a terminal',
    replace('zones.yaml', 'name: North, operations', 'name: "a\\e[2Jb"'),
    'zones.yaml',
    'zones[1].name',
    'control characters',
  ],
  [
    'a name that reads backwards',
    replace('zones.yaml', 'name: North, operations', 'name: "a\u202eb"'),
    'zones.yaml',
    'zones[1].name',
    'control characters',
  ],
]

describe('a bundle by its form', () => {
  it.each(spoilt)('%s is refused, saying where and why', (_, change, file, path, reason) => {
    expectProblem(change, file, path, reason)
  })
})

// scope.yaml beyond its rules: phases, shared services, controlled labels and places.

import { describe, expect, it } from 'vitest'
import { expectProblem, expectWarning, replace, warningsOf, type Spoilt } from './spoilt.ts'

const spoilt: readonly Spoilt[] = [
  [
    'walkdowns less than once a year',
    replace('scope.yaml', 'sharedServices', 'confirmEveryDays: 400\nsharedServices'),
    'scope.yaml',
    'confirmEveryDays',
    'expected a whole number from 1 to 366, got the number `400`',
  ],
  [
    'a plant whose baseline has no name',
    replace('scope.yaml', 'maxWindowMinutes: 240', "maxWindowMinutes: 240\n    baseline: ''"),
    'scope.yaml',
    'plants[1].baseline',
    'expected a text, got an empty one',
  ],
  [
    'a shared service that carries sessions perhaps',
    replace('scope.yaml', 'inScope: true', 'inScope: true\n    carriesSessions: sometimes'),
    'scope.yaml',
    'sharedServices[1].carriesSessions',
    'expected true or false, got `sometimes`',
  ],
  [
    'a scope without a justification',
    replace('scope.yaml', /justification: >\n.*\n.*\n/, ''),
    'scope.yaml',
    'justification',
    'missing: expected `justification`',
  ],
  [
    'a scope without phases',
    replace('scope.yaml', /phases:[\s\S]*?\nsharedServices/, 'sharedServices'),
    'scope.yaml',
    'phases',
    'missing: expected `phases`',
  ],
  [
    'a phase that is none',
    replace('scope.yaml', 'phase: 3', 'phase: 4'),
    'scope.yaml',
    'phases[2].phase',
    'expected `1`, `2` or `3`, got the number `4`',
  ],
  [
    'a phase declared twice',
    replace('scope.yaml', 'phase: 2', 'phase: 1'),
    'scope.yaml',
    'phases[1].phase',
    'duplicate phase `1`: first declared at scope.yaml:',
  ],
  [
    'a type behind two gates',
    replace('scope.yaml', 'types: [historian]', 'types: [historian, plc]'),
    'scope.yaml',
    'phases[2].types[1]',
    'duplicate type of a phase `plc`',
  ],
  [
    'a phase without criteria',
    replace('scope.yaml', /criteria:\n.*phase 1 ran.*\n/, 'criteria: []\n'),
    'scope.yaml',
    'phases[1].criteria',
    'at least one entry',
  ],
  [
    'a phase opened although a criterion is not met',
    replace(
      'scope.yaml',
      'plannedFor: 2027-03-15',
      'plannedFor: 2027-03-15\n    opened: { on: 2025-03-17, by: ISMS manager }',
    ),
    'scope.yaml',
    'phases[2].opened',
    'although a criterion is not met: `the drill of ending sessions was passed on every line`',
  ],
  [
    'a phase opened before its criterion was met',
    replace('scope.yaml', 'opened: { on: 2025-02-20', 'opened: { on: 2025-02-01'),
    'scope.yaml',
    'phases[1].opened',
    'a criterion was met on `2025-02-17` only',
  ],
  [
    'a phase opened by nobody',
    replace('scope.yaml', 'opened: { on: 2025-02-20, by: ISMS manager }', 'opened: { on: 2025-02-20 }'),
    'scope.yaml',
    'phases[1].opened.by',
    'missing: expected `by`',
  ],
  [
    'a service out of scope whose risk nobody names',
    replace('scope.yaml', '    risk: R-02\n', ''),
    'scope.yaml',
    'sharedServices[0].inScope',
    'plant `north` is in scope and uses `directory`, which is not: expected `risk`',
  ],
  [
    'a service out of scope that nothing stands in for',
    replace('scope.yaml', '    compensating: [GW-AUT-03]\n', ''),
    'scope.yaml',
    'sharedServices[0].inScope',
    'expected `compensating`: say which',
  ],
  [
    'a service with an undeclared risk',
    replace('scope.yaml', 'risk: R-02', 'risk: R-22'),
    'scope.yaml',
    'sharedServices[0].risk',
    'unknown risk `R-22`',
  ],
  [
    'a service of an undeclared plant',
    replace('scope.yaml', 'plants: [north, south]', 'plants: [north, sout]'),
    'scope.yaml',
    'sharedServices[0].plants[1]',
    'did you mean `south`?',
  ],
  [
    'a service that is an undeclared asset',
    replace('scope.yaml', 'asset: hist-1', 'asset: hist-9'),
    'scope.yaml',
    'sharedServices[1].asset',
    'unknown asset `hist-9`',
  ],
  [
    'an inherited control that is not in the catalogue',
    replace('scope.yaml', '[GW-AUT-01]', '[GW-AUT-99]'),
    'scope.yaml',
    'sharedServices[0].inheritedControls[0]',
    'unknown control `GW-AUT-99`',
  ],
  [
    'a compensating control that is not in the register',
    replace('register.yaml', /.*control: GW-AUT-03.*\n/, ''),
    'scope.yaml',
    'sharedServices[0].compensating[0]',
    'unknown control `GW-AUT-03`',
  ],
  [
    'a controlled label declared twice',
    replace(
      'scope.yaml',
      'controlledLabels:\n',
      'controlledLabels:\n  - { label: process-data, countries: [DE], reason: x }\n',
    ),
    'scope.yaml',
    'controlledLabels[1].label',
    'duplicate controlled label',
  ],
  [
    'a controlled label for no country',
    replace('scope.yaml', 'countries: [DE, ES]', 'countries: []'),
    'scope.yaml',
    'controlledLabels[0].countries',
    'at least one entry',
  ],
  [
    'a country that is none',
    replace('scope.yaml', 'countries: [DE, ES]', 'countries: [Germany]'),
    'scope.yaml',
    'controlledLabels[0].countries[0]',
    'expected a country as iso 3166 writes it',
  ],
  [
    'a country in small letters',
    replace('scope.yaml', 'country: DE', 'country: de'),
    'scope.yaml',
    'places[0].country',
    'write `DE`',
  ],
  [
    'a network that is none',
    replace('scope.yaml', '192.0.2.0/24', '192.0.2.0/33'),
    'scope.yaml',
    'places[0].networks[0]',
    'expected a network',
  ],
  [
    'an address for a network',
    replace('scope.yaml', '192.0.2.0/24', '192.0.2.7'),
    'scope.yaml',
    'places[0].networks[0]',
    'write `192.0.2.7/32` for this one address',
  ],
]

describe('a bundle by its scope', () => {
  it.each(spoilt)('%s is refused, saying where and why', (_, change, file, path, reason) => {
    expectProblem(change, file, path, reason)
  })

  const warnings: readonly Spoilt[] = [
    [
      'rules that disagree about an asset',
      replace(
        'scope.yaml',
        'exclude:\n',
        `exclude:\n  - { id: no-line-3, plant: north, labels: [line-3], reason: x }\n`,
      ),
      'scope.yaml',
      'exclude[0].id',
      'asset `hmi-3`: `north-control` includes and `no-line-3` excludes: the exclusion holds',
    ],
    [
      'rules that disagree about many assets',
      replace('scope.yaml', 'exclude:\n', `exclude:\n  - { id: no-plc, plant: north, types: [plc], reason: x }\n`),
      'scope.yaml',
      'exclude[0].id',
      'asset `plc-7` and 1 more: `north-control` includes and `no-plc` excludes',
    ],
    [
      'a scope rule about a type no asset has',
      replace('scope.yaml', 'types: [plc, hmi, safety-controller]', 'types: [plc, hmi, safety-controller, histrian]'),
      'scope.yaml',
      'include[1].types',
      'no asset has the type `histrian`: did you mean `historian`?',
    ],
    [
      'a controlled label no asset has',
      replace('scope.yaml', 'label: process-data', 'label: proces-data'),
      'scope.yaml',
      'controlledLabels[0].label',
      'did you mean `process-data`?',
    ],
    [
      'a type behind no gate',
      replace('scope.yaml', 'types: [hmi, plc, camera, safety-controller]', 'types: [hmi, camera, safety-controller]'),
      'assets.yaml',
      'assets[4].type',
      'asset `plc-7` and 1 more: type `plc` is in no phase of scope.yaml: it is closed',
    ],
    [
      'a service in scope whose asset is not',
      replace('scope.yaml', 'asset: hist-1', 'asset: south-ews-1'),
      'scope.yaml',
      'sharedServices[1].inScope',
      'says `inScope: true`, and scope rule `south-entirely` says `out` of its asset `south-ews-1`',
    ],
  ]
  it.each(warnings)('%s is warned of, and the stricter reading holds', (_, change, file, path, reason) => {
    expectWarning(change, file, path, reason)
  })

  it('has two rules include one asset without a warning', () => {
    const rule = '  - { id: again, plant: north, reason: x }\n'
    expect(warningsOf(replace('scope.yaml', 'include:\n', `include:\n${rule}`))).toEqual([])
  })

  it('lets a plant out of scope lean on what it likes', () => {
    const files = replace('scope.yaml', /    plants: \[north, south\]\n(.*\n.*\n).*\n.*\n/, '    plants: [south]\n$1')
    expect(warningsOf(files)).toEqual([])
  })
})

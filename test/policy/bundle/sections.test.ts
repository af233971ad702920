// Zones, suppliers, scope rules and register: what a bundle must not say.

import { describe, it } from 'vitest'
import { expectProblem, replace, type Spoilt } from './spoilt.ts'

const spoilt: readonly Spoilt[] = [
  [
    'a zone declared twice',
    replace('zones.yaml', 'id: south-operations', 'id: south-dmz'),
    'zones.yaml',
    'zones[4].id',
    'duplicate zone',
  ],
  [
    'a zone in an undeclared plant',
    replace('zones.yaml', 'plant: north', 'plant: west'),
    'zones.yaml',
    'zones[0].plant',
    'unknown plant `west`',
  ],
  [
    'a conduit to an undeclared zone',
    replace('zones.yaml', 'to: north-operations', 'to: nowhere'),
    'zones.yaml',
    'conduits[0].to',
    'unknown zone `nowhere`: declare it',
  ],
  [
    'a conduit from a zone to itself',
    replace(
      'zones.yaml',
      'from: north-dmz\n    to: north-operations',
      'from: north-operations\n    to: north-operations',
    ),
    'zones.yaml',
    'conduits[0].to',
    'expected another zone',
  ],
  [
    'a conduit without protocols',
    replace('zones.yaml', 'protocols: [ssh]', 'protocols: []'),
    'zones.yaml',
    'conduits[0].protocols',
    'at least one entry',
  ],
  [
    'a protocol nobody brokers',
    replace('zones.yaml', 'protocols: [ssh]', 'protocols: [telnett]'),
    'zones.yaml',
    'conduits[0].protocols[0]',
    'did you mean `telnet`?',
  ],
  [
    'a plant with two gateway zones',
    replace('zones.yaml', 'level: 3\n', 'level: 3\n    gateway: true\n'),
    'zones.yaml',
    'zones',
    'got `north-dmz` and `north-operations`',
  ],
  [
    'a plant without a gateway zone',
    replace('zones.yaml', 'gateway: true', 'gateway: false'),
    'zones.yaml',
    'zones',
    'got none',
  ],
  [
    'a day that does not exist',
    replace('zones.yaml', 'reviewBy: 2035-12-31', 'reviewBy: 2035-02-29'),
    'zones.yaml',
    'conduits[0].reviewBy',
    'a day that exists',
  ],
  [
    'a day in another form',
    replace('zones.yaml', 'reviewBy: 2035-12-31', 'reviewBy: 2035/1/5'),
    'zones.yaml',
    'conduits[0].reviewBy',
    'write `2035-01-05`',
  ],
  [
    'a time zone that is none',
    replace('scope.yaml', 'Europe/Berlin', 'Europe/Berln'),
    'scope.yaml',
    'plants[0].timeZone',
    'did you mean `Europe/Berlin`?',
  ],
  [
    'an offset for a time zone',
    replace('scope.yaml', 'Europe/Berlin', '"+01:00"'),
    'scope.yaml',
    'plants[0].timeZone',
    'expected an iana time zone',
  ],
  [
    'a longest window of no length',
    replace('scope.yaml', 'maxWindowMinutes: 480', 'maxWindowMinutes: 0'),
    'scope.yaml',
    'plants[0].maxWindowMinutes',
    'from 1 to',
  ],
  [
    'a scope rule for an undeclared asset',
    replace('scope.yaml', 'plant: south\n    reason', 'plant: south\n    assets: [south-ews-7]\n    reason'),
    'scope.yaml',
    'exclude[0].assets[0]',
    'did you mean `south-ews-1`?',
  ],
  [
    'a scope rule with an empty criterion',
    replace('scope.yaml', 'types: [plc, hmi, safety-controller]', 'types: []'),
    'scope.yaml',
    'include[1].types',
    'at least one entry',
  ],
  [
    'a scope rule without a reason',
    replace('scope.yaml', '    reason: process control of lines 1 to 3, phase 3\n', ''),
    'scope.yaml',
    'include[1].reason',
    'missing',
  ],
  [
    'a contract that ends before it begins',
    replace('suppliers.yaml', 'until: 2035-12-31', 'until: 2023-12-31'),
    'suppliers.yaml',
    'suppliers[0].contract.until',
    '`2024-01-01` or later',
  ],
  [
    'a control that is not in the catalogue',
    replace('register.yaml', 'control: GW-SCP-01', 'control: GW-SPC-01'),
    'register.yaml',
    'controls[0].control',
    'did you mean `GW-SCP-01`?',
  ],
  [
    'a control with two owners',
    replace('register.yaml', 'control: GW-ACC-01', 'control: GW-SCP-01'),
    'register.yaml',
    'controls[1].control',
    'duplicate control',
  ],
  [
    'a risk nobody declared',
    replace('register.yaml', 'risks: [R-01]', 'risks: [R-99]'),
    'register.yaml',
    'controls[0].risks[0]',
    'unknown risk',
  ],
  [
    'a risk without an owner',
    replace('register.yaml', 'risks:\n', 'risks:\n  - { id: R-09, title: Flood }\n'),
    'register.yaml',
    'risks[0].owner',
    'missing',
  ],
]

describe('a bundle by what it declares', () => {
  it.each(spoilt)('%s is refused, saying where and why', (_, change, file, path, reason) => {
    expectProblem(change, file, path, reason)
  })
})

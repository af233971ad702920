// Conduits and the boundaries they cross: what may be declared, and what nobody can declare.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundaryBetween, reachesDown } from '../../../policy/bundle/crossings.ts'
import type { PlantId, ZoneId } from '../../../policy/ids.ts'
import { purdueLevels, type PurdueLevel, type Zone } from '../../../policy/model.ts'
import { expectProblem, expectWarning, problemsOf, replace, type Change, type Spoilt } from './spoilt.ts'

const extra = (from: string, to: string, direction = 'forward'): Change =>
  replace(
    'zones.yaml',
    // After the last conduit.
    /(?=\n(?:#[^\n]*\n)*interfaces:)/,
    `
  - id: extra
    from: ${from}
    to: ${to}
    direction: ${direction}
    protocols: [ssh]
    operationClass: observe
    owner: Automation lead
    reason: an extra one
    reviewBy: 2035-12-31
`,
  )

/** A zone below the boundary of control, and that boundary. */
const cell: Change = (files) => {
  replace(
    'zones.yaml',
    'zones:\n',
    'zones:\n  - { id: north-cell, plant: north, name: Cell 1, level: 1, owner: Automation lead }\n',
  )(files)
  replace(
    'zones.yaml',
    'boundaries:\n',
    'boundaries:\n  - { profile: L2-L1, plant: north, owner: Automation lead, reason: below it nothing is touched }\n',
  )(files)
}

const spoilt: readonly Spoilt[] = [
  [
    'a conduit across an undeclared boundary',
    replace('zones.yaml', /.*profile: L3-L2.*\n/, ''),
    'zones.yaml',
    'conduits[1].to',
    'crosses boundary `L3-L2` of plant `north`, which is not declared: add it to `boundaries`',
  ],
  [
    'a conduit across the lowest of its boundaries',
    replace('zones.yaml', /.*profile: L4-L3, plant: south.*\n/, ''),
    'zones.yaml',
    'conduits[2].to',
    'crosses boundary `L4-L3` of plant `south`',
  ],
  [
    'a conduit to another plant without the boundary of either',
    extra('north-dmz', 'south-dmz'),
    'zones.yaml',
    'conduits[3].to',
    'crosses boundary `site` of plant `south`, which is not declared',
  ],
  [
    'a conduit down into control',
    replace('zones.yaml', 'level: 2\n', 'level: 1\n'),
    'zones.yaml',
    'conduits[1].to',
    'leads from level 3.5 (`north-dmz`) to level 1 (`north-control`): nothing goes down into control',
  ],
  [
    'a conduit up from control that may be opened both ways',
    (files) => {
      cell(files)
      extra('north-cell', 'north-control', 'both')(files)
    },
    'zones.yaml',
    'conduits[3].direction',
    'may be opened from level 2 (`north-control`) to level 1 (`north-cell`): nothing goes down into control across `L2-L1`, whoever approves: write `direction: forward`',
  ],
  [
    'a boundary declared twice',
    replace('zones.yaml', 'profile: L3-L2, plant: north', 'profile: L4-L3, plant: north'),
    'zones.yaml',
    'boundaries[1].profile',
    'duplicate boundary `L4-L3 of north`',
  ],
  [
    'a boundary that is none',
    replace('zones.yaml', 'profile: L3-L2', 'profile: L3-L1'),
    'zones.yaml',
    'boundaries[1].profile',
    'expected `L4-L3`, `L3-L2`, `L2-L1` or `site`',
  ],
  [
    'a boundary of an undeclared plant',
    replace('zones.yaml', 'profile: L3-L2, plant: north', 'profile: L3-L2, plant: nort'),
    'zones.yaml',
    'boundaries[1].plant',
    'did you mean `north`?',
  ],
  [
    'a boundary without an owner',
    replace('zones.yaml', 'profile: L3-L2, plant: north, owner: Automation lead', 'profile: L3-L2, plant: north'),
    'zones.yaml',
    'boundaries[1].owner',
    'missing',
  ],
  [
    'a direction that is none',
    replace('zones.yaml', 'direction: forward', 'direction: backward'),
    'zones.yaml',
    'conduits[0].direction',
    'expected `forward` or `both`',
  ],
  [
    'an operation class that is none',
    replace('zones.yaml', 'operationClass: engineer', 'operationClass: engineering'),
    'zones.yaml',
    'conduits[0].operationClass',
    'did you mean `engineer`?',
  ],
]

describe('a bundle by its crossings', () => {
  it.each(spoilt)('%s is refused, saying where and why', (_, change, file, path, reason) => {
    expectProblem(change, file, path, reason)
  })

  it('warns of a conduit nobody answers for, which is closed', () => {
    const change = replace('zones.yaml', /    owner: OT security lead\n    reason: brokered/, '    reason: brokered')
    expectWarning(change, 'zones.yaml', 'conduits[0].owner', 'conduit without an owner: it is closed')
  })

  it('takes a conduit up from control into a higher zone', () => {
    const upward: Change = (files) => {
      cell(files)
      extra('north-cell', 'north-control')(files)
    }
    expect(problemsOf(upward)).toEqual([])
  })

  it('takes a conduit between two plants when both declare the boundary', () => {
    const between: Change = (files) => {
      extra('north-dmz', 'south-dmz')(files)
      const site = (plant: string): string =>
        `  - { profile: site, plant: ${plant}, owner: OT security lead, reason: x }\n`
      replace('zones.yaml', 'boundaries:\n', `boundaries:\n${site('north')}${site('south')}`)(files)
    }
    expect(problemsOf(between)).toEqual([])
  })
})

describe('the boundary between two zones', () => {
  const zone = (level: PurdueLevel, plant = 'north'): Zone => ({
    id: `zone-${level}` as ZoneId,
    plant: plant as PlantId,
    name: 'x',
    level,
    owner: 'x',
    gateway: false,
  })

  it.each([
    [5, 4, null],
    [5, 3.5, 'L4-L3'],
    [4, 3.5, 'L4-L3'],
    [4, 3, 'L4-L3'],
    [3.5, 3, 'L4-L3'],
    [3.5, 2, 'L3-L2'],
    [3, 2, 'L3-L2'],
    [4, 1, 'L2-L1'],
    [2, 1, 'L2-L1'],
    [2, 0, 'L2-L1'],
    [1, 0, null],
    [3, 3, null],
  ] as const)('of level %d and level %d is %s', (high, low, profile) => {
    expect(boundaryBetween(zone(high), zone(low))).toBe(profile)
    expect(boundaryBetween(zone(low), zone(high))).toBe(profile)
  })

  it('of two plants is that of the site, whatever their levels', () => {
    expect(boundaryBetween(zone(3), zone(3, 'south'))).toBe('site')
  })

  it('is never crossed downward into control without being `L2-L1` or between plants', () => {
    const level = fc.constantFrom(...purdueLevels)
    fc.assert(
      fc.property(level, level, (a, b) => {
        const down = reachesDown(zone(a), zone(b))
        return !down || (a > b && boundaryBetween(zone(a), zone(b)) === 'L2-L1')
      }),
    )
  })
})

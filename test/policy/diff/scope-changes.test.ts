// Assets that an attribute of their own moves in or out of scope are found; those that a rule of the scope moves are not.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { attributeMoves, stricterScope } from '../../../policy/diff/scope-changes.ts'
import type { ScopeStatus } from '../../../policy/model.ts'
import { smallBundle } from '../bundle/small-bundle.ts'

const before = smallBundle()
const cameraAsHmi = (text: string): string => text.replace('type: camera', 'type: hmi')

describe('attribute moves', () => {
  it('name the asset, both statuses and what changed', () => {
    expect(attributeMoves(before, smallBundle({ 'assets.yaml': cameraAsHmi }))).toEqual([
      {
        asset: 'cam-9',
        was: { kind: 'undetermined' },
        becomes: { kind: 'in', rule: 'north-control', reason: 'process control of lines 1 to 3, phase 3' },
        attributes: ['type'],
      },
    ])
  })

  it('name zone and plant together where an asset goes to another plant', () => {
    const moved = smallBundle({
      'assets.yaml': (text) => text.replace(/(id: hist-1[\s\S]*?)zone: north-operations/, '$1zone: south-operations'),
      'scope.yaml': (text) => text.replace('plants: [north]', 'plants: [south]'),
    })
    expect(attributeMoves(before, moved)).toMatchObject([
      { asset: 'hist-1', was: { kind: 'in' }, becomes: { kind: 'out' }, attributes: ['zone', 'plant'] },
    ])
  })

  it('are none where a rule of the scope moves the asset, even if an attribute changed as well', () => {
    const scope = (text: string): string =>
      text.replace('types: [plc, hmi, safety-controller]', 'types: [plc, hmi, camera, safety-controller]')
    expect(attributeMoves(before, smallBundle({ 'scope.yaml': scope }))).toEqual([])
    expect(attributeMoves(before, smallBundle({ 'scope.yaml': scope, 'assets.yaml': cameraAsHmi }))).toEqual([])
  })

  it('are none where an attribute changes and the status does not', () => {
    const owner = (text: string): string => text.replace('owner: Quality lead', 'owner: Line lead')
    expect(attributeMoves(before, smallBundle({ 'assets.yaml': owner }))).toEqual([])
  })

  it('say so where it is the information on it that moved the asset, and not a label of its own', () => {
    const excluded = {
      'scope.yaml': (text: string) =>
        text.replace(
          'exclude:\n',
          'exclude:\n  - id: customer-a\n    plant: north\n    labels: [customer-a]\n    reason: of the customer\n',
        ),
    }
    const from = smallBundle(excluded)
    const to = smallBundle({
      ...excluded,
      'information.yaml': (text) => text.replace('labels: [drives]', 'labels: [drives, customer-a]'),
    })
    expect(attributeMoves(from, to)).toMatchObject([
      {
        asset: 'ews-1',
        was: { kind: 'in' },
        becomes: { kind: 'out', rule: 'customer-a' },
        attributes: ['information'],
      },
    ])
    expect(attributeMoves(to, from)).toMatchObject([{ asset: 'ews-1', becomes: { kind: 'in' } }])
  })

  it('are none for an asset that comes or goes: who activates the bundle reads of it', () => {
    const without = smallBundle({ 'assets.yaml': (text) => text.replace(/\n {2}- id: south-ews-1[\s\S]*$/, '\n') })
    expect(attributeMoves(before, without)).toEqual([])
    expect(attributeMoves(without, before)).toEqual([])
  })
})

describe('the stricter of two statuses', () => {
  const status: fc.Arbitrary<ScopeStatus> = fc.constantFrom(
    { kind: 'in', rule: 'a', reason: 'a' } as const,
    { kind: 'out', rule: 'b', reason: 'b' } as const,
    { kind: 'undetermined' } as const,
  )

  it('lets nothing through that either refuses, whichever comes first', () => {
    fc.assert(
      fc.property(status, status, (one, other) => {
        const strict = stricterScope(one, other)
        expect(strict.kind).toBe(stricterScope(other, one).kind)
        expect(strict.kind === 'in').toBe(one.kind === 'in' && other.kind === 'in')
      }),
    )
  })
})

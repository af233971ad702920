// What a bundle has reckoned beforehand, for decisions that look it up.

import { describe, expect, it } from 'vitest'
import type { AssetId, ConduitId, PlantId, ZoneId } from '../../../policy/ids.ts'
import { smallBundle } from './small-bundle.ts'

const zone = (id: string): ZoneId => id as ZoneId

describe('the lookups of a bundle', () => {
  const bundle = smallBundle()

  it('find the zone the gateway stands in, by plant', () => {
    expect(bundle.gatewayZoneOf.get('north' as PlantId)?.id).toBe('north-dmz')
    expect(bundle.gatewayZoneOf.size).toBe(2)
  })

  it('find conduits from both ends, and one of both directions at each', () => {
    const ids = (conduits: readonly { readonly id: string }[] | undefined) => conduits?.map(({ id }) => id)
    expect(ids(bundle.conduitsTo.get(zone('north-control')))).toEqual(['north-dmz-to-control'])
    expect(ids(bundle.conduitsTo.get(zone('north-dmz')))).toEqual([])
    expect(ids(bundle.conduitsFrom.get(zone('north-dmz')))).toEqual(['north-dmz-to-operations', 'north-dmz-to-control'])
    const both = smallBundle({ 'zones.yaml': (text) => text.replace('direction: forward', 'direction: both') })
    expect(ids(both.conduitsTo.get(zone('north-dmz')))).toEqual(['north-dmz-to-operations'])
    expect(ids(both.conduitsFrom.get(zone('north-operations')))).toEqual(['north-dmz-to-operations'])
  })

  it('name the boundary each conduit crosses', () => {
    expect(bundle.boundaryOf.get('north-dmz-to-operations' as ConduitId)).toBe('L4-L3')
    expect(bundle.boundaryOf.get('north-dmz-to-control' as ConduitId)).toBe('L3-L2')
  })

  it('have the scope status of every asset, the exclusion winning', () => {
    expect(bundle.scopeStatusOf.size).toBe(bundle.assets.size)
    expect(bundle.scopeStatusOf.get('hmi-3' as AssetId)).toMatchObject({ kind: 'in', rule: 'north-control' })
    expect(bundle.scopeStatusOf.get('cam-9' as AssetId)).toEqual({ kind: 'undetermined' })
    expect(bundle.scopeStatusOf.get('south-ews-1' as AssetId)).toMatchObject({ kind: 'out', rule: 'south-entirely' })
    const stricter = smallBundle({
      'scope.yaml': (text) =>
        text.replace('exclude:\n', 'exclude:\n  - { id: no-3, plant: north, labels: [line-3], reason: x }\n'),
    })
    expect(stricter.scopeStatusOf.get('hmi-3' as AssetId)).toEqual({ kind: 'out', rule: 'no-3', reason: 'x' })
    expect(stricter.scopeRulesOf.get('north' as PlantId)?.exclude.map(({ id }) => id)).toEqual(['no-3'])
  })

  it('find the gate of an asset type, and none for a type nobody gated', () => {
    expect(bundle.phaseOfType.get('plc')?.phase).toBe(3)
    expect(bundle.phaseOfType.get('plc')?.opened).toBeNull()
    expect(bundle.phaseOfType.get('historian')?.opened).toEqual({ on: '2025-02-20', by: 'ISMS manager' })
    expect(bundle.phaseOfType.get('robot')).toBeUndefined()
  })

  it('have an entry for every zone and plant, empty or not', () => {
    expect(bundle.assetsByZone.get(zone('north-operations'))?.map(({ id }) => id)).toEqual([
      'ews-1',
      'ews-2',
      'hist-1',
      'ews-5',
    ])
    expect(bundle.assetsByZone.get(zone('north-dmz'))).toEqual([])
    expect(bundle.holidaysOf.get('south' as PlantId)?.size).toBe(0)
  })
})

// A bundle in pieces: whatever its size, no piece is large, and what is put together is what was taken apart.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readBundle } from '../../../policy/bundle/parse.ts'
import { PieceTable, piecesOf, type BundlePiece } from '../../../policy/bundle/pieces.ts'
import { readyBundle, type DeclaredBundle } from '../../../policy/bundle/ready.ts'
import type { AssetId } from '../../../policy/index.ts'
import { smallBundle, smallFiles } from './small-bundle.ts'

function declared(): DeclaredBundle {
  const read = readBundle(smallFiles())
  return read.kind === 'ok' ? read.declared : expect.fail(JSON.stringify(read.problems))
}

/** As many assets as asked for, like those of the bundle. */
function withAssets(bundle: DeclaredBundle, count: number): DeclaredBundle {
  const [some] = bundle.assets.values()
  if (!some) return expect.fail('the small bundle has no asset')
  const assets = Array.from({ length: count }, (_, i) => ({ ...some, id: `made-${i}` as AssetId }))
  return {
    ...bundle,
    assets: new Map(assets.map((asset) => [asset.id, asset])),
    scopeStatusOf: new Map(
      assets.map(({ id }, i) => [id, { kind: 'in', rule: `rule-${i % 3}`, reason: 'of the test' }] as const),
    ),
    assetsByZone: new Map([...bundle.zones.keys()].map((zone) => [zone, zone === some.zone ? assets : []])),
  }
}

function putTogether(pieces: Iterable<BundlePiece>): DeclaredBundle {
  const table = new PieceTable()
  for (const piece of pieces) table.add(structuredClone(piece))
  return table.finish()
}

const small = declared()

describe('a bundle in pieces', () => {
  it('is the same bundle put together, in pieces of few assets', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_100 }), (count) => {
        const bundle = withAssets(small, count)
        const pieces = [...piecesOf(bundle)]
        for (const piece of pieces) if (piece.kind === 'assets') expect(piece.assets.length).toBeLessThanOrEqual(250)
        expect(putTogether(pieces)).toEqual(bundle)
      }),
      { numRuns: 12 },
    )
  })

  it('keeps the order of assets, and the same asset in every table', () => {
    const bundle = putTogether(piecesOf(withAssets(small, 600)))
    expect([...bundle.assets.keys()].slice(0, 2)).toEqual(['made-0', 'made-1'])
    const [asset] = bundle.assets.values()
    expect(bundle.assetsByZone.get(asset?.zone ?? expect.fail('no asset'))?.[0]).toBe(asset)
  })

  it('is decided by like the one that was read in place, and cannot be changed', () => {
    const { cedar, ...bundle } = readyBundle(putTogether(piecesOf(small)))
    const { cedar: other, ...inPlace } = smallBundle()
    expect(bundle).toEqual(inPlace)
    expect(cedar.parts).toEqual(other.parts)
    for (const asset of bundle.assets.values()) expect(Object.isFrozen(asset.endpoints)).toBe(true)
    for (const policy of bundle.policies.values()) expect(Object.isFrozen(policy)).toBe(true)
    expect(Object.isFrozen(bundle.scope.plants[0])).toBe(true)
  })

  it('is refused when its first piece is missing', () => {
    const [, ...assets] = piecesOf(small)
    expect(() => putTogether(assets)).toThrow('expected the part without assets')
  })
})

// Addresses of the network held against what the demo bundle declares.

import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadBundle } from '../../gateway/access/bundles.ts'
import { addressesOf, openInventory, plainIp } from '../../policy/seen.ts'
import type { Bundle } from '../../policy/index.ts'

let bundle: Bundle
beforeAll(async () => {
  const loaded = await loadBundle(join(import.meta.dirname, '../../gateway/demo/bundle'))
  if (loaded.kind === 'invalid') throw new Error(JSON.stringify(loaded.problems))
  bundle = loaded.bundle
})

describe('an address that was seen', () => {
  it('is that of a declared asset, by an endpoint or by an address beside it', () => {
    const of = openInventory(bundle)
    expect(of('10.20.1.11')).toEqual({ kind: 'asset', asset: 'ews-1' })
    expect(of('::ffff:10.20.1.11')).toEqual({ kind: 'asset', asset: 'ews-1' })
    for (const written of ['::ffff:0a14:010b', '0:0:0:0:0:FFFF:a14:10b', '::ffff:a14:10b%eth0'])
      expect(of(written)).toEqual({ kind: 'asset', asset: 'ews-1' })
    expect(of('127.0.0.1')).toMatchObject({ kind: 'asset' })
  })

  it('is unregistered in a network of a plant, and says nothing elsewhere', () => {
    const of = openInventory(bundle)
    expect(of('10.20.99.1')).toEqual({ kind: 'unregistered', plant: 'north' })
    expect(of('10.30.0.7')).toEqual({ kind: 'unregistered', plant: 'south' })
    expect(of('192.0.2.7')).toEqual({ kind: 'elsewhere' })
    expect(of('plc-7')).toEqual({ kind: 'elsewhere' })
  })

  it('is never unregistered where an asset is declared to have it, in whatever form it is written', () => {
    fc.assert(
      fc.property(fc.ipV6(), fc.ipV4(), (v6, v4) => {
        const asset = [...bundle.assets.values()][0]
        if (asset === undefined) throw new Error('no asset')
        const changed = { ...asset, addresses: [v6, v4] }
        const of = openInventory({ ...bundle, assets: new Map([[asset.id, changed]]) })
        for (const address of [v6, v6.toUpperCase(), v4, `::ffff:${v4}`, ...addressesOf(changed)])
          expect(of(address)).toEqual({ kind: 'asset', asset: asset.id })
        expect(plainIp(plainIp(v6) ?? '')).toBe(plainIp(v6))
      }),
    )
  })
})

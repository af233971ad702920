// The way of a session through the demo plant, and conduits that cross more than one boundary.

import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadBundle } from '../../gateway/access/bundles.ts'
import { conduitFor } from '../../policy/conduit.ts'
import { pathTo, sayPath } from '../../policy/path.ts'
import type { Asset, Bundle, Conduit } from '../../policy/index.ts'

let bundle: Bundle
beforeAll(async () => {
  const loaded = await loadBundle(join(import.meta.dirname, '../../gateway/demo/bundle'))
  if (loaded.kind === 'invalid') throw new Error(JSON.stringify(loaded.problems))
  bundle = loaded.bundle
})

const now = Date.UTC(2030, 0, 1)
function assetIn(zone: string): Asset {
  const found = [...bundle.assets.values()].find((asset) => asset.zone === zone)
  if (found === undefined) throw new Error(`no asset in ${zone}`)
  return found
}
/** As the plant would have it without a reason. */
function withoutReason(): Bundle {
  const conduits = [...bundle.conduits].map(([id, conduit]) => [id, { ...conduit, spans: null }] as const)
  const bare = (list: readonly Conduit[]): Conduit[] => list.map((conduit) => ({ ...conduit, spans: null }))
  const all = <K>(map: ReadonlyMap<K, readonly Conduit[]>) => new Map([...map].map(([key, list]) => [key, bare(list)]))
  return {
    ...bundle,
    conduits: new Map(conduits),
    conduitsTo: all(bundle.conduitsTo),
    conduitsFrom: all(bundle.conduitsFrom),
  }
}

describe('the way of a session', () => {
  it('ends at the gateway and begins anew there, with its conduit and boundaries', () => {
    const asset = assetIn('north-operations')
    const state = conduitFor(asset, 'ssh', bundle, now)
    if (state.kind !== 'present') throw new Error(state.kind)
    const path = pathTo(asset, state.conduit, bundle)
    expect(path).toEqual([
      {
        from: null,
        to: { zone: 'north-dmz', level: 3.5 },
        conduit: null,
        boundaries: ['L4-L3'],
        spans: null,
      },
      {
        from: { zone: 'north-dmz', level: 3.5 },
        to: { zone: 'north-operations', level: 3 },
        conduit: 'north-dmz-to-operations',
        boundaries: ['L4-L3'],
        spans: null,
      },
    ])
    expect(sayPath(path)).toBe(
      'outside -L4-L3-> north-dmz (3.5) -L4-L3-> north-operations (3) over north-dmz-to-operations',
    )
  })

  it('over more than one boundary without a hop is let through only where the bundle says why', () => {
    const asset = assetIn('north-control')
    expect(conduitFor(asset, 'ssh', bundle, now).kind).toBe('present')
    expect(conduitFor(asset, 'ssh', withoutReason(), now)).toMatchObject({
      kind: 'boundaries-spanned',
      boundaries: ['L4-L3', 'L3-L2'],
    })
    expect(conduitFor(assetIn('north-operations'), 'ssh', withoutReason(), now).kind).toBe('present')
  })
})

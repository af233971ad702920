// Doors, cabinets and key switches as the contract shows them.

import { factOf, sourcesFor, type Asset, type PhysicalSource } from '../../policy/index.ts'
import { livingOn } from '../sessions/around.ts'
import type { PhysicalFactView, PhysicalSourceView } from '../contract/views.ts'
import type { Services } from './services.ts'

export interface PhysicalViewer {
  /** What stands open around an asset, and its key where it asks for one. */
  around(asset: Asset): PhysicalFactView[]
  source(source: PhysicalSource, isEnrolled: boolean): PhysicalSourceView
}

export function openPhysicalViewer({
  bundle,
  clock,
  world,
  registry,
}: Pick<Services, 'bundle' | 'clock' | 'world' | 'registry'>): PhysicalViewer {
  function factView(source: PhysicalSource): PhysicalFactView {
    const fact = factOf(source, world(), clock.now())
    const { id, name, kind } = source
    return { source: id, name, kind, state: fact?.state ?? null, since: fact?.since ?? null }
  }

  return {
    around(asset) {
      const all = sourcesFor(asset, bundle()).map(factView)
      return all.filter(
        ({ kind, state }) =>
          state === 'open' || state === 'forced' || (kind === 'key-switch' && asset.localEnable !== null),
      )
    },
    source(source, isEnrolled) {
      const fact = factOf(source, world(), clock.now())
      const { zone, asset, owner, silentAfterMinutes } = source
      const stands = bundle().zones.get(zone)
      const assets = bundle().assetsByZone.get(zone) ?? []
      const about = assets.filter(({ id }) => asset === null || asset === id)
      return {
        ...factView(source),
        plant: stands?.plant ?? '',
        zone,
        zoneName: stands?.name ?? zone,
        asset,
        owner,
        until: fact?.until ?? null,
        silentAfterMinutes,
        enrolled: isEnrolled,
        message: fact?.message ?? null,
        enables:
          source.kind === 'key-switch'
            ? about.filter(({ localEnable }) => localEnable === 'key-switch').map(({ id }) => id)
            : [],
        sessions: [...livingOn(registry, source, bundle())],
      }
    },
  }
}

// The way of a session through the plant, leg by leg: where each begins and ends, which zones, conduit and boundaries of
// the Purdue model lie on it. A session ends at the gateway and begins anew there (IEC 62443-3-3 SR 5.1, SR 5.2), so the
// first leg comes from outside to the gateway's zone and the second goes on to the asset's.

import type { Bundle } from './bundle/bundle.ts'
import { boundariesBetween } from './bundle/crossings.ts'
import type { ConduitId, ZoneId } from './ids.ts'
import type { Asset, BoundaryProfile, Conduit, PurdueLevel } from './model.ts'
import { plantOf, zoneOf } from './scope.ts'

export interface PathLeg {
  /** Null: from outside the plant's zones. */
  readonly from: { readonly zone: ZoneId; readonly level: PurdueLevel } | null
  readonly to: { readonly zone: ZoneId; readonly level: PurdueLevel }
  /** Null where nothing that is declared carries it: the way to the gateway is the plant's own network. */
  readonly conduit: ConduitId | null
  /** In the order they are crossed. */
  readonly boundaries: readonly BoundaryProfile[]
  /** Why it may cross more than one, as the bundle says; null where it says nothing. */
  readonly spans: string | null
}

/** The most boundaries one leg may cross where the bundle says nothing of it. */
export const mostBoundaries = 1

/** Empty where the plant has no gateway zone: nothing leads there. */
export function pathTo(asset: Asset, conduit: Conduit | null, bundle: Bundle): readonly PathLeg[] {
  const gateway = bundle.gatewayZoneOf.get(plantOf(asset, bundle).id)
  if (gateway === undefined) return []
  const zone = zoneOf(asset, bundle)
  const hop = { zone: gateway.id, level: gateway.level }
  return [
    {
      from: null,
      to: hop,
      conduit: null,
      // Outside is above everything: who enters the DMZ crosses its boundary, who enters deeper those below as well.
      boundaries: boundariesBetween({ ...gateway, level: 5 }, gateway),
      spans: null,
    },
    {
      from: hop,
      to: { zone: zone.id, level: zone.level },
      conduit: conduit?.id ?? null,
      boundaries: boundariesBetween(gateway, zone),
      spans: conduit?.spans ?? null,
    },
  ]
}

/** `outside -L4-L3-> north-dmz (3.5) -L4-L3, L3-L2-> north-control (2) over north-dmz-to-control`. */
export function sayPath(path: readonly PathLeg[]): string {
  return path
    .map(({ from, to, conduit, boundaries }) => {
      const start = from === null ? 'outside' : ''
      const crossing = boundaries.length === 0 ? '-' : `-${boundaries.join(', ')}-`
      return `${start} ${crossing}> ${to.zone} (${to.level})${conduit === null ? '' : ` over ${conduit}`}`
    })
    .join('')
    .trim()
}

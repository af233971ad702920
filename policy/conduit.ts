// The crossing a session would take: from the plant's gateway zone to the asset's zone, declared, owned, reviewed, and
// listing the protocol (IEC 62443-3-3 SR 5.1, SR 5.2).

import type { Bundle } from './bundle/bundle.ts'
import type { ZoneId } from './ids.ts'
import type { Asset, Conduit, Instant, Protocol } from './model.ts'
import { plantOf } from './scope.ts'

export type ConduitState =
  | { readonly kind: 'present'; readonly conduit: Conduit }
  /** `from` is null when the plant has no gateway zone. */
  | { readonly kind: 'absent'; readonly from: ZoneId | null; readonly to: ZoneId }
  | { readonly kind: 'protocol-not-listed'; readonly conduit: Conduit }
  | { readonly kind: 'review-overdue'; readonly conduit: Conduit }

/** The conduit for a protocol to an asset, or why there is none that may be used now. */
export function conduitFor(asset: Asset, protocol: Protocol, bundle: Bundle, now: Instant): ConduitState {
  const plant = plantOf(asset, bundle).id
  const from = [...bundle.zones.values()].find((zone) => zone.plant === plant && zone.gateway)?.id ?? null
  const crossings = [...bundle.conduits.values()].filter((each) => each.from === from && each.to === asset.zone)
  const [crossing] = crossings
  if (crossing === undefined) return { kind: 'absent', from, to: asset.zone }
  const listing = crossings.filter((each) => each.protocols.includes(protocol))
  const open = listing.find((each) => now < (bundle.conduitClosesAt.get(each.id) ?? -Infinity))
  if (open !== undefined) return { kind: 'present', conduit: open }
  const [overdue] = listing
  return overdue === undefined
    ? { kind: 'protocol-not-listed', conduit: crossing }
    : { kind: 'review-overdue', conduit: overdue }
}

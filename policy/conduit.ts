// The crossing a session would take: from the plant's gateway zone to the asset's zone, declared, owned, reviewed,
// listing the protocol, opened in its direction, and through no boundary that carries nothing downward
// (IEC 62443-3-3 SR 5.1, SR 5.2).

import type { Bundle } from './bundle/bundle.ts'
import { boundariesBetween } from './bundle/crossings.ts'
import type { ZoneId } from './ids.ts'
import { notCarried } from './information.ts'
import {
  operationClasses,
  type Asset,
  type BoundaryProfile,
  type Conduit,
  type InformationAsset,
  type Instant,
  type OperationClass,
  type Protocol,
} from './model.ts'
import { mostBoundaries } from './path.ts'
import { plantOf, zoneOf } from './scope.ts'

export const conduitStates = [
  'present',
  'absent',
  'wrong-direction',
  'protocol-not-listed',
  'boundary-downward',
  'boundaries-spanned',
  'ownerless',
  'review-overdue',
  'class-exceeded',
  'payload-not-named',
] as const

export type ConduitState =
  | { readonly kind: 'present'; readonly conduit: Conduit }
  /** `from` is null when the plant has no gateway zone. */
  | { readonly kind: 'absent'; readonly from: ZoneId | null; readonly to: ZoneId }
  /** There is one, and it is opened only from the asset's side. */
  | { readonly kind: 'wrong-direction'; readonly conduit: Conduit }
  | { readonly kind: 'protocol-not-listed'; readonly conduit: Conduit }
  /** It goes down to level 1 or 0 from above, where nothing is carried downward. */
  | { readonly kind: 'boundary-downward'; readonly conduit: Conduit }
  /** It crosses several boundaries without a hop between them, and the bundle does not say why. */
  | { readonly kind: 'boundaries-spanned'; readonly conduit: Conduit; readonly boundaries: readonly BoundaryProfile[] }
  | { readonly kind: 'ownerless'; readonly conduit: Conduit }
  | { readonly kind: 'review-overdue'; readonly conduit: Conduit }
  | { readonly kind: 'class-exceeded'; readonly conduit: Conduit }
  /** The asset holds what the conduit does not say it carries. */
  | {
      readonly kind: 'payload-not-named'
      readonly conduit: Conduit
      readonly information: readonly InformationAsset[]
    }

/** The conduit for a protocol and what is done through it to an asset, or why there is none that may be used now. */
export function conduitFor(
  asset: Asset,
  protocol: Protocol,
  bundle: Bundle,
  now: Instant,
  operationClass: OperationClass = 'observe',
): ConduitState {
  const gateway = bundle.gatewayZoneOf.get(plantOf(asset, bundle).id)
  const absent: ConduitState = { kind: 'absent', from: gateway?.id ?? null, to: asset.zone }
  if (gateway === undefined) return absent
  const crossings = crossingsTo(asset, bundle)
  if (crossings.length === 0) {
    const other = (bundle.conduitsFrom.get(asset.zone) ?? []).find((each) => each.to === gateway.id)
    return other === undefined ? absent : { kind: 'wrong-direction', conduit: other }
  }
  const states = crossings.map((conduit): ConduitState => {
    if (!conduit.protocols.includes(protocol)) return { kind: 'protocol-not-listed', conduit }
    if (gateway.level > 1 && zoneOf(asset, bundle).level <= 1) return { kind: 'boundary-downward', conduit }
    const boundaries = boundariesBetween(gateway, zoneOf(asset, bundle))
    if (boundaries.length > mostBoundaries && conduit.spans === null)
      return { kind: 'boundaries-spanned', conduit, boundaries }
    if (conduit.owner === null) return { kind: 'ownerless', conduit }
    if (now >= (bundle.conduitClosesAt.get(conduit.id) ?? -Infinity)) return { kind: 'review-overdue', conduit }
    if (isAbove(operationClass, conduit.operationClass)) return { kind: 'class-exceeded', conduit }
    const information = notCarried(conduit, asset, bundle)
    return information.length > 0 ? { kind: 'payload-not-named', conduit, information } : { kind: 'present', conduit }
  })
  // Of several, the one that comes nearest to being usable says why none is.
  const nearness = ({ kind }: ConduitState): number => (kind === 'present' ? Infinity : conduitStates.indexOf(kind))
  return states.reduce((best, each) => (nearness(each) > nearness(best) ? each : best))
}

/** Every conduit that a session to the asset could take, closed ones too. */
export function crossingsTo(asset: Asset, bundle: Bundle): readonly Conduit[] {
  const gateway = bundle.gatewayZoneOf.get(plantOf(asset, bundle).id)?.id
  // Either way round: one whose direction is `both` may be declared from the asset's side.
  return (bundle.conduitsTo.get(asset.zone) ?? []).filter(
    ({ from, to }) => (from === gateway && to === asset.zone) || (to === gateway && from === asset.zone),
  )
}

/** Is the first class more than the second? */
export function isAbove(a: OperationClass, b: OperationClass): boolean {
  return operationClasses.indexOf(a) > operationClasses.indexOf(b)
}

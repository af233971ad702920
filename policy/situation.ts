// Everything that is worked out before the policies are asked: the request and the facts, joined with what the bundle
// declares, as plain answers. Judges nothing.

import type { Bundle } from './bundle/bundle.ts'
import { conduitFor, type ConduitState } from './conduit.ts'
import type {
  Action,
  Asset,
  DecisionRequest,
  Facts,
  Grant,
  OperationClass,
  Person,
  Plant,
  Protocol,
  ScopeStatus,
  Window,
  Zone,
} from './model.ts'
import { plantOf, scopeOf, zoneOf } from './scope.ts'
import { contractFor, isLabelled, type ContractState } from './supplier.ts'

export interface Situation {
  readonly action: Action
  readonly facts: Facts
  /** Who acts. */
  readonly actor: Person
  /** Who would use the access: the actor, or, where a request is judged, the one who asked. */
  readonly user: Person
  readonly asset: Asset
  readonly zone: Zone
  readonly plant: Plant
  readonly scope: ScopeStatus
  readonly protocol: Protocol
  readonly conduit: ConduitState
  /** The user's, from now to the window's end. */
  readonly contract: ContractState
  readonly labelsMatch: boolean
  /** What would be used, or null for a connection without a grant. */
  readonly use: { readonly window: Window; readonly operationClass: OperationClass } | null
  /** For `connect`: the grant it rests on. */
  readonly grant: Grant | null
}

export function situationOf(request: DecisionRequest, asset: Asset, bundle: Bundle, facts: Facts): Situation {
  const { now, person } = facts
  const user = request.action === 'approve' || request.action === 'extend' ? request.requester : person
  const grant = request.action === 'connect' ? request.grant : null
  const use = request.action === 'connect' ? grant : request.ask
  const protocol = request.action === 'connect' ? request.protocol : request.ask.protocol
  return {
    action: request.action,
    facts,
    actor: person,
    user,
    asset,
    zone: zoneOf(asset, bundle),
    plant: plantOf(asset, bundle),
    scope: scopeOf(asset, bundle),
    protocol,
    conduit: conduitFor(asset, protocol, bundle, now),
    contract: contractFor(user, use?.window ?? { from: now, until: now }, bundle, now),
    labelsMatch: isLabelled(user, asset, bundle),
    use,
    grant,
  }
}

/** Is the grant for this person, asset and protocol? */
export function doesGrantFit(grant: Grant, { actor, asset, protocol }: Situation): boolean {
  return grant.person === actor.id && grant.asset === asset.id && grant.protocol === protocol
}

// Everything that is worked out before the policies are asked: the request and the facts, joined with what the bundle
// declares, as plain answers. Judges nothing.

import type { Bundle } from './bundle/bundle.ts'
import { conduitFor, type ConduitState } from './conduit.ts'
import { confirmationOf, type ConfirmationState } from './confirmation.ts'
import { unavailableTo } from './dependencies.ts'
import { controlledOf, placeFor, unattested, type PlaceState } from './eligibility.ts'
import { fileRulesFor } from './files.ts'
import { heldBy, ownLabels } from './information.ts'
import { maintenanceAt, type MaintenanceState } from './maintenance.ts'
import { physicalOf, type PhysicalSituation } from './physical.ts'
import { missingTrainings, unmetExpectations, type Unattested } from './preconditions.ts'
import type {
  AccessAsk,
  AccessRules,
  Action,
  Asset,
  ControlledLabel,
  DecisionRequest,
  Dependency,
  Exception,
  Expectation,
  Facts,
  FileRule,
  FileTerms,
  Grant,
  OperationClass,
  Person,
  Plant,
  Presence,
  Protocol,
  ScopeStatus,
  StandardChange,
  Suspension,
  Tier,
  Training,
  Window,
  Zone,
} from './model.ts'
import { learnerOf } from './machine.ts'
import { optInOf, phaseOf, type OptInState, type PhaseState } from './phase.ts'
import { longestUse, nextUse, usableAt, usesOf, type Usable } from './schedule.ts'
import { plantOf, scopeOf, zoneOf } from './scope.ts'
import { breachesOf, usableDuties, withUsableRoles, type Breach } from './separation.ts'
import { standardChangeFor, standardChangesOn } from './standard-change.ts'
import { exceptionsFor, heldScope, presenceIn, suspensionOf } from './standing.ts'
import { contractFor, isLabelled, type ContractState } from './supplier.ts'
import { transferWithin } from './transfer.ts'
import { minutesOf } from './window.ts'

/** What would be used. */
export interface Use extends Usable {
  readonly operationClass: OperationClass
  readonly tier: Tier
  /** The longest stretch of it, in minutes. */
  readonly minutes: number
}

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
  /** The stricter outcome where a change waits for review. */
  readonly scope: ScopeStatus
  readonly isScopeHeld: boolean
  readonly phase: PhaseState
  readonly optIn: OptInState
  readonly protocol: Protocol
  readonly conduit: ConduitState
  /** The user's, from now to the window's end. */
  readonly contract: ContractState
  /** Labels of the asset that let a supplier in: those it has itself. */
  readonly ownLabels: readonly string[]
  readonly labelsMatch: boolean
  /** What the user's supplier was to show, and the user was to learn for this use, and that is not attested now. */
  readonly unmetExpectations: readonly Unattested<Expectation>[]
  readonly missingTrainings: readonly Unattested<Training>[]
  /** Every label the scope controls. */
  readonly controlledLabels: readonly ControlledLabel[]
  /** Classes of the information the asset holds. */
  readonly holds: readonly string[]
  /** The asset's controlled labels, those nothing attests for the user, and whether the address is a good one. */
  readonly controlled: readonly ControlledLabel[]
  readonly unattested: readonly ControlledLabel[]
  readonly place: PlaceState
  readonly suspension: Suspension | null
  /** Somebody other than the user, in the asset's zone. */
  readonly presence: Presence | null
  /** What doors, cabinets and key switches around the asset say. */
  readonly physical: PhysicalSituation
  /** A break-glass use of the asset has not been reviewed yet. */
  readonly isSealBroken: boolean
  /** What the last walkdown says of the asset. */
  readonly confirmation: ConfirmationState
  /** What its plant leans on and does not work, as far as it counts here; and whether a session lives already. */
  readonly unavailable: readonly Dependency[]
  readonly isLiving: boolean
  /** Exceptions of the register in force for the asset. */
  readonly exceptions: readonly Exception[]
  /** Duties the actor is on now, in the asset's plant. */
  readonly onDuty: readonly string[]
  /** What the actor holds together that a rule keeps apart, enforced yet or not. */
  readonly breaches: readonly Breach[]
  readonly maintenance: MaintenanceState
  readonly access: AccessRules
  /** Standard changes that are about the asset, and the one the use is. */
  readonly standardChanges: readonly StandardChange[]
  readonly standardChange: StandardChange | null
  /** What would be used, or null for a connection without a grant. */
  readonly use: Use | null
  /** What of files is asked for, or given by the grant as far as its class goes; null for none. */
  readonly transfer: FileTerms | null
  /** Rules of files.yaml about the asset and the user. */
  readonly fileRules: readonly FileRule[]
  /** What is asked, for every action but `connect`. */
  readonly ask: AccessAsk | null
  /** For `connect`: the grant it rests on, and the span of it that may be used now. */
  readonly grant: Grant | null
  readonly usable: Window | null
}

/** Join them. The windows and schedules have to be well formed: decide.ts has looked. */
export function situationOf(request: DecisionRequest, asset: Asset, bundle: Bundle, facts: Facts): Situation {
  const { now, world } = facts
  // What somebody holds against a rule of separation is of no use from its day on, to them and to whom they ask for.
  const person = withUsableRoles(facts.person, bundle, now)
  const isJudged = request.action === 'approve' || request.action === 'extend'
  const user = isJudged ? withUsableRoles(request.requester, bundle, now) : person
  const ask = request.action === 'connect' ? null : request.ask
  const grant = request.action === 'connect' ? request.grant : null
  const protocol = request.action === 'connect' ? request.protocol : request.ask.protocol
  const usable = grant === null ? null : usableAt(grant, now)
  const use = useOf(ask, grant, usable, now)
  const zone = zoneOf(asset, bundle)
  const plant = plantOf(asset, bundle)
  const declared = scopeOf(asset, bundle)
  const scope = heldScope(declared, asset, world)
  const controlled = controlledOf(asset, bundle.scope)
  return {
    action: request.action,
    facts: person === facts.person ? facts : { ...facts, person },
    actor: person,
    user,
    asset,
    zone,
    plant,
    scope,
    isScopeHeld: scope !== declared,
    phase: phaseOf(asset, bundle, plant.timeZone, now),
    optIn: optInOf(asset, plant.timeZone, now),
    protocol,
    conduit: conduitFor(asset, protocol, bundle, now, use?.operationClass),
    contract: contractFor(user, use?.window ?? { from: now, until: now }, bundle, now),
    ownLabels: ownLabels(asset, bundle),
    labelsMatch: isLabelled(user, asset, bundle),
    unmetExpectations: unmetExpectations(user, bundle, world, now),
    missingTrainings: missingTrainings(
      learnerOf(user),
      { asset, operationClass: use?.operationClass ?? null },
      bundle.access,
      world,
      now,
    ),
    controlledLabels: bundle.scope.controlledLabels,
    holds: [...new Set(heldBy(asset, bundle).map((item) => item.class))],
    controlled,
    unattested: unattested(user, controlled, world, now),
    // Only who connects is at the place that counts; an approver's address says nothing of the user's.
    place: request.action === 'connect' ? placeFor(facts.source, controlled, bundle.scope) : { kind: 'not-asked' },
    suspension: suspensionOf(world, asset, zone, answerable(person, user)),
    presence: presenceIn(world, zone, user, now),
    physical: physicalOf(asset, bundle, world, now),
    isSealBroken: world.brokenSeals.has(asset.id),
    confirmation: confirmationOf(asset, bundle, world.confirmations, now),
    unavailable: unavailableTo(request, plant, bundle, world),
    isLiving: request.action === 'connect' && request.living !== undefined,
    exceptions: exceptionsFor(asset, bundle, now),
    onDuty: usableDuties(facts.person, bundle, plant.id, now),
    breaches: breachesOf(facts.person, bundle, now),
    maintenance: maintenanceOf(ask, usable, use, asset, bundle),
    access: bundle.access,
    standardChanges: standardChangesOn(asset, bundle),
    standardChange: use === null ? null : standardChangeFor(asset, { ...use, protocol }, bundle),
    use,
    transfer: ask?.transfer ?? (grant && transferWithin(grant.transfer, grant.operationClass)) ?? null,
    fileRules: fileRulesFor(asset, user, bundle),
    ask,
    grant,
    usable,
  }
}

/** Who must not be suspended: who acts, who would use it, and who answers for a machine that would. */
function answerable(person: Person, user: Person): readonly Person[] {
  const people = person.id === user.id ? [person] : [person, user]
  return user.machine === undefined ? people : [...people, user.machine.owner]
}

function useOf(ask: AccessAsk | null, grant: Grant | null, usable: Window | null, now: number): Use | null {
  const given = ask ?? grant
  if (given === null) return null
  const { window, schedule, operationClass, tier } = given
  // A grant in use is one stretch; what is asked for is judged by its longest.
  const stretch = ask === null && schedule.kind === 'recurring' ? (usable ?? nextUse(given, now)) : null
  const minutes = ask === null && schedule.kind === 'recurring' ? stretchOf(stretch) : longestUse(given)
  return { window, schedule, operationClass, tier, minutes }
}

function stretchOf(window: Window | null): number {
  return window === null ? 0 : minutesOf(window)
}

/** No recurring access that can be reckoned with has more. */
const mostOccurrences = 400

/** Inside only if every stretch is. */
function maintenanceOf(
  ask: AccessAsk | null,
  usable: Window | null,
  use: Use | null,
  asset: Asset,
  bundle: Bundle,
): MaintenanceState {
  if (use === null || asset.line === null) return { kind: 'none-declared' }
  if (ask === null && usable !== null && use.schedule.kind === 'recurring') return maintenanceAt(bundle, asset, usable)
  let state = maintenanceAt(bundle, asset, use.window)
  for (const span of usesOf(use, mostOccurrences)) {
    state = maintenanceAt(bundle, asset, span)
    if (state.kind !== 'inside') return state
  }
  return state
}

/** Is the grant for this person, asset and protocol? */
export function doesGrantFit(grant: Grant, { actor, asset, protocol }: Situation): boolean {
  return grant.person === actor.id && grant.asset === asset.id && grant.protocol === protocol
}

// When could a decision change by time alone? Every day, window and proof a decision looks at has an end: the nearest
// of them is when it has to be asked again. What changes otherwise (a suspension, a new bundle) is announced elsewhere.

import type { Bundle } from './bundle/bundle.ts'
import { endOfDay, startOfDay } from './calendar.ts'
import { crossingsTo } from './conduit.ts'
import { confirmationOf } from './confirmation.ts'
import { controlledOf } from './eligibility.ts'
import { unreckonable } from './faults.ts'
import { learnerOf, machineEndsAt } from './machine.ts'
import type { Asset, DecisionRequest, Facts, Instant, Person } from './model.ts'
import { nextOccurrence, occurrenceAt } from './recurrence.ts'
import { endsOfPhysical } from './physical.ts'
import { endsOfPreconditions } from './preconditions.ts'
import { nextUse, usableAt } from './schedule.ts'
import { plantOf } from './scope.ts'
import { exceptionsOver } from './standing.ts'
import { startGraceMs } from './window.ts'

/**
 * The next instant after now at which the decision could differ though nothing but time has passed, or null where none
 * will. Up to it, it stays what it is; at it, it may stay as well.
 */
export function decidedUntil(request: DecisionRequest, bundle: Bundle, facts: Facts): Instant | null {
  const asset = bundle.assets.get(request.action === 'connect' ? request.asset : request.ask.asset)
  if (asset === undefined || unreckonable(request, facts.now) !== null) return null
  const user = request.action === 'approve' || request.action === 'extend' ? request.requester : facts.person
  const ahead = [
    ...ofUse(request, facts.now),
    ...ofContract(user, bundle),
    ...(user.machine === undefined ? [] : [machineEndsAt(user.machine)]),
    ...ofTarget(asset, bundle),
    ...ofStanding(asset, user, bundle, facts),
    ...ofDuties(asset, bundle, facts),
    ...bundle.access.separation.map(({ from }) => startOfDay(from, 'UTC')),
  ].filter((at) => at > facts.now)
  return ahead.length === 0 ? null : Math.min(...ahead)
}

function ofUse(request: DecisionRequest, now: Instant): readonly Instant[] {
  if (request.action !== 'connect') {
    const { window } = request.ask
    // The first moment at which it begins too long ago.
    return [window.from + startGraceMs + 1, window.until]
  }
  if (request.grant === null) return []
  const { window, schedule } = request.grant
  const use = schedule.kind === 'recurring' ? usableAt({ window, schedule }, now) : null
  const next = nextUse({ window, schedule }, now)
  return [window.from, window.until, ...(use === null ? [] : [use.until]), ...(next === null ? [] : [next.from])]
}

function ofContract({ supplier }: Person, bundle: Bundle): readonly Instant[] {
  const contract = supplier === null ? undefined : bundle.suppliers.get(supplier)?.contract
  return contract === undefined ? [] : [startOfDay(contract.from, 'UTC'), endOfDay(contract.until, 'UTC')]
}

function ofTarget(asset: Asset, bundle: Bundle): readonly Instant[] {
  const { timeZone } = plantOf(asset, bundle)
  const phase = bundle.phaseOfType.get(asset.type)
  const days = [phase?.opened?.on, ...(phase?.criteria ?? []).map(({ metOn }) => metOn), asset.optIn?.reviewedOn]
  return [
    ...days.flatMap((day) => (day === undefined || day === null ? [] : [startOfDay(day, timeZone)])),
    ...(asset.optIn === null ? [] : [endOfDay(asset.optIn.until, timeZone)]),
    ...bundle.acceptances.map(({ endsAt }) => endsAt),
    ...(bundle.beginningRulesOf.get(plantOf(asset, bundle).id) ?? []).map(({ holdsFrom }) => holdsFrom),
    ...crossingsTo(asset, bundle).flatMap(({ id }) => bundle.conduitClosesAt.get(id) ?? []),
    ...exceptionsOver(asset, bundle).flatMap(({ from, until }) => [startOfDay(from, 'UTC'), endOfDay(until, 'UTC')]),
  ]
}

function ofStanding(asset: Asset, user: Person, bundle: Bundle, { world, now }: Facts): readonly Instant[] {
  const labels = controlledOf(asset, bundle.scope).map(({ label }) => label)
  const confirmation = confirmationOf(asset, bundle, world.confirmations, now)
  return [
    ...(confirmation.kind === 'fresh' ? [confirmation.until] : []),
    ...endsOfPhysical(asset, bundle, world),
    ...world.presences.filter(({ zone }) => zone === asset.zone).map(({ until }) => until),
    ...world.attestations
      .filter(({ person, label }) => person === user.id && labels.includes(label))
      .map(({ until }) => until),
    ...endsOfPreconditions({ id: learnerOf(user).id, supplier: user.supplier }, world),
  ]
}

/** Shifts of the person acting: policies may look at who is on duty. */
function ofDuties(asset: Asset, bundle: Bundle, { now, person }: Facts): readonly Instant[] {
  const plant = plantOf(asset, bundle)
  const shifts = bundle.calendars.rosters
    .filter((roster) => roster.plant === plant.id)
    .flatMap((roster) => roster.shifts)
    .filter(({ people }) => people.includes(person.login))
  return shifts.flatMap(({ recurrence }) => {
    const on = occurrenceAt(recurrence, plant.timeZone, now)
    const next = nextOccurrence(recurrence, plant.timeZone, now)
    return [...(on === null ? [] : [on.until]), ...(next === null ? [] : [next.from])]
  })
}

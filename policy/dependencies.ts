// Which of the things access leans on do not work, as far as they concern one decision. What is said of them comes in
// with the world; nobody is asked here.

import type { Bundle } from './bundle/bundle.ts'
import type { Dependency, DecisionRequest, Person, Plant, Tier, World } from './model.ts'

/** Dependencies of a plant, in the order declared. */
export function dependenciesOf(plant: Plant, bundle: Bundle): readonly Dependency[] {
  return bundle.scope.dependencies.filter(({ plants }) => plants.length === 0 || plants.includes(plant.id))
}

/**
 * Those of the plant that do not work and count for this question. A session that lives goes on as it began: for it
 * only those count that were down already when it began, and those that the bundle says touch living sessions.
 */
export function unavailableTo(
  request: DecisionRequest,
  plant: Plant,
  bundle: Bundle,
  world: Pick<World, 'unavailable'>,
): readonly Dependency[] {
  if (world.unavailable.size === 0) return []
  const living = request.action === 'connect' ? request.living : undefined
  return dependenciesOf(plant, bundle).filter(
    ({ id, whenDown }) =>
      world.unavailable.has(id) && (living === undefined || whenDown.living || living.unavailable.includes(id)),
  )
}

/** Those among them that let no new session of this person begin in this tier. */
export function closingFor(
  unavailable: readonly Dependency[],
  { supplier }: Person,
  tier: Tier | null,
): readonly Dependency[] {
  return unavailable.filter(
    ({ whenDown: { effect, suppliers, exceptTiers } }) =>
      effect === 'deny-new' &&
      (suppliers.length === 0 || (supplier !== null && suppliers.includes(supplier))) &&
      (tier === null || !exceptTiers.includes(tier)),
  )
}

/** The key by which a state is kept: looked at in another way, it is not known yet. */
export function watchKey({ watch }: Pick<Dependency, 'watch'>): string {
  switch (watch.kind) {
    case 'use':
      return `use ${watch.use}`
    case 'connect':
      return `connect ${watch.host} ${watch.port}`
    case 'get':
      return `get ${watch.url}`
  }
}

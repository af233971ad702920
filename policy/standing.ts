// What stands outside the bundle and touches a decision: suspensions, presence on site, a scope held back until it is
// reviewed, and the exceptions of the register that are in force.

import type { Bundle } from './bundle/bundle.ts'
import { endOfDay, startOfDay } from './calendar.ts'
import type { Asset, Exception, Instant, Person, Presence, ScopeStatus, Suspension, World, Zone } from './model.ts'

/** The first suspension that covers the asset or one of these people, or null. */
export function suspensionOf(world: World, asset: Asset, zone: Zone, people: readonly Person[]): Suspension | null {
  const covers = ({ target }: Suspension): boolean => {
    switch (target.kind) {
      case 'person':
        return people.some(({ id }) => id === target.id)
      case 'supplier':
        return people.some(({ supplier }) => supplier === target.id)
      case 'asset':
        return asset.id === target.id
      case 'zone':
        return zone.id === target.id
      case 'plant':
        return zone.plant === target.id
      case 'all':
        return true
    }
  }
  return world.suspensions.find(covers) ?? null
}

/** Who stands in the zone now, longest first. Nobody vouches for their own being there. */
export function presenceIn(world: World, zone: Zone, user: Person, now: Instant): Presence | null {
  const there = world.presences.filter((each) => each.zone === zone.id && each.person !== user.id && now < each.until)
  return there.toSorted((a, b) => b.until - a.until)[0] ?? null
}

/** How strict each outcome is. */
const strictness = { out: 2, undetermined: 1, in: 0 } as const

/** The scope status, or, while a change of it waits for review, the stricter of the two. */
export function heldScope(status: ScopeStatus, asset: Asset, world: World): ScopeStatus {
  const held = world.heldScope.get(asset.id)
  return held !== undefined && strictness[held.kind] > strictness[status.kind] ? held : status
}

/** The register's exceptions that cover the asset and are in force: from the first day to the last, inclusive, UTC. */
export function exceptionsFor(asset: Asset, bundle: Bundle, now: Instant): readonly Exception[] {
  return exceptionsOver(asset, bundle).filter(
    ({ from, until }) => now >= startOfDay(from, 'UTC') && now < endOfDay(until, 'UTC'),
  )
}

/** The register's exceptions that cover the asset, in force or not. */
export function exceptionsOver(asset: Asset, bundle: Bundle): readonly Exception[] {
  return bundle.register.exceptions.filter(({ assets }) => assets.length === 0 || assets.includes(asset.id))
}

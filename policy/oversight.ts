// How far those look who answer for a house or check it. One who oversees all plants reads and decides for each of them;
// one who oversees plants by name does so there and nowhere else. What a plant's own roles allow is not judged here.

import type { PlantId } from './ids.ts'
import type { Person, Role } from './model.ts'

/** Roles that look over a whole house unless the account says that they look over its plants alone. */
export const houseRoles = ['auditor', 'isms-manager', 'admin'] as const satisfies readonly Role[]

type Overseer = Pick<Person, 'roles' | 'supplier' | 'plants' | 'oversight'>

const holds = ({ roles, supplier }: Overseer, wanted: readonly Role[]): boolean =>
  supplier === null && wanted.some((role) => roles.includes(role) && (houseRoles as readonly Role[]).includes(role))

/** Do these roles of the person reach over every plant? Nobody of a supplier oversees anything. */
export function overseesAll(person: Overseer, roles: readonly Role[] = houseRoles): boolean {
  return holds(person, roles) && person.oversight !== 'plants'
}

/** Do these roles of the person reach over this plant? */
export function oversees(person: Overseer, plant: PlantId, roles: readonly Role[] = houseRoles): boolean {
  return holds(person, roles) && (person.oversight !== 'plants' || person.plants.includes(plant))
}

/** The plants these roles reach over; null: all there are, and what belongs to none. */
export function overseenPlants(person: Overseer, roles: readonly Role[] = houseRoles): readonly PlantId[] | null {
  if (!holds(person, roles)) return []
  return person.oversight === 'plants' ? person.plants : null
}

/**
 * How far a new account looks where nobody says it: who is named for plants and has such a role looks over these, and who
 * is named for none looks over all. Taking plants away later never makes it more.
 */
export function usualOversight({ roles, plants }: Pick<Person, 'roles' | 'plants'>): 'all' | 'plants' {
  return plants.length > 0 && roles.some((role) => (houseRoles as readonly Role[]).includes(role)) ? 'plants' : 'all'
}

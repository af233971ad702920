// What people of a supplier do not read: who else is off, on site, eligible or under review.

import { overseesAll, type PlantId } from '../../../policy/index.ts'
import { needRole } from '../logins.ts'
import type { Actor } from '../../access/authorize.ts'
import { GatewayError } from '../../errors.ts'
import type { StoredSuspension } from '../../store/suspensions.ts'
import type { Services } from '../services.ts'

/** @throws GatewayError `role-missing` for a person of a supplier. */
export function needPlantPerson({ person }: Actor): void {
  if (person.supplier !== null) throw new GatewayError('role-missing', 'this is for people of the plants')
}

/** Those who decide about others, or check it. @throws GatewayError `role-missing` */
export function needOverseer(actor: Actor): void {
  needPlantPerson(actor)
  needRole(actor, 'approver', 'escort', 'safety-engineer', 'auditor', 'isms-manager', 'admin')
}

/** Who reads of all plants. */
export function readsAll({ person }: Actor): boolean {
  return overseesAll(person)
}

/** Does the person read of one of these plants? */
export const isReadOf = (actor: Actor, plants: readonly PlantId[]): boolean =>
  readsAll(actor) || plants.some((plant) => actor.person.plants.includes(plant))

/** A suspension is read by people of a plant it concerns; one of a supplier, or of everything, by people of all plants. */
export async function readsSuspension(
  { store, bundle }: Pick<Services, 'store' | 'bundle'>,
  actor: Actor,
  { by, target }: Pick<StoredSuspension, 'by' | 'target'>,
): Promise<boolean> {
  const { person, machines = [] } = actor
  const isHere = (plant: PlantId | undefined): boolean => plant !== undefined && person.plants.includes(plant)
  if (readsAll(actor) || by === person.id) return true
  const { assets, zones } = bundle()
  const { kind } = target
  switch (kind) {
    case 'all':
    case 'supplier':
      return true
    case 'plant':
      return isHere(target.id)
    case 'zone':
      return isHere(zones.get(target.id)?.plant)
    case 'asset': {
      const asset = assets.get(target.id)
      return isHere(asset && zones.get(asset.zone)?.plant)
    }
    case 'person':
      if (target.id === person.id || machines.includes(target.id)) return true
      return (await store.people.byId(target.id))?.plants.some(isHere) ?? false
  }
}

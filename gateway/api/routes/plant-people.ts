// What people of a supplier do not read: who else is off, on site, eligible or under review.

import { needRole } from '../logins.ts'
import type { Actor } from '../../access/authorize.ts'
import { GatewayError } from '../../errors.ts'

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
  if (person.supplier !== null) return false
  return person.roles.some((role) => role === 'auditor' || role === 'isms-manager' || role === 'admin')
}

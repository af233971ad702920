// The session whose recording somebody wants to see, named in the address, and who can want that at all. Whether they may
// see it is the gate's.

import type { FastifyRequest } from 'fastify'
import { parseSessionId, type Role } from '../../../policy/index.ts'
import type { Actor } from '../../access/authorize.ts'
import { GatewayError } from '../../errors.ts'
import { watchers } from '../../evidence/viewing.ts'
import type { StoredSession } from '../../store/sessions.ts'
import { needRole } from '../logins.ts'
import { needId } from '../scope.ts'
import type { Services } from '../services.ts'
import { refuseHidden } from './hidden.ts'

/**
 * For who has one of these roles, or one that a rule of handling.yaml names: everybody else is told what is missing, also
 * of recordings that are not there. Of a supplier's roles only `vendor` counts.
 * @throws GatewayError `role-missing`
 */
export function needLooker({ bundle }: Pick<Services, 'bundle'>, actor: Actor, usual: readonly Role[]): void {
  const { roles, supplier } = actor.person
  const named = new Set(bundle().handling.rules.flatMap(({ view }) => view?.roles ?? []))
  const held = roles.filter((role) => (supplier === null) === (role !== 'vendor'))
  if (!held.some((role) => named.has(role))) needRole(actor, ...usual)
}

/**
 * Nobody of a supplier learns of a session that was not theirs.
 * @throws GatewayError `malformed-id`, `not-found`, `role-missing`
 */
export async function needViewedSession(
  services: Pick<Services, 'store' | 'clock' | 'bundle'>,
  request: FastifyRequest,
  actor: Actor,
  id: string,
): Promise<StoredSession> {
  const session = needId(parseSessionId(id))
  needLooker(services, actor, watchers)
  const stored = await services.store.sessions.byId(session)
  if (!stored) throw new GatewayError('not-found')
  if (actor.person.supplier !== null && stored.person !== actor.person.id) return refuseHidden(services, request, actor)
  return stored
}

// Who is suspended changes nothing any more, whatever their roles: not the rules, not other people's access, not what
// stands in their own way. They still end access, their own and others', because ending is always easier than beginning,
// and they still read. A route that is not named here is closed to them.

import type { FastifyRequest } from 'fastify'
import { prefix, routes, type RouteName } from '../contract/routes.ts'
import type { Actor } from '../access/authorize.ts'
import { suspensionOfPerson } from '../access/suspensions.ts'
import { GatewayError } from '../errors.ts'
import type { Services } from './services.ts'

const stillOpen: readonly RouteName[] = [
  'logout',
  // Ending access.
  'deny',
  'withdraw',
  'withdrawSet',
  'revoke',
  'revokeAccess',
  'kill',
  'leaveEscort',
  'endDelegation',
  'endPresence',
  'withdrawAttestation',
  'withdrawTraining',
  'withdrawExpectation',
  // Asked of policy, which refuses who is suspended and says what would have to change.
  'submit',
  'approve',
  'extend',
  // Telling what nearly went wrong: it changes nothing for anybody.
  'reportConcern',
  // Looking.
  'verify',
  'bundleDiff',
  'bundleDryRun',
  'explain',
]
const pathsOf = (names: readonly RouteName[]): ReadonlySet<string> =>
  new Set(names.map((name) => `${routes[name].method} ${prefix}${routes[name].path}`))
const openRoutes = pathsOf(stillOpen)
/** What shows a recording: a replay that was opened before is of no more use than one that could not be opened now. */
const recordingRoutes = pathsOf(['replayChannel', 'cast', 'rawChannel'])

/**
 * For every route: passes what is still open to who is suspended, and keeps every other attempt as evidence.
 * @throws GatewayError `policy-denied` for who is suspended and would change something, or see a recording.
 */
export async function refuseSuspended(
  deps: Pick<Services, 'store' | 'clock'>,
  request: FastifyRequest,
  actor: Actor,
): Promise<void> {
  const route = routeOf(request)
  if (request.method === 'GET' ? recordingRoutes.has(route) : !openRoutes.has(route))
    await refuseAnythingSuspended(deps, request, actor)
}

const routeOf = ({ method, routeOptions }: FastifyRequest): string => `${method} ${routeOptions.url ?? 'unknown'}`

/**
 * For what changes something on a route that is otherwise open to them. Keeps the attempt as evidence.
 * @throws GatewayError `policy-denied` for who is suspended.
 */
export async function refuseAnythingSuspended(
  { store, clock }: Pick<Services, 'store' | 'clock'>,
  request: FastifyRequest,
  { person }: Actor,
): Promise<void> {
  // Read from the store: what another process has just written holds already.
  if (suspensionOfPerson(await store.suspensions.inForce(), person) === null) return
  await store.change(async ({ ledger }) => {
    const source = await ledger.commit(request.ip)
    const entry = { person: person.id, route: routeOf(request), code: 'suspended-party', source }
    await ledger.append('input.refused', clock.now(), entry)
  })
  throw new GatewayError('policy-denied', 'you are suspended: you may end access and look, and change nothing else')
}

// Sessions: who is in the plant now, and ending one.

import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { parseSessionId } from '../../../policy/index.ts'
import { mayEnd } from '../../access/requests.ts'
import { KillBody } from '../../contract/bodies.ts'
import { routes } from '../../contract/routes.ts'
import { EscortView, ListOf, SessionView } from '../../contract/views.ts'
import { GatewayError } from '../../errors.ts'
import type { StoredSession } from '../../store/sessions.ts'
import type { Logins } from '../logins.ts'
import { IdParams, needId, nextOf, PageQuery, pageOf, problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'
import { openViewer } from '../view.ts'
import { isTheirs, mayRead, theirs } from './access.ts'
import { refuseHidden } from './hidden.ts'

export function sessionRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { store, bus, clock, registry, escorts, bundle } = services
  const viewer = openViewer(services)

  app.route({
    ...routes.sessions,
    url: routes.sessions.path,
    schema: {
      querystring: Type.Object({
        state: Type.Optional(Type.Union([Type.Literal('live'), Type.Literal('all')])),
        ...PageQuery,
      }),
      response: { 200: ListOf(SessionView), ...problemAnswers },
    },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const page = pageOf(request.query)
      const seesOthers =
        actor.person.supplier === null && actor.person.roles.some((role) => role !== 'vendor' && role !== 'engineer')
      const filter = { person: seesOthers ? null : theirs(actor), live: request.query.state !== 'all' }
      const read = await store.sessions.list(filter, page)
      const rows = read.filter((row) => mayRead(actor, row.person, row.plant))
      return { items: await viewer.sessions(rows), next: nextOf(read, page.limit, read.at(-1)?.id) }
    },
  })
  app.route({
    ...routes.kill,
    url: routes.kill.path,
    schema: { params: IdParams, body: KillBody, response: { 200: SessionView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const id = needId(parseSessionId(request.params.id))
      const stored = await store.sessions.byId(id)
      if (!stored) throw new GatewayError('not-found')
      if (!mayRead(actor, stored.person, stored.plant)) return refuseHidden(services, request, actor)
      if (!isTheirs(actor, stored.person) && !mayEnd(actor.person, stored.plant))
        throw new GatewayError(
          'role-missing',
          `ending a session in plant \`${stored.plant}\` needs an approver of that plant`,
        )
      const at = clock.now()
      const { reason, insist = false } = request.body
      const asks = bundle().assets.get(stored.asset)?.expiry.kind === 'confirm-safe-state'
      if (asks && !insist)
        throw new GatewayError(
          'confirm-safe-state',
          `is the process at \`${stored.asset}\` in a safe state: look, and insist to end the session all the same`,
        )
      const by = actor.person.id
      // The order is evidence before it is carried out, and given once: who comes second finds the session ending.
      await store.change(async ({ ledger, sessions }) => {
        const current = await sessions.byId(id)
        const living = registry.get(id)
        const isAlive = current?.state === 'active' ? living?.state === 'active' : living?.standing === 'waiting'
        if (!isAlive) throw new GatewayError('state-conflict', `session \`${id}\` has ended already, or is ending`)
        await sessions.update(id, { state: 'ending' })
        const entry = { session: id, by, reason: await ledger.commit(reason), insisted: asks }
        await ledger.append('session.kill_ordered', at, entry)
      })
      bus.publish({ kind: 'session-kill', session: id, by, reason, at })
      return viewOf(stored)
    },
  })
  app.route({
    ...routes.escort,
    url: routes.escort.path,
    schema: { params: IdParams, response: { 200: EscortView, ...problemAnswers } },
    handler: async (request) => {
      const { actor, stored } = await escorted(request)
      const { leaseUntil } = await escorts.attach(actor.person, stored.id)
      return { session: await viewOf(stored), leaseUntil }
    },
  })
  app.route({
    ...routes.leaveEscort,
    url: routes.leaveEscort.path,
    schema: { params: IdParams, response: { 200: SessionView, ...problemAnswers } },
    handler: async (request) => {
      const { actor, stored } = await escorted(request)
      await escorts.leave(actor.person, stored.id)
      return viewOf(stored)
    },
  })

  async function viewOf(stored: StoredSession): Promise<SessionView> {
    const [view] = await viewer.sessions([stored])
    if (!view) throw new GatewayError('not-found')
    return view
  }

  /** Who may not read a session does not learn that it is there. */
  async function escorted(request: FastifyRequest<{ Params: { id: string } }>) {
    const actor = await logins.actor(request)
    const id = needId(parseSessionId(request.params.id))
    const stored = await store.sessions.byId(id)
    if (!stored) throw new GatewayError('not-found')
    if (!mayRead(actor, stored.person, stored.plant)) return refuseHidden(services, request, actor)
    return { actor, stored }
  }
}

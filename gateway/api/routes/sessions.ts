// Sessions: who is in the plant now, and ending one.

import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { parsePlantId, parseSessionId } from '../../../policy/index.ts'
import { mayEnd } from '../../access/requests.ts'
import { KillBody } from '../../contract/bodies.ts'
import { routes } from '../../contract/routes.ts'
import { EscortView, ListOf, SessionView } from '../../contract/views.ts'
import { GatewayError } from '../../errors.ts'
import type { StoredSession } from '../../store/sessions.ts'
import type { Logins } from '../logins.ts'
import { IdParams, needId, nextOf, PageQuery, pageOf, problemAnswers, type ApiScope } from '../scope.ts'
import { PlantQuery } from '../plants-asked.ts'
import { readablePage } from '../readable-page.ts'
import type { Services } from '../services.ts'
import { openViewer } from '../view.ts'
import { isTheirs, mayRead, readBy, theirs } from './access.ts'
import { refuseHidden } from './hidden.ts'

export function sessionRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { store, killer, escorts } = services
  const viewer = openViewer(services)

  app.route({
    ...routes.sessions,
    url: routes.sessions.path,
    schema: {
      querystring: Type.Object({
        state: Type.Optional(Type.Union([Type.Literal('live'), Type.Literal('all')])),
        ...PlantQuery,
        ...PageQuery,
      }),
      response: { 200: ListOf(SessionView), ...problemAnswers },
    },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const page = pageOf(request.query)
      const seesOthers =
        actor.person.supplier === null && actor.person.roles.some((role) => role !== 'vendor' && role !== 'engineer')
      const plant = request.query.plant === undefined ? null : needId(parsePlantId(request.query.plant))
      const filter = { person: seesOthers ? readBy(actor) : theirs(actor), live: request.query.state !== 'all', plant }
      const rows = await readablePage(
        page,
        (from) => store.sessions.list(filter, from),
        ({ id }) => id,
        (row) => mayRead(actor, row.person, row.plant),
      )
      return { items: await viewer.sessions(rows), next: nextOf(rows, page.limit, rows.at(-1)?.id) }
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
      const { reason, insist = false, override = false } = request.body
      await killer.kill(actor.person, id, { reason, insist, override })
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
    ...routes.liftWriteHold,
    url: routes.liftWriteHold.path,
    schema: { params: IdParams, response: { 200: SessionView, ...problemAnswers } },
    handler: async (request) => {
      const { actor, stored } = await escorted(request)
      await escorts.liftHold(actor.person, stored.id)
      return viewOf(stored)
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

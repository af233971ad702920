// Viewings that a second person has to agree to: asking for one, answering it, and the list of those one has to do with.

import { Type } from 'typebox'
import { parseViewingId, type ViewingId } from '../../../policy/index.ts'
import type { Actor } from '../../access/authorize.ts'
import { PurposeBody, ReasonBody } from '../../contract/bodies.ts'
import { routes } from '../../contract/routes.ts'
import { ListOf, ViewingView } from '../../contract/views.ts'
import { GatewayError } from '../../errors.ts'
import type { StoredViewing } from '../../store/viewings.ts'
import type { Logins } from '../logins.ts'
import { IdParams, needId, nextOf, PageQuery, pageOf, problemAnswers, type ApiScope } from '../scope.ts'
import { readablePage } from '../readable-page.ts'
import type { Services } from '../services.ts'
import { openViewingViewer } from '../viewing-view.ts'
import { readsAll } from './plant-people.ts'
import { needViewedSession } from './viewed-session.ts'

export function viewingRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { store, viewings } = services
  const viewer = openViewingViewer(services)

  async function one(actor: Actor, viewing: StoredViewing): Promise<ViewingView> {
    const [view] = await viewer.viewings(actor, [viewing])
    if (!view) throw new GatewayError('not-found')
    return view
  }

  /** Who wants to look at what, and why, is for those who look, those who answer, and those who read everything. */
  async function mayRead(actor: Actor, viewing: StoredViewing): Promise<boolean> {
    const { id } = actor.person
    if (readsAll(actor) || viewing.viewer === id || viewing.answered?.by === id) return true
    const session = await store.sessions.byId(viewing.session)
    return session !== null && viewings.mayAnswer(actor.person, viewing, session)
  }

  app.route({
    ...routes.viewings,
    url: routes.viewings.path,
    schema: { querystring: Type.Object(PageQuery), response: { 200: ListOf(ViewingView), ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const page = pageOf(request.query)
      const rows = await readablePage(
        page,
        (from) => store.viewings.list(from),
        ({ id }) => id,
        (row) => mayRead(actor, row),
      )
      return { items: await viewer.viewings(actor, rows), next: nextOf(rows, page.limit, rows.at(-1)?.id) }
    },
  })
  app.route({
    ...routes.askViewing,
    url: routes.askViewing.path,
    schema: { params: IdParams, body: PurposeBody, response: { 201: ViewingView, ...problemAnswers } },
    handler: async (request, reply) => {
      const actor = await logins.actor(request)
      const session = await needViewedSession(services, request, actor, request.params.id)
      return reply.code(201).send(await one(actor, await viewings.ask(actor, session, request.body.purpose)))
    },
  })
  app.route({
    ...routes.confirmViewing,
    url: routes.confirmViewing.path,
    schema: { params: IdParams, response: { 200: ViewingView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const id: ViewingId = needId(parseViewingId(request.params.id))
      return one(actor, await viewings.confirm(actor, id))
    },
  })
  app.route({
    ...routes.refuseViewing,
    url: routes.refuseViewing.path,
    schema: { params: IdParams, body: ReasonBody, response: { 200: ViewingView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const id: ViewingId = needId(parseViewingId(request.params.id))
      return one(actor, await viewings.refuse(actor, id, request.body.reason))
    },
  })
}

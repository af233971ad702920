// Sessions: who is in the plant now, and ending one.

import { Type } from 'typebox'
import { parseSessionId } from '../../../policy/index.ts'
import { mayEnd } from '../../access/requests.ts'
import { ReasonBody } from '../../contract/bodies.ts'
import { routes } from '../../contract/routes.ts'
import { ListOf, SessionView } from '../../contract/views.ts'
import { GatewayError } from '../../errors.ts'
import type { Logins } from '../logins.ts'
import { IdParams, needId, nextOf, PageQuery, pageOf, problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'
import { openViewer } from '../view.ts'
import { mayRead } from './access.ts'
import { refuseHidden } from './hidden.ts'

export function sessionRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { store, bus, clock, registry } = services
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
      const seesOthers = actor.person.roles.some((role) => role !== 'vendor' && role !== 'engineer')
      const filter = { person: seesOthers ? null : actor.person.id, live: request.query.state !== 'all' }
      const read = await store.sessions.list(filter, page)
      const rows = read.filter((row) => mayRead(actor, row.person, row.plant))
      return { items: await viewer.sessions(rows), next: nextOf(read, page.limit, read.at(-1)?.id) }
    },
  })
  app.route({
    ...routes.kill,
    url: routes.kill.path,
    schema: { params: IdParams, body: ReasonBody, response: { 200: SessionView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const id = needId(parseSessionId(request.params.id))
      const stored = await store.sessions.byId(id)
      if (!stored) throw new GatewayError('not-found')
      if (!mayRead(actor, stored.person, stored.plant)) return refuseHidden(services, request, actor)
      if (stored.person !== actor.person.id && !mayEnd(actor.person, stored.plant))
        throw new GatewayError(
          'role-missing',
          `ending a session in plant \`${stored.plant}\` needs an approver of that plant`,
        )
      const at = clock.now()
      const { reason } = request.body
      const by = actor.person.id
      // The order is evidence before it is carried out, and given once: who comes second finds the session ending.
      await store.change(async ({ ledger, sessions }) => {
        const current = await sessions.byId(id)
        if (current?.state !== 'active' || registry.get(id)?.state !== 'active')
          throw new GatewayError('state-conflict', `session \`${id}\` has ended already, or is ending`)
        await sessions.update(id, { state: 'ending' })
        await ledger.append('session.kill_ordered', at, { session: id, by, reason: await ledger.commit(reason) })
      })
      bus.publish({ kind: 'session-kill', session: id, by, reason, at })
      const [view] = await viewer.sessions([stored])
      if (!view) throw new GatewayError('not-found')
      return view
    },
  })
}

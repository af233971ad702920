// Taking off, lifting, and ending access at one stroke.

import { Type } from 'typebox'
import { parseSuspensionId } from '../../../policy/index.ts'
import { ReasonBody } from '../../contract/bodies.ts'
import { routes } from '../../contract/routes.ts'
import { RevocationBody, SuspendBody } from '../../contract/standing-bodies.ts'
import { RevokedView, SuspendedView, SuspensionView } from '../../contract/standing-views.ts'
import { ListOf } from '../../contract/views.ts'
import { GatewayError } from '../../errors.ts'
import type { NamedTarget } from '../../access/ending.ts'
import type { Logins } from '../logins.ts'
import { IdParams, needId, problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'
import { openStandingViewer } from '../standing-view.ts'
import { needPlantPerson, readsSuspension } from './plant-people.ts'

export function suspensionRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { store, standing } = services
  const viewer = openStandingViewer(services)

  app.route({
    ...routes.suspend,
    url: routes.suspend.path,
    schema: { body: SuspendBody, response: { 201: SuspendedView, ...problemAnswers } },
    handler: async (request, reply) => {
      const actor = await logins.actor(request)
      const { target, reason } = request.body
      const done = await standing.suspensions.suspend(actor, target as NamedTarget, reason)
      const [suspension] = await viewer.suspensions(actor, [{ ...done.suspension, lifted: null }])
      if (!suspension) throw new GatewayError('not-found')
      const ended = await viewer.ended(done.ended)
      const unconfirmed = await viewer.endedSessions(done.unconfirmed)
      return reply.code(201).send({ suspension, ended, unconfirmed })
    },
  })
  app.route({
    ...routes.suspensions,
    url: routes.suspensions.path,
    schema: {
      querystring: Type.Object({ state: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('all')])) }),
      response: { 200: ListOf(SuspensionView), ...problemAnswers },
    },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needPlantPerson(actor)
      const stored = []
      for (const suspension of await store.suspensions.list(request.query.state !== 'all'))
        if (await readsSuspension(services, actor, suspension)) stored.push(suspension)
      return { items: await viewer.suspensions(actor, stored), next: null }
    },
  })
  app.route({
    ...routes.lift,
    url: routes.lift.path,
    schema: { params: IdParams, body: ReasonBody, response: { 200: SuspensionView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needPlantPerson(actor)
      const lifted = await standing.suspensions.lift(
        actor,
        needId(parseSuspensionId(request.params.id)),
        request.body.reason,
      )
      const [view] = await viewer.suspensions(actor, [lifted])
      if (!view) throw new GatewayError('not-found')
      return view
    },
  })
  app.route({
    ...routes.revokeAccess,
    url: routes.revokeAccess.path,
    schema: { body: RevocationBody, response: { 200: RevokedView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const { target: named, reason, insist = false } = request.body
      const { target, ended } = await standing.revocations.revoke(actor, named as NamedTarget, { reason, insist })
      return { target: await viewer.target(target), ended: await viewer.ended(ended) }
    },
  })
}

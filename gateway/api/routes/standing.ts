// Delegations, presences and attestations: who may decide for whom, who is on site, and who may touch what is
// restricted.

import { parseAttestationId, parseDelegationId, parsePresenceId } from '../../../policy/index.ts'
import { ReasonBody } from '../../contract/bodies.ts'
import { routes } from '../../contract/routes.ts'
import { AttestationBody, DelegationBody, PresenceBody } from '../../contract/standing-bodies.ts'
import { AttestationView, DelegationView, PresenceView } from '../../contract/standing-views.ts'
import { ListOf } from '../../contract/views.ts'
import { GatewayError } from '../../errors.ts'
import type { Logins } from '../logins.ts'
import { IdParams, needId, problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'
import { openStandingViewer } from '../standing-view.ts'
import { needPlantPerson, readsAll } from './plant-people.ts'

/** The one view of the one row. */
function only<T>(views: readonly T[]): T {
  const [view] = views
  if (view === undefined) throw new GatewayError('not-found')
  return view
}

export function standingRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { store, standing } = services
  const viewer = openStandingViewer(services)

  app.route({
    ...routes.delegate,
    url: routes.delegate.path,
    schema: { body: DelegationBody, response: { 201: DelegationView, ...problemAnswers } },
    handler: async (request, reply) => {
      const actor = await logins.actor(request)
      needPlantPerson(actor)
      const made = await standing.delegations.create(actor, request.body)
      return reply.code(201).send(only(await viewer.delegations([made])))
    },
  })
  app.route({
    ...routes.delegations,
    url: routes.delegations.path,
    schema: { response: { 200: ListOf(DelegationView), ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needPlantPerson(actor)
      const { id } = actor.person
      const rows = (await store.delegations.list()).filter(
        ({ from, to }) => readsAll(actor) || from === id || to === id,
      )
      return { items: await viewer.delegations(rows), next: null }
    },
  })
  app.route({
    ...routes.endDelegation,
    url: routes.endDelegation.path,
    schema: { params: IdParams, response: { 200: DelegationView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needPlantPerson(actor)
      const id = needId(parseDelegationId(request.params.id))
      await standing.delegations.end(actor, id)
      const row = await store.delegations.byId(id)
      return only(await viewer.delegations(row ? [row] : []))
    },
  })

  app.route({
    ...routes.assertPresence,
    url: routes.assertPresence.path,
    schema: { body: PresenceBody, response: { 201: PresenceView, ...problemAnswers } },
    handler: async (request, reply) => {
      const actor = await logins.actor(request)
      const made = await standing.presences.assert(actor, request.body)
      return reply.code(201).send(only(await viewer.presences([made])))
    },
  })
  app.route({
    ...routes.presences,
    url: routes.presences.path,
    schema: { response: { 200: ListOf(PresenceView), ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needPlantPerson(actor)
      const now = services.clock.now()
      const rows = (await store.presences.open()).filter(
        ({ plant, until }) => until > now && (readsAll(actor) || actor.person.plants.includes(plant)),
      )
      return { items: await viewer.presences(rows), next: null }
    },
  })
  app.route({
    ...routes.endPresence,
    url: routes.endPresence.path,
    schema: { params: IdParams, response: { 200: PresenceView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needPlantPerson(actor)
      const id = needId(parsePresenceId(request.params.id))
      await standing.presences.end(actor, id)
      const row = await store.presences.byId(id)
      return only(await viewer.presences(row ? [row] : []))
    },
  })

  app.route({
    ...routes.attest,
    url: routes.attest.path,
    schema: { body: AttestationBody, response: { 201: AttestationView, ...problemAnswers } },
    handler: async (request, reply) => {
      const actor = await logins.actor(request)
      needPlantPerson(actor)
      const { person, label, ...proof } = request.body
      const made = await standing.attestations.attest(actor, { kind: 'label', person, label }, proof)
      return reply.code(201).send(only(await viewer.attestations([made])))
    },
  })
  app.route({
    ...routes.attestations,
    url: routes.attestations.path,
    schema: { response: { 200: ListOf(AttestationView), ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const rows = (await store.attestations.list('label')).filter(
        ({ of }) => readsAll(actor) || of.person === actor.person.id,
      )
      return { items: await viewer.attestations(rows), next: null }
    },
  })
  app.route({
    ...routes.withdrawAttestation,
    url: routes.withdrawAttestation.path,
    schema: { params: IdParams, body: ReasonBody, response: { 200: AttestationView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needPlantPerson(actor)
      const id = needId(parseAttestationId(request.params.id))
      const withdrawn = await standing.attestations.withdraw(actor, 'label', id, request.body.reason)
      return only(await viewer.attestations([withdrawn]))
    },
  })
}

// Over HTTP: evidence that is asked of others for an incident, what came, and who has it. Each step answers with the
// incident as it is then.

import {
  parseEvidenceRequestId,
  parseExhibitId,
  parseIncidentId,
  type IncidentId,
  type Person,
} from '../../../policy/index.ts'
import { AskEvidenceBody, CustodyBody, EndAskingBody, ReceiveBody } from '../../contract/incident-bodies.ts'
import { routes } from '../../contract/routes.ts'
import { IncidentView } from '../../contract/views.ts'
import { needIncident } from '../../incidents/step.ts'
import { openIncidentViewer } from '../incident-view.ts'
import type { Logins } from '../logins.ts'
import { IdParams, needId, problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'

export function evidenceRequestRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { outside } = services.standing.incidents
  const viewer = openIncidentViewer(services)
  const answer = { response: { 200: IncidentView, ...problemAnswers } }
  const viewOf = async (person: Person, id: IncidentId): Promise<IncidentView> =>
    viewer.incident(person, await needIncident(services, person, id))

  app.route({
    ...routes.askEvidence,
    url: routes.askEvidence.path,
    schema: { params: IdParams, body: AskEvidenceBody, response: { 201: IncidentView, ...problemAnswers } },
    handler: async (request, reply) => {
      const { person } = await logins.actor(request)
      const id = needId(parseIncidentId(request.params.id))
      await outside.ask(person, id, request.body)
      return reply.code(201).send(await viewOf(person, id))
    },
  })
  app.route({
    ...routes.receiveEvidence,
    url: routes.receiveEvidence.path,
    schema: { params: IdParams, body: ReceiveBody, ...answer },
    handler: async (request) => {
      const { person } = await logins.actor(request)
      const id = needId(parseEvidenceRequestId(request.params.id))
      const { files, holder, place } = request.body
      await outside.receive(person, id, files, { holder, place })
      return viewOf(person, (await outside.requestOf(id)).incident)
    },
  })
  app.route({
    ...routes.endAsking,
    url: routes.endAsking.path,
    schema: { params: IdParams, body: EndAskingBody, ...answer },
    handler: async (request) => {
      const { person } = await logins.actor(request)
      const id = needId(parseEvidenceRequestId(request.params.id))
      await outside.end(person, id, request.body.outcome, request.body.reason)
      return viewOf(person, (await outside.requestOf(id)).incident)
    },
  })
  app.route({
    ...routes.moveExhibit,
    url: routes.moveExhibit.path,
    schema: { params: IdParams, body: CustodyBody, ...answer },
    handler: async (request) => {
      const { person } = await logins.actor(request)
      const id = needId(parseExhibitId(request.params.id))
      await outside.move(person, id, request.body)
      return viewOf(person, (await outside.exhibitOf(id)).incident)
    },
  })
}

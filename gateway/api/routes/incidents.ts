// Incidents over HTTP. Who may do what is the service's to say; a step answers with the incident as it is then.

import { Type, type TSchema } from 'typebox'
import {
  parseConcernId,
  parseIncidentId,
  parseLogin,
  parseSuspensionId,
  type IncidentId,
  type Person,
} from '../../../policy/index.ts'
import { ReasonBody } from '../../contract/bodies.ts'
import {
  AssessBody,
  AssignBody,
  CloseIncidentBody,
  IncidentBody,
  IncidentWordsBody,
  LinkBody,
  RateBody,
  ReportedBody,
  TouchBody,
} from '../../contract/incident-bodies.ts'
import { routes } from '../../contract/routes.ts'
import { CustodyLogView, IncidentRow, IncidentView, ListOf } from '../../contract/views.ts'
import { mayReadIncident } from '../../incidents/rights.ts'
import { needIncident } from '../../incidents/step.ts'
import { custodyLogOf } from '../custody-log-view.ts'
import { openIncidentViewer } from '../incident-view.ts'
import type { Logins } from '../logins.ts'
import { readablePage } from '../readable-page.ts'
import { IdParams, needId, nextOf, PageQuery, pageOf, problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'

/** Trims what people wrote: the schema lets no text through that is only white space. */
const said = (words: string): string => words.trim()

export function incidentRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { store, standing } = services
  const { incidents } = standing
  const viewer = openIncidentViewer(services)
  const answer = { response: { 200: IncidentView, ...problemAnswers } }

  const viewOf = async (person: Person, id: IncidentId): Promise<IncidentView> =>
    viewer.incident(person, await needIncident(services, person, id))

  /** A step on one incident: taken, then answered. */
  const stepOn = <B extends TSchema>(body: B) => ({ schema: { params: IdParams, body, ...answer } })
  const idOf = (params: { readonly id: string }): IncidentId => needId(parseIncidentId(params.id))

  app.route({
    ...routes.raiseIncident,
    url: routes.raiseIncident.path,
    schema: { body: IncidentBody, response: { 201: IncidentView, ...problemAnswers } },
    handler: async (request, reply) => {
      const { person } = await logins.actor(request)
      const { title, words, severity, touches = {}, concern } = request.body
      const from = concern === undefined ? null : needId(parseConcernId(concern))
      const id = await incidents.raise(person, {
        title: said(title),
        words: said(words),
        severity,
        touches,
        concern: from,
      })
      return reply.code(201).send(await viewOf(person, id))
    },
  })
  app.route({
    ...routes.incidents,
    url: routes.incidents.path,
    schema: {
      querystring: Type.Object({
        state: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('all')])),
        ...PageQuery,
      }),
      response: { 200: ListOf(IncidentRow), ...problemAnswers },
    },
    handler: async (request) => {
      const { person } = await logins.actor(request)
      const page = pageOf(request.query)
      const rows = await readablePage(
        page,
        (from) => store.incidents.list({ open: request.query.state !== 'all' }, from),
        ({ id }) => id,
        (row) => mayReadIncident(person, row),
      )
      return { items: await viewer.rows(rows), next: nextOf(rows, page.limit, rows.at(-1)?.id) }
    },
  })
  app.route({
    ...routes.incident,
    url: routes.incident.path,
    schema: { params: IdParams, ...answer },
    handler: async (request) => {
      const { person } = await logins.actor(request)
      return viewOf(person, idOf(request.params))
    },
  })
  app.route({
    ...routes.incidentCustody,
    url: routes.incidentCustody.path,
    schema: { params: IdParams, response: { 200: CustodyLogView, ...problemAnswers } },
    handler: async (request) => {
      const { person } = await logins.actor(request)
      return custodyLogOf(services, await needIncident(services, person, idOf(request.params)), person)
    },
  })
  app.route({
    ...routes.touchIncident,
    url: routes.touchIncident.path,
    ...stepOn(TouchBody),
    handler: async (request) => {
      const { person } = await logins.actor(request)
      const id = idOf(request.params)
      await incidents.touch(person, id, request.body)
      return viewOf(person, id)
    },
  })
  app.route({
    ...routes.rateIncident,
    url: routes.rateIncident.path,
    ...stepOn(RateBody),
    handler: async (request) => {
      const { person } = await logins.actor(request)
      const id = idOf(request.params)
      await incidents.rate(person, id, request.body.severity, said(request.body.reason))
      return viewOf(person, id)
    },
  })
  app.route({
    ...routes.assignIncident,
    url: routes.assignIncident.path,
    ...stepOn(AssignBody),
    handler: async (request) => {
      const { person } = await logins.actor(request)
      const id = idOf(request.params)
      await incidents.assign(person, id, needId(parseLogin(request.body.to)))
      return viewOf(person, id)
    },
  })
  for (const [name, step] of [
    ['noteIncident', 'note'],
    ['containIncident', 'contain'],
    ['closeIncidentAction', 'closeAction'],
  ] as const)
    app.route({
      ...routes[name],
      url: routes[name].path,
      ...stepOn(IncidentWordsBody),
      handler: async (request) => {
        const { person } = await logins.actor(request)
        const id = idOf(request.params)
        await incidents[step](person, id, said(request.body.words))
        return viewOf(person, id)
      },
    })
  app.route({
    ...routes.holdIncident,
    url: routes.holdIncident.path,
    ...stepOn(ReasonBody),
    handler: async (request) => {
      const { person } = await logins.actor(request)
      const id = idOf(request.params)
      await incidents.hold(person, id, said(request.body.reason))
      return viewOf(person, id)
    },
  })
  app.route({
    ...routes.linkIncident,
    url: routes.linkIncident.path,
    ...stepOn(LinkBody),
    handler: async (request) => {
      const { person } = await logins.actor(request)
      const id = idOf(request.params)
      await incidents.link(person, id, needId(parseSuspensionId(request.body.suspension)))
      return viewOf(person, id)
    },
  })
  app.route({
    ...routes.reportIncident,
    url: routes.reportIncident.path,
    ...stepOn(ReportedBody),
    handler: async (request) => {
      const { person } = await logins.actor(request)
      const id = idOf(request.params)
      await incidents.reported(person, id, request.body.report, said(request.body.reference))
      return viewOf(person, id)
    },
  })
  app.route({
    ...routes.assessIncident,
    url: routes.assessIncident.path,
    ...stepOn(AssessBody),
    handler: async (request) => {
      const { person } = await logins.actor(request)
      const id = idOf(request.params)
      await incidents.assess(person, id, request.body.kind, said(request.body.words))
      return viewOf(person, id)
    },
  })
  app.route({
    ...routes.closeIncident,
    url: routes.closeIncident.path,
    ...stepOn(CloseIncidentBody),
    handler: async (request) => {
      const { person } = await logins.actor(request)
      const id = idOf(request.params)
      const { cause, lessons, decision, action } = request.body
      await incidents.close(person, id, {
        cause: said(cause),
        lessons: said(lessons),
        decision: decision === undefined ? null : said(decision),
        action:
          action === undefined ? null : { ...action, what: said(action.what), owner: needId(parseLogin(action.owner)) },
      })
      return viewOf(person, id)
    },
  })
}

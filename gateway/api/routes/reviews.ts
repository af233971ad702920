// Reviews that are owed, campaigns over standing eligibility, and the register's exceptions as they age.

import { Type } from 'typebox'
import { compensationOf, parseCampaignId, parseReviewId } from '../../../policy/index.ts'
import { routes } from '../../contract/routes.ts'
import { CampaignBody, CampaignItemBody, ReviewBody } from '../../contract/standing-bodies.ts'
import { CampaignView, ExceptionView, ReviewDetailView, ReviewView } from '../../contract/standing-views.ts'
import { ListOf } from '../../contract/views.ts'
import { GatewayError } from '../../errors.ts'
import type { Actor } from '../../access/authorize.ts'
import type { Logins } from '../logins.ts'
import { plantsAsked } from '../plants-asked.ts'
import { IdParams, needId, problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'
import { openStandingViewer } from '../standing-view.ts'
import { openViewer } from '../view.ts'
import { mayRead } from './access.ts'
import { refuseHidden } from './hidden.ts'
import { needOverseer, needPlantPerson } from './plant-people.ts'

export function reviewRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { store, bundle, standing, register } = services
  const viewer = openStandingViewer(services)
  const accessViewer = openViewer(services)

  async function oneCampaign(actor: Actor, given: string): Promise<CampaignView> {
    const campaign = await store.campaigns.byId(needId(parseCampaignId(given)))
    if (!campaign) throw new GatewayError('not-found', `no campaign \`${given}\``)
    return viewer.campaign(actor, campaign, true)
  }

  app.route({
    ...routes.reviews,
    url: routes.reviews.path,
    schema: {
      querystring: Type.Object({ state: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('all')])) }),
      response: { 200: ListOf(ReviewView), ...problemAnswers },
    },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const all = await store.reviews.list(request.query.state !== 'all')
      const rows = all.filter(({ person, plant }) => mayRead(actor, person, plant))
      return { items: await viewer.reviews(actor, rows), next: null }
    },
  })
  app.route({
    ...routes.review,
    url: routes.review.path,
    schema: { params: IdParams, response: { 200: ReviewDetailView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const id = needId(parseReviewId(request.params.id))
      const stored = await store.reviews.byId(id)
      if (stored && !mayRead(actor, stored.person, stored.plant)) return refuseHidden(services, request, actor)
      const [review] = stored ? await viewer.reviews(actor, [stored]) : []
      if (!stored || !review) throw new GatewayError('not-found', `no review \`${id}\``)
      const asked = await store.requests.byId(stored.request)
      const [about = null] = asked ? await accessViewer.requests(actor, [asked]) : []
      const used = await store.sessions.ofGrant(stored.grant)
      const sessions = used.filter((session) => stored.session === null || session.id === stored.session)
      return { review, request: about, sessions: await accessViewer.sessions(sessions) }
    },
  })
  app.route({
    ...routes.closeReview,
    url: routes.closeReview.path,
    schema: { params: IdParams, body: ReviewBody, response: { 200: ReviewView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const id = needId(parseReviewId(request.params.id))
      const stored = await store.reviews.byId(id)
      if (stored && !mayRead(actor, stored.person, stored.plant)) return refuseHidden(services, request, actor)
      const [view] = await viewer.reviews(actor, [await standing.reviews.close(actor, id, request.body)])
      if (!view) throw new GatewayError('not-found')
      return view
    },
  })

  app.route({
    ...routes.startCampaign,
    url: routes.startCampaign.path,
    schema: { body: CampaignBody, response: { 201: CampaignView, ...problemAnswers } },
    handler: async (request, reply) => {
      const actor = await logins.actor(request)
      const id = await standing.campaigns.start(actor, request.body)
      return reply.code(201).send(await oneCampaign(actor, id))
    },
  })
  app.route({
    ...routes.campaigns,
    url: routes.campaigns.path,
    schema: { response: { 200: ListOf(CampaignView), ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needOverseer(actor)
      const items = []
      for (const campaign of await store.campaigns.list()) items.push(await viewer.campaign(actor, campaign, false))
      return { items, next: null }
    },
  })
  app.route({
    ...routes.campaign,
    url: routes.campaign.path,
    schema: { params: IdParams, response: { 200: CampaignView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needOverseer(actor)
      return oneCampaign(actor, request.params.id)
    },
  })
  app.route({
    ...routes.decideItem,
    url: routes.decideItem.path,
    schema: { params: IdParams, body: CampaignItemBody, response: { 200: CampaignView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needOverseer(actor)
      const { id } = request.params
      await standing.campaigns.decide(actor, needId(parseCampaignId(id)), request.body)
      return oneCampaign(actor, id)
    },
  })
  app.route({
    ...routes.closeCampaign,
    url: routes.closeCampaign.path,
    schema: { params: IdParams, response: { 200: CampaignView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needOverseer(actor)
      await standing.campaigns.close(actor, needId(parseCampaignId(request.params.id)))
      return oneCampaign(actor, request.params.id)
    },
  })

  app.route({
    ...routes.exceptions,
    url: routes.exceptions.path,
    schema: { response: { 200: ListOf(ExceptionView), ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needPlantPerson(actor)
      const { at, states, subjects } = await register.read(plantsAsked(actor, undefined))
      const items = bundle()
        .register.exceptions.map((exception) =>
          viewer.exception(exception, compensationOf(exception, states, subjects, at)),
        )
        .toSorted((a, b) => a.endsAt - b.endsAt)
      return { items, next: null }
    },
  })
}

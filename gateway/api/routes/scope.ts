// The scope over HTTP: how it works out, what of it changed and waits for review, and what would be decided.

import { Type } from 'typebox'
import {
  assetsFor,
  parseAssetId,
  parseLogin,
  parseScopeChangeId,
  plantOf,
  type Asset,
  type Person,
} from '../../../policy/index.ts'
import type { Actor } from '../../access/authorize.ts'
import { explainQuestion } from '../../access/explain.ts'
import { readWhen } from '../../access/when.ts'
import { ExplainBody, ReviewScopeBody } from '../../contract/bundle-bodies.ts'
import { ExplainView, ScopeChangeView, ScopeReportView } from '../../contract/bundle-views.ts'
import { routes } from '../../contract/routes.ts'
import { InformationView, InterfaceView, ListOf } from '../../contract/views.ts'
import { GatewayError } from '../../errors.ts'
import { scopeChangeStates } from '../../store/scope-changes.ts'
import { informationViews, interfaceViews } from '../interface-view.ts'
import { bundleHands, openBundleViewer } from '../bundle-view.ts'
import { needHouseRole, needRole, type Logins } from '../logins.ts'
import { IdParams, needId, nextOf, PageQuery, pageOf, problemAnswers, type ApiScope } from '../scope.ts'
import { scopeReportView } from '../scope-view.ts'
import type { Services } from '../services.ts'
import { readsAll } from './plant-people.ts'

const readers = ['auditor', ...bundleHands] as const

export function scopeRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { store, bundle, scopeReview, clock, world } = services
  const viewer = openBundleViewer(services)

  app.route({
    ...routes.scopeReport,
    url: routes.scopeReport.path,
    schema: { querystring: Type.Object(PageQuery), response: { 200: ScopeReportView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needRole(actor, ...readers, 'approver')
      // An approver reads what their plants have; who answers for the whole, or checks it, reads all.
      const plants = readsAll(actor) ? null : actor.person.plants
      const { limit, before } = pageOf(request.query)
      if (before !== null && !/^[0-9]{1,9}$/.test(before))
        throw new GatewayError('malformed-query', 'cursor: expected the `next` of the page before')
      return scopeReportView(bundle(), { first: Number(before ?? 0), limit }, scopeReview.held(), clock.now(), plants)
    },
  })
  /** A page of what is read from the bundle whole; the cursor counts. */
  const pageOfAll = <T>(
    all: readonly T[],
    query: Parameters<typeof pageOf>[0],
  ): { items: T[]; next: string | null } => {
    const { limit, before } = pageOf(query)
    if (before !== null && !/^[0-9]{1,9}$/.test(before))
      throw new GatewayError('malformed-query', 'cursor: expected the `next` of the page before')
    const until = Number(before ?? 0) + limit
    return { items: all.slice(until - limit, until), next: until < all.length ? String(until) : null }
  }
  app.route({
    ...routes.interfaces,
    url: routes.interfaces.path,
    schema: { querystring: Type.Object(PageQuery), response: { 200: ListOf(InterfaceView), ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needRole(actor, ...readers, 'approver')
      const plants = readsAll(actor) ? null : actor.person.plants
      return pageOfAll(interfaceViews(bundle(), clock.now(), plants), request.query)
    },
  })
  app.route({
    ...routes.information,
    url: routes.information.path,
    schema: { querystring: Type.Object(PageQuery), response: { 200: ListOf(InformationView), ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needRole(actor, ...readers, 'approver')
      const plants = readsAll(actor) ? null : actor.person.plants
      return pageOfAll(informationViews(bundle(), plants), request.query)
    },
  })
  app.route({
    ...routes.scopeChanges,
    url: routes.scopeChanges.path,
    schema: {
      querystring: Type.Object({
        state: Type.Optional(Type.Union(scopeChangeStates.map((state) => Type.Literal(state)))),
        ...PageQuery,
      }),
      response: { 200: ListOf(ScopeChangeView), ...problemAnswers },
    },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needRole(actor, ...readers, 'safety-engineer')
      const page = pageOf(request.query)
      const rows = await store.scopeChanges.list({ state: request.query.state ?? null }, page)
      return { items: await viewer.scopeChanges(actor, rows), next: nextOf(rows, page.limit, rows.at(-1)?.id) }
    },
  })
  app.route({
    ...routes.reviewScopeChange,
    url: routes.reviewScopeChange.path,
    schema: { params: IdParams, body: ReviewScopeBody, response: { 200: ScopeChangeView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needHouseRole(actor, ...bundleHands)
      const id = needId(parseScopeChangeId(request.params.id))
      await scopeReview.review(actor, id, request.body.verdict, request.body.comment)
      const stored = await store.scopeChanges.byId(id)
      const [view] = stored ? await viewer.scopeChanges(actor, [stored]) : []
      if (!view) throw new GatewayError('not-found')
      return view
    },
  })
  app.route({
    ...routes.explain,
    url: routes.explain.path,
    schema: { body: ExplainBody, response: { 200: ExplainView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const { body } = request
      const asset = needAsset(actor, body.asset)
      const person = await needPerson(actor, asset, body.person)
      const requester = body.requester === undefined ? null : await needPerson(actor, asset, body.requester)
      if (body.action === 'approve' && requester === null)
        throw new GatewayError('malformed-body', 'requester: expected the login of who would have asked')
      const at = body.when && readWhen(body.when, plantOf(asset, bundle()), bundle().access, body.at)
      if (at?.kind === 'malformed') throw new GatewayError('invalid-window', at.text)
      const question = { ...body, asset, person, requester, when: at }
      const { decision, lines, supposed } = explainQuestion(question, bundle(), world(), {
        reach: actor.person.supplier === null,
      })
      return { decision: { ...decision }, lines: [...lines], supposed: [...supposed] }
    },
  })

  /** To a supplier's people, what they could not ask for is not there. */
  function needAsset({ person }: Actor, name: string): Asset {
    const parsed = parseAssetId(name)
    const asset = parsed.kind === 'ok' ? bundle().assets.get(parsed.id) : undefined
    const isHidden = person.supplier !== null && !assetsFor(person, bundle()).some(({ id }) => id === asset?.id)
    if (!asset || isHidden)
      throw new GatewayError('not-found', 'no asset is called so: name one from the list of assets')
    return asset
  }

  /** Oneself; another only for those who answer for the whole, or approve in the asset's plant. */
  async function needPerson(actor: Actor, asset: Asset, login: string | undefined): Promise<Person> {
    if (login === undefined || login === actor.person.login) return actor.person
    const isHere = actor.person.plants.includes(plantOf(asset, bundle()).id)
    needRole(actor, ...readers, ...(isHere ? (['approver'] as const) : []))
    const parsed = parseLogin(login)
    const found = parsed.kind === 'ok' ? await store.people.byLogin(parsed.id) : null
    if (!found) throw new GatewayError('not-found', 'nobody has this login')
    return found
  }
}

// Requests, approvals and grants over HTTP. The rules are the door's and the state machine's; here is only who may read.

import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import {
  houseRoles,
  overseesAll,
  parseGrantId,
  parsePlantId,
  parseRequestId,
  parseRequestSetId,
  type Changes,
  type PersonId,
  type PlantId,
  type Role,
} from '../../../policy/index.ts'
import type { Actor } from '../../access/authorize.ts'
import { ApproveBody, DenyBody, ExtendBody, KillBody, RequestBody } from '../../contract/bodies.ts'
import { routes } from '../../contract/routes.ts'
import { GrantView, ListOf, RequestView, SubmittedView } from '../../contract/views.ts'
import { GatewayError } from '../../errors.ts'
import type { Reach } from '../../store/whose.ts'
import type { Logins } from '../logins.ts'
import { IdParams, needId, nextOf, PageQuery, pageOf, problemAnswers, type ApiScope } from '../scope.ts'
import { PlantQuery } from '../plants-asked.ts'
import { readablePage } from '../readable-page.ts'
import type { Services } from '../services.ts'
import { decisionView } from '../access-view.ts'
import { openViewer } from '../view.ts'
import { refuseHidden } from './hidden.ts'

const RequestState = Type.Union(
  ['submitted', 'approved', 'refused', 'withdrawn', 'expired'].map((state) => Type.Literal(state)),
)

/** Only what was given: an optional field of a body may also be there and undefined. */
function given({ window, operationClass, escort, conditions, transfer }: NonNullable<ApproveBody['changes']>): Changes {
  return {
    ...(window ? { window } : {}),
    ...(operationClass ? { operationClass } : {}),
    ...(escort ? { escort } : {}),
    ...(conditions ? { conditions } : {}),
    ...(transfer === undefined ? {} : { transfer }),
  }
}

/** Plants whose requests and grants the person may read; null means all. */
function plantsOf({ person }: Actor): readonly PlantId[] | null {
  // Somebody of a supplier reads their own, whatever roles they were given beside.
  if (person.supplier !== null) return []
  if (overseesAll(person)) return null
  if (person.roles.some((role) => (houseRoles as readonly Role[]).includes(role))) return person.plants
  const here = person.roles.some((role) => role === 'approver' || role === 'escort' || role === 'safety-engineer')
  return here ? person.plants : []
}

/** Their own, or of a machine account they answer for. */
export function isTheirs({ person, machines = [] }: Actor, owner: PersonId): boolean {
  return owner === person.id || machines.includes(owner)
}

/** Whose rows are theirs. */
export const theirs = ({ person, machines = [] }: Actor): readonly PersonId[] => [person.id, ...machines]

export function mayRead(actor: Actor, owner: PersonId, plant: PlantId): boolean {
  return isTheirs(actor, owner) || (plantsOf(actor)?.includes(plant) ?? true)
}

/** The same for a list. */
export const readBy = (actor: Actor): Reach => ({ people: theirs(actor), plants: plantsOf(actor) })

export function accessRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { access, store } = services
  const viewer = openViewer(services)

  async function oneRequest(from: FastifyRequest, actor: Actor, id: string): Promise<RequestView> {
    const stored = await store.requests.byId(needId(parseRequestId(id)))
    if (stored && !mayRead(actor, stored.request.by, stored.plant)) return refuseHidden(services, from, actor)
    const [found] = stored ? await viewer.requests(actor, [stored]) : []
    if (!found) throw new GatewayError('not-found')
    return found
  }

  async function oneGrant(from: FastifyRequest, actor: Actor, id: string): Promise<GrantView> {
    const stored = await store.grants.byId(needId(parseGrantId(id)))
    if (stored && !mayRead(actor, stored.grant.person, stored.plant)) return refuseHidden(services, from, actor)
    const [found] = stored ? await viewer.grants([stored]) : []
    if (!found) throw new GatewayError('not-found')
    return found
  }

  app.route({
    ...routes.submit,
    url: routes.submit.path,
    schema: { body: RequestBody, response: { 201: SubmittedView, ...problemAnswers } },
    handler: async (request, reply) => {
      const actor = await logins.actor(request)
      const { tier = 'normal', criteria = [], rollback = '', files = [], partial = false, ...asked } = request.body
      const made = await access.submit(actor, { ...asked, tier, criteria, rollback, files, partial })
      const stored = await Promise.all(made.ids.map((id) => store.requests.byId(id)))
      const answer: SubmittedView = {
        set: made.set,
        requests: await viewer.requests(
          actor,
          stored.flatMap((one) => one ?? []),
        ),
        refused: made.refused.map(({ asset, decision }) => ({ asset, decision: decisionView(decision) })),
      }
      return reply.code(201).send(answer)
    },
  })
  app.route({
    ...routes.requests,
    url: routes.requests.path,
    schema: {
      querystring: Type.Object({
        state: Type.Optional(RequestState),
        mine: Type.Optional(Type.Literal('true')),
        ...PageQuery,
      }),
      response: { 200: ListOf(RequestView), ...problemAnswers },
    },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const page = pageOf(request.query)
      const own = request.query.mine === 'true'
      const filter = { kind: request.query.state ?? null, person: own ? theirs(actor) : readBy(actor) }
      const rows = await readablePage(
        page,
        (at) => store.requests.list(filter, at),
        (row) => row.request.id,
        (row) => mayRead(actor, row.request.by, row.plant),
      )
      return { items: await viewer.requests(actor, rows), next: nextOf(rows, page.limit, rows.at(-1)?.request.id) }
    },
  })
  app.route({
    ...routes.request,
    url: routes.request.path,
    schema: { params: IdParams, response: { 200: RequestView, ...problemAnswers } },
    handler: async (request) => oneRequest(request, await logins.actor(request), request.params.id),
  })
  app.route({
    ...routes.approve,
    url: routes.approve.path,
    schema: { params: IdParams, body: ApproveBody, response: { 200: RequestView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const { id } = await oneRequest(request, actor, request.params.id)
      const { digest, comment, changes } = request.body
      const answer = { digest, comment, ...(changes ? { changes: given(changes) } : {}) }
      await access.approve(actor, needId(parseRequestId(id)), answer)
      return oneRequest(request, actor, id)
    },
  })
  app.route({
    ...routes.deny,
    url: routes.deny.path,
    schema: { params: IdParams, body: DenyBody, response: { 200: RequestView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const { id } = await oneRequest(request, actor, request.params.id)
      await access.deny(actor, needId(parseRequestId(id)), request.body)
      return oneRequest(request, actor, id)
    },
  })
  app.route({
    ...routes.withdraw,
    url: routes.withdraw.path,
    schema: { params: IdParams, response: { 200: RequestView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const { id } = await oneRequest(request, actor, request.params.id)
      await access.withdraw(actor, needId(parseRequestId(id)))
      return oneRequest(request, actor, id)
    },
  })
  app.route({
    ...routes.withdrawSet,
    url: routes.withdrawSet.path,
    schema: { params: IdParams, response: { 200: ListOf(RequestView), ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const set = needId(parseRequestSetId(request.params.id))
      const [first] = await store.requests.ofSet(set)
      if (first && !isTheirs(actor, first.request.by)) return refuseHidden(services, request, actor)
      await access.withdrawSet(actor, set)
      return { items: await viewer.requests(actor, await store.requests.ofSet(set)), next: null }
    },
  })
  app.route({
    ...routes.grants,
    url: routes.grants.path,
    schema: {
      querystring: Type.Object({ state: Type.Optional(Type.Literal('open')), ...PlantQuery, ...PageQuery }),
      response: { 200: ListOf(GrantView), ...problemAnswers },
    },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const page = pageOf(request.query)
      const plant = request.query.plant === undefined ? null : needId(parsePlantId(request.query.plant))
      const filter = { open: request.query.state === 'open', person: readBy(actor), plant }
      const rows = await readablePage(
        page,
        (at) => store.grants.list(filter, at),
        (row) => row.grant.id,
        (row) => mayRead(actor, row.grant.person, row.plant),
      )
      return { items: await viewer.grants(rows), next: nextOf(rows, page.limit, rows.at(-1)?.grant.id) }
    },
  })
  app.route({
    ...routes.revoke,
    url: routes.revoke.path,
    schema: { params: IdParams, body: KillBody, response: { 200: GrantView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const grant = needId(parseGrantId((await oneGrant(request, actor, request.params.id)).id))
      const { reason, insist = false } = request.body
      await services.standing.revocations.askSafeState(actor, { kind: 'grant', id: grant }, insist)
      await access.revoke(actor, grant, reason)
      return oneGrant(request, actor, grant)
    },
  })
  app.route({
    ...routes.extend,
    url: routes.extend.path,
    schema: { params: IdParams, body: ExtendBody, response: { 200: GrantView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const { id } = await oneGrant(request, actor, request.params.id)
      await access.extend(actor, needId(parseGrantId(id)), request.body.until, request.body.comment)
      return oneGrant(request, actor, id)
    },
  })
}

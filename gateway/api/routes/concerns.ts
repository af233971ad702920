// Concerns over HTTP: reported by anybody about what they may read, read by who reported them, learned from by
// isms-managers.

import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import {
  assetsFor,
  parseAssetId,
  parseConcernId,
  parseSessionId,
  plantOf,
  type AssetId,
  type PlantId,
  type SessionId,
} from '../../../policy/index.ts'
import type { Actor } from '../../access/authorize.ts'
import { mayLearn } from '../../access/concerns.ts'
import { CloseConcernBody, ConcernBody } from '../../contract/concern-bodies.ts'
import { routes } from '../../contract/routes.ts'
import { ConcernView, ListOf } from '../../contract/views.ts'
import { GatewayError } from '../../errors.ts'
import type { StoredConcern } from '../../store/concerns.ts'
import type { Logins } from '../logins.ts'
import { refOf } from '../person-ref.ts'
import { IdParams, needId, problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'
import { mayRead } from './access.ts'
import { refuseHidden } from './hidden.ts'

interface About {
  readonly plant: PlantId | null
  readonly asset: AssetId | null
  readonly session: SessionId | null
}

export function concernRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { store, bundle, clock, standing } = services

  app.route({
    ...routes.reportConcern,
    url: routes.reportConcern.path,
    schema: { body: ConcernBody, response: { 201: ConcernView, ...problemAnswers } },
    handler: async (request, reply) => {
      const actor = await logins.actor(request)
      const { what, anonymous = false } = request.body
      if (what.trim() === '') throw new GatewayError('malformed-body', 'what: expected what happened, got none')
      const about = await aboutOf(request, actor, request.body)
      const made = await standing.concerns.report(actor, { what: what.trim(), anonymous, ...about })
      return reply.code(201).send(only(await viewsOf(actor, [made])))
    },
  })
  app.route({
    ...routes.concerns,
    url: routes.concerns.path,
    schema: {
      querystring: Type.Object({ state: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('all')])) }),
      response: { 200: ListOf(ConcernView), ...problemAnswers },
    },
    handler: async (request) => {
      const actor = await logins.actor(request)
      // Everybody reads their own; who learns from those of plants, these too.
      const { id, roles, supplier } = actor.person
      const person = supplier === null && roles.includes('isms-manager') ? null : id
      const all = await store.concerns.list({ open: request.query.state !== 'all', person })
      const rows = all.filter((row) => row.person === id || mayLearn(actor, row.plant))
      return { items: await viewsOf(actor, rows), next: null }
    },
  })
  app.route({
    ...routes.closeConcern,
    url: routes.closeConcern.path,
    schema: { params: IdParams, body: CloseConcernBody, response: { 200: ConcernView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const { learned } = request.body
      if (learned.trim() === '')
        throw new GatewayError('malformed-body', 'learned: expected what was learned, got none')
      const id = needId(parseConcernId(request.params.id))
      return only(await viewsOf(actor, [await standing.concerns.close(actor, id, learned.trim())]))
    },
  })

  /** What it is about, of what the person may read: anything else is not there. */
  async function aboutOf(from: FastifyRequest, actor: Actor, { session, asset }: ConcernBody): Promise<About> {
    if (session !== undefined) {
      const found = await store.sessions.byId(needId(parseSessionId(session)))
      if (found && !mayRead(actor, found.person, found.plant)) return refuseHidden(services, from, actor)
      if (!found) throw new GatewayError('not-found', 'no session has this id')
      return { plant: found.plant, asset: found.asset, session: found.id }
    }
    if (asset === undefined) return { plant: null, asset: null, session: null }
    const parsed = parseAssetId(asset)
    const found = parsed.kind === 'ok' ? bundle().assets.get(parsed.id) : undefined
    const isHidden =
      actor.person.supplier !== null && !assetsFor(actor.person, bundle()).some(({ id }) => id === found?.id)
    if (!found || isHidden)
      throw new GatewayError('not-found', 'no asset is called so: name one from the list of assets')
    return { plant: plantOf(found, bundle()).id, asset: found.id, session: null }
  }

  async function viewsOf(actor: Actor, rows: readonly StoredConcern[]): Promise<ConcernView[]> {
    const now = clock.now()
    const people = await store.people.byIds(rows.flatMap(({ person }) => person ?? []))
    return rows.map(({ id, plant, asset, session, words, person, at, dueAt, closed }) => ({
      id,
      plant,
      asset,
      assetName: asset === null ? null : (bundle().assets.get(asset)?.name ?? asset),
      session,
      what: words,
      by:
        person !== null && (mayLearn(actor, plant) || person === actor.person.id)
          ? refOf(people, person, bundle())
          : null,
      at,
      dueAt,
      overdue: closed === null && now >= dueAt,
      closed: closed === null ? null : { at: closed.at, learned: closed.learned },
    }))
  }
}

/** The one view of the one row. */
function only(views: readonly ConcernView[]): ConcernView {
  const [view] = views
  if (view === undefined) throw new GatewayError('not-found')
  return view
}

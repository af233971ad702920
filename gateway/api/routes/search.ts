// Search over recordings: stating a purpose, asking, and how the index stands.

import { PurposeBody, SearchBody } from '../../contract/bodies.ts'
import { routes } from '../../contract/routes.ts'
import { SearchIndexView, SearchOpenedView, SearchView } from '../../contract/views.ts'
import { viewers } from '../../evidence/viewing.ts'
import { needHouseRole, needRole, type Logins } from '../logins.ts'
import { refOf } from '../person-ref.ts'
import { IdParams, problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'

const usualLimit = 25

export function searchRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { search, store, bundle } = services

  async function indexView(): Promise<SearchIndexView> {
    if (search.index === null) return { on: false, recordings: 0, partial: 0, failed: 0, cut: 0, bytes: 0 }
    const { recordings, partial, failed, cut, bytes } = await search.index.counts()
    return { on: true, recordings, partial, failed, cut, bytes }
  }

  app.route({
    ...routes.openSearch,
    url: routes.openSearch.path,
    schema: { body: PurposeBody, response: { 201: SearchOpenedView, ...problemAnswers } },
    handler: async (request, reply) => {
      const actor = await logins.actor(request)
      needRole(actor, ...viewers)
      const { token, expiresAt } = search.open(actor, request.body.purpose)
      return reply.code(201).send({ token, expiresAt, index: await indexView() })
    },
  })
  app.route({
    ...routes.search,
    url: routes.search.path,
    schema: {
      params: IdParams,
      body: SearchBody,
      response: { 200: SearchView, ...problemAnswers },
    },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needRole(actor, ...viewers)
      const { query, cursor = null, limit = usualLimit } = request.body
      const { hits, next } = await search.query(actor, request.params.id, query, cursor, limit)
      const people = await store.people.byIds(hits.map(({ stored }) => stored.person))
      const current = bundle()
      return {
        hits: hits.map(({ stored, channel, side, atMs, snippet }) => ({
          session: stored.id,
          person: refOf(people, stored.person, current),
          asset: stored.asset,
          assetName: current.assets.get(stored.asset)?.name ?? stored.asset,
          startedAt: stored.startedAt,
          channel,
          side,
          at: atMs / 1_000,
          snippet: snippet.map((piece) => ({ ...piece })),
        })),
        next,
      }
    },
  })
  app.route({
    ...routes.searchIndex,
    url: routes.searchIndex.path,
    schema: { response: { 200: SearchIndexView, ...problemAnswers } },
    handler: async (request) => {
      needRole(await logins.actor(request), ...viewers)
      return indexView()
    },
  })
  app.route({
    ...routes.rebuildSearch,
    url: routes.rebuildSearch.path,
    schema: { response: { 200: SearchIndexView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needHouseRole(actor, ...viewers)
      await search.rebuild(actor)
      return indexView()
    },
  })
}

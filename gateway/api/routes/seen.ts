// Addresses seen in the network, over HTTP: holding them against the inventory, and saying what the unknown ones are.

import { Type } from 'typebox'
import { parseSeenAddressId, triageDays } from '../../../policy/index.ts'
import type { Actor } from '../../access/authorize.ts'
import { mayConfirm } from '../../access/walkdowns.ts'
import { SeenAddressesBody, TriageBody } from '../../contract/inventory-bodies.ts'
import { routes } from '../../contract/routes.ts'
import { ComparedView, SeenListView, SeenView } from '../../contract/views.ts'
import type { StoredSeen } from '../../store/seen-addresses.ts'
import type { Logins } from '../logins.ts'
import { refOf } from '../person-ref.ts'
import { IdParams, needId, nextOf, PageQuery, pageOf, problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'
import { needOverseer, needPlantPerson, readsAll } from './plant-people.ts'

const dayMs = 24 * 3_600_000

export function seenRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { store, seen, bundle, clock } = services

  app.route({
    ...routes.compareSeen,
    url: routes.compareSeen.path,
    schema: { body: SeenAddressesBody, response: { 200: ComparedView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needPlantPerson(actor)
      return seen.compare(actor, request.body.addresses)
    },
  })
  app.route({
    ...routes.seenAddresses,
    url: routes.seenAddresses.path,
    schema: {
      querystring: Type.Object({
        state: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('all')])),
        ...PageQuery,
      }),
      response: { 200: SeenListView, ...problemAnswers },
    },
    handler: async (request) => {
      const actor = await logins.actor(request)
      if (actor.person.roles.includes('engineer')) needPlantPerson(actor)
      else needOverseer(actor)
      const page = pageOf(request.query)
      const plants = readsAll(actor) ? null : actor.person.plants
      const read = await store.seenAddresses.list({ open: request.query.state !== 'all', plants }, page)
      const { declared, outstanding, ratio } = await seen.accuracy(plants)
      return {
        items: await viewsOf(actor, read),
        next: nextOf(read, page.limit, read.at(-1)?.id),
        accuracy: { declared, outstanding, ratio },
      }
    },
  })
  app.route({
    ...routes.triageSeen,
    url: routes.triageSeen.path,
    schema: { params: IdParams, body: TriageBody, response: { 200: SeenView, ...problemAnswers } },
    handler: async (request, reply) => {
      const actor = await logins.actor(request)
      needPlantPerson(actor)
      const { verdict, reason } = request.body
      const stored = await seen.triage(actor, needId(parseSeenAddressId(request.params.id)), verdict, reason)
      const [view] = await viewsOf(actor, [stored])
      return view ?? reply.callNotFound()
    },
  })

  async function viewsOf({ person }: Actor, rows: readonly StoredSeen[]): Promise<SeenView[]> {
    const people = await store.people.byIds(rows.flatMap(({ decided }) => (decided === null ? [] : [decided.by])))
    const now = clock.now()
    return rows.map((row) => {
      const triageBy = row.firstAt + triageDays * dayMs
      const { decided } = row
      return {
        id: row.id,
        address: row.address,
        plant: row.plant,
        firstAt: row.firstAt,
        lastAt: row.lastAt,
        triageBy,
        isOverdue: decided === null && now > triageBy,
        isDeclared: seen.isDeclared(row),
        decided: decided === null ? null : { ...decided, by: refOf(people, decided.by, bundle()) },
        mayTriage: mayConfirm(person, row.plant),
      }
    })
  }
}

// The custody of evidence: legal holds, deletion of recordings, erasure of personal data, and the space there is. Holding,
// proposing and confirming is for who looks at recordings, never for who runs the gateway.

import { Type } from 'typebox'
import {
  houseRoles,
  overseenPlants,
  oversees,
  overseesAll,
  parseDeletionId,
  parseErasureId,
  parseHoldId,
  parseLogin,
  parsePersonId,
  parseSessionId,
  type Commitment,
  type DeletionId,
  type ErasureSubject,
  type HoldTarget,
} from '../../../policy/index.ts'
import type { Actor } from '../../access/authorize.ts'
import { findTarget } from '../../access/ending.ts'
import { ReasonBody } from '../../contract/bodies.ts'
import { DeletionBody, ErasureBody, HoldBody } from '../../contract/custody-bodies.ts'
import { routes } from '../../contract/routes.ts'
import { DeletionView, DueView, ErasureView, HoldView, ListOf, StorageView } from '../../contract/views.ts'
import { GatewayError } from '../../errors.ts'
import { overseesHeld } from '../../evidence/holds.ts'
import { openCustodyViewer } from '../custody-view.ts'
import { needHouseRole, needRole, type Logins } from '../logins.ts'
import { plantsAsked, PlantQuery } from '../plants-asked.ts'
import { readablePage } from '../readable-page.ts'
import { IdParams, needId, nextOf, PageQuery, pageOf, problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'
import { refuseHidden } from './hidden.ts'

const custodians = ['auditor', 'isms-manager'] as const

export function custodyRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { store, bundle, custody } = services
  const viewer = openCustodyViewer(services)
  const page = Type.Object(PageQuery)

  function only<T>(views: readonly T[]): T {
    const [view] = views
    if (view === undefined) throw new GatewayError('not-found')
    return view
  }

  async function subjectOf({ kind, id }: ErasureBody['subject']): Promise<ErasureSubject> {
    // INVARIANT: the schema lets only the form of a commitment through.
    if (kind === 'commitment') return { kind, commitment: id as Commitment }
    const person = id.startsWith('per_')
      ? await store.people.byId(needId(parsePersonId(id)))
      : await store.people.byLogin(needId(parseLogin(id)))
    if (!person) throw new GatewayError('not-found', `no person has this id or login, \`${id}\``)
    return { kind, id: person.id }
  }

  /** Who looks over some plants reads deletions that are of these alone. */
  async function isTheirs({ person }: Actor, id: DeletionId): Promise<boolean> {
    if (overseesAll(person, custodians)) return true
    for (const { session } of await store.deletions.items(id)) {
      const stored = await store.sessions.byId(session)
      if (stored === null || !oversees(person, stored.plant, custodians)) return false
    }
    return true
  }

  app.route({
    ...routes.storage,
    url: routes.storage.path,
    schema: { querystring: Type.Object(PlantQuery), response: { 200: StorageView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needRole(actor, ...custodians, 'admin')
      const plants = plantsAsked(actor, request.query.plant)
      return viewer.storage(await custody.storage.read(), plants)
    },
  })
  app.route({
    ...routes.hold,
    url: routes.hold.path,
    schema: { body: HoldBody, response: { 201: HoldView, ...problemAnswers } },
    handler: async (request, reply) => {
      const actor = await logins.actor(request)
      needRole(actor, ...custodians)
      const { target: named, span = null, reason, reference } = request.body
      // A hold is about none of the kinds that are left out of its body.
      const target = (await findTarget(store, bundle(), named)) as HoldTarget
      const held = await custody.holds.hold(actor, { target, span, reason, reference })
      return reply.code(201).send(only(await viewer.holds(actor, [held])))
    },
  })
  app.route({
    ...routes.holds,
    url: routes.holds.path,
    schema: {
      querystring: Type.Object({ state: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('all')])) }),
      response: { 200: ListOf(HoldView), ...problemAnswers },
    },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needRole(actor, ...custodians, 'admin')
      const stored = []
      for (const hold of await store.holds.list(request.query.state !== 'all'))
        if (await overseesHeld(store, bundle(), actor.person, hold.target, houseRoles)) stored.push(hold)
      return { items: await viewer.holds(actor, stored), next: null }
    },
  })
  app.route({
    ...routes.releaseHold,
    url: routes.releaseHold.path,
    schema: { params: IdParams, body: ReasonBody, response: { 200: HoldView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needRole(actor, ...custodians)
      const id = needId(parseHoldId(request.params.id))
      return only(await viewer.holds(actor, [await custody.holds.release(actor, id, request.body.reason)]))
    },
  })
  app.route({
    ...routes.dueRecordings,
    url: routes.dueRecordings.path,
    schema: { querystring: page, response: { 200: ListOf(DueView), ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needRole(actor, ...custodians)
      const { limit, before } = pageOf(request.query)
      const plants = overseenPlants(actor.person, custodians)
      const { items, next } = await custody.deletions.due({ limit, after: before }, plants)
      return { items: await viewer.due(items), next }
    },
  })
  app.route({
    ...routes.proposeDeletion,
    url: routes.proposeDeletion.path,
    schema: { body: DeletionBody, response: { 201: DeletionView, ...problemAnswers } },
    handler: async (request, reply) => {
      const actor = await logins.actor(request)
      needRole(actor, ...custodians)
      const sessions = request.body.sessions.map((id) => needId(parseSessionId(id)))
      const deletion = await custody.deletions.propose(actor, sessions, request.body.reason)
      return reply.code(201).send(await viewer.deletion(actor, deletion))
    },
  })
  app.route({
    ...routes.deletions,
    url: routes.deletions.path,
    schema: { querystring: page, response: { 200: ListOf(DeletionView), ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needRole(actor, ...custodians)
      const asked = pageOf(request.query)
      const rows = await readablePage(
        asked,
        (from) => store.deletions.list(from),
        ({ id }) => id,
        (row) => isTheirs(actor, row.id),
      )
      const items = await Promise.all(rows.map((row) => viewer.deletion(actor, row)))
      return { items, next: nextOf(rows, asked.limit, rows.at(-1)?.id) }
    },
  })
  app.route({
    ...routes.deletion,
    url: routes.deletion.path,
    schema: { params: IdParams, response: { 200: DeletionView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needRole(actor, ...custodians)
      const stored = await store.deletions.byId(needId(parseDeletionId(request.params.id)))
      if (!stored) throw new GatewayError('not-found')
      if (!(await isTheirs(actor, stored.id))) return refuseHidden(services, request, actor)
      return viewer.deletion(actor, stored)
    },
  })
  for (const [name, step] of [
    ['confirmDeletion', 'confirm'],
    ['withdrawDeletion', 'withdraw'],
  ] as const)
    app.route({
      ...routes[name],
      url: routes[name].path,
      schema: { params: IdParams, body: ReasonBody, response: { 200: DeletionView, ...problemAnswers } },
      handler: async (request) => {
        const actor = await logins.actor(request)
        needRole(actor, ...custodians)
        const id = needId(parseDeletionId(request.params.id))
        return viewer.deletion(actor, await custody.deletions[step](actor, id, request.body.reason))
      },
    })
  app.route({
    ...routes.proposeErasure,
    url: routes.proposeErasure.path,
    schema: { body: ErasureBody, response: { 201: ErasureView, ...problemAnswers } },
    handler: async (request, reply) => {
      const actor = await logins.actor(request)
      needHouseRole(actor, ...custodians)
      const subject = await subjectOf(request.body.subject)
      const erasure = await custody.erasures.propose(actor, subject, request.body.reason)
      return reply.code(201).send(only(await viewer.erasures(actor, [erasure])))
    },
  })
  app.route({
    ...routes.erasures,
    url: routes.erasures.path,
    schema: { querystring: page, response: { 200: ListOf(ErasureView), ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needHouseRole(actor, ...custodians)
      const asked = pageOf(request.query)
      const rows = await store.erasures.list(asked)
      return { items: await viewer.erasures(actor, rows), next: nextOf(rows, asked.limit, rows.at(-1)?.id) }
    },
  })
  for (const [name, step] of [
    ['confirmErasure', 'confirm'],
    ['withdrawErasure', 'withdraw'],
  ] as const)
    app.route({
      ...routes[name],
      url: routes[name].path,
      schema: { params: IdParams, body: ReasonBody, response: { 200: ErasureView, ...problemAnswers } },
      handler: async (request) => {
        const actor = await logins.actor(request)
        needHouseRole(actor, ...custodians)
        const id = needId(parseErasureId(request.params.id))
        return only(await viewer.erasures(actor, [await custody.erasures[step](actor, id, request.body.reason)]))
      },
    })
}

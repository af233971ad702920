// The control register and the ledger behind it, for those who answer for them.

import { Type } from 'typebox'
import { exclusionsOf, overseenPlants } from '../../../policy/index.ts'
import { routes } from '../../contract/routes.ts'
import { EvidenceView, ListOf, EntryProofView, RegisterView } from '../../contract/views.ts'
import { GatewayError } from '../../errors.ts'
import { isOnlyOf } from '../../evidence/places.ts'
import { needRole, type Logins } from '../logins.ts'
import { placedEntries } from '../placed-entries.ts'
import { plantsAsked, PlantQuery } from '../plants-asked.ts'
import { PageQuery, pageOf, problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'

const readers = ['auditor', 'isms-manager', 'admin'] as const

export function evidenceRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { register, bundle, store, exports, places, proofs } = services

  app.route({
    ...routes.trust,
    url: routes.trust.path,
    handler: async (request, reply) => {
      await logins.actor(request)
      return reply.type('application/json').send(await exports.trust())
    },
  })
  app.route({
    ...routes.register,
    url: routes.register.path,
    schema: { querystring: Type.Object(PlantQuery), response: { 200: RegisterView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needRole(actor, ...readers, 'approver')
      const current = bundle()
      const plants = plantsAsked(actor, request.query.plant)
      const { at, size, controls } = await register.read(plants)
      return {
        computedAt: at,
        ledgerSize: size,
        plants: plants === null ? null : [...plants],
        scopeVersion: current.scope.version,
        statement: current.scope.statement,
        notCovered: [...exclusionsOf(current, plants)],
        controls: controls.map(({ row, state }) => ({
          id: state.control.id,
          title: state.control.title,
          description: state.control.description,
          owner: row.owner,
          risks: row.risks.map((id) => current.register.risks.find((risk) => risk.id === id)?.title ?? id),
          state: state.kind,
          reason: state.reason,
          population: state.population,
          events: Object.values(state.events).reduce((sum, count) => sum + count, 0),
          lastIndex: state.last?.index ?? null,
          lastAt: state.last?.at ?? null,
          freshness: state.freshness.words,
          failsWhen: state.control.failsWhen,
          evidenceEvents: [...state.control.evidenceEvents],
          offenders: state.offenders.map(({ index, text }) => ({ index, text })),
          mappings: Object.fromEntries(
            Object.entries(state.control.mappings).map(([standard, clauses]) => [standard, [...clauses]]),
          ),
        })),
      }
    },
  })
  app.route({
    ...routes.proof,
    url: routes.proof.path,
    schema: {
      params: Type.Object({ id: Type.String({ maxLength: 64 }) }),
      response: { 200: EntryProofView, ...problemAnswers },
    },
    handler: async (request) => {
      needRole(await logins.actor(request), ...readers)
      const { id } = request.params
      if (!/^(?:0|[1-9][0-9]{0,14})$/.test(id)) throw new GatewayError('not-found', 'expected the number of an entry')
      return proofs.of(Number(id))
    },
  })
  app.route({
    ...routes.evidence,
    url: routes.evidence.path,
    schema: {
      querystring: Type.Object({
        types: Type.Optional(Type.String({ maxLength: 512, pattern: '^[a-z_.,]+$' })),
        without: Type.Optional(Type.String({ maxLength: 512, pattern: '^[a-z_.,]+$' })),
        session: Type.Optional(Type.String({ maxLength: 64 })),
        ...PlantQuery,
        ...PageQuery,
      }),
      response: { 200: ListOf(EvidenceView), ...problemAnswers },
    },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needRole(actor, ...readers)
      const asked = plantsAsked(actor, request.query.plant)
      const { limit, before } = pageOf(request.query)
      if (before !== null && !/^[0-9]{1,15}$/.test(before))
        throw new GatewayError('malformed-query', 'cursor: expected the `next` of the page before')
      const filter = {
        types: request.query.types?.split(',').filter((type) => type !== '') ?? null,
        without: request.query.without?.split(',').filter((type) => type !== '') ?? [],
        session: request.query.session ?? null,
      }
      const { rows, next } = await placedEntries({ store, places }, filter, asked, {
        limit,
        before: before === null ? null : Number(before),
      })
      const events = rows.map(({ event }) => event)
      const texts = events.map(({ data }) => JSON.stringify(data))
      // What an entry says in commitments is for who looks over every plant it concerns; of none, for who looks over all.
      const theirs = overseenPlants(actor.person)
      const open = rows.flatMap(({ place }, i) =>
        isOnlyOf(place, theirs) ? (texts[i]?.match(/sha256:[0-9a-f]{64}/g) ?? []) : [],
      )
      const disclosed = await store.evidence.disclosed(open)
      const people = await store.people.byIds(texts.flatMap((text) => text.match(/per_[0-9a-z]{26}/g) ?? []))
      const names = [...people].map(([id, { displayName }]) => [id, displayName] as const)
      const meanings = [...disclosed, ...names]
      const items = events.map(({ index, at, type, data }, i) => ({
        index,
        at,
        type,
        data: { ...data },
        meaning: Object.fromEntries(meanings.filter(([name]) => texts[i]?.includes(name))),
      }))
      return { items, next }
    },
  })
}

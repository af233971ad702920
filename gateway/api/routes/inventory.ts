// The inventory over HTTP: confirming assets, how well what is in scope is covered, which clauses it supports evidence
// for, and whether the scope still fits.

import { Type } from 'typebox'
import { overseesAll } from '../../../policy/index.ts'
import { routes } from '../../contract/routes.ts'
import { ConfirmAssetsBody, ReviewFitBody } from '../../contract/inventory-bodies.ts'
import {
  ApplicabilityView,
  ConfirmedView,
  CoverageSnapshotView,
  CoverageView,
  ScopeFitView,
} from '../../contract/views.ts'
import type { Actor } from '../../access/authorize.ts'
import { GatewayError } from '../../errors.ts'
import { applicabilityView, coverageRow, fitTitles } from '../inventory-view.ts'
import { needHouseRole, needRole, type Logins } from '../logins.ts'
import { PageQuery, pageOf, problemAnswers, type ApiScope } from '../scope.ts'
import { refOf } from '../person-ref.ts'
import { plantsAsked, PlantQuery } from '../plants-asked.ts'
import type { Services } from '../services.ts'
import { openViewer } from '../view.ts'
import { needPlantPerson } from './plant-people.ts'

const overseers = ['auditor', 'isms-manager', 'admin'] as const

export function inventoryRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { store, bundle, clock, standing, coverage, scopeFits } = services
  const viewer = openViewer(services)

  app.route({
    ...routes.confirmAssets,
    url: routes.confirmAssets.path,
    schema: { body: ConfirmAssetsBody, response: { 201: ConfirmedView, ...problemAnswers } },
    handler: async (request, reply) => {
      const actor = await logins.actor(request)
      needPlantPerson(actor)
      const confirmed = await standing.walkdowns.confirm(actor, request.body.items)
      const grants = await store.grants.openOf(actor.person.id, clock.now())
      return reply.code(201).send({ items: confirmed.map((asset) => viewer.asset(actor, asset, grants)) })
    },
  })
  app.route({
    ...routes.coverage,
    url: routes.coverage.path,
    schema: {
      querystring: Type.Object({ ...PlantQuery, ...PageQuery }),
      response: { 200: CoverageView, ...problemAnswers },
    },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needRole(actor, ...overseers, 'approver')
      const { limit, before } = pageOf(request.query)
      if (before !== null && !/^[0-9]{1,9}$/.test(before))
        throw new GatewayError('malformed-query', 'cursor: expected the `next` of the page before')
      const from = Number(before ?? 0)
      const { at, size, report } = await coverage.coverage(plantsAsked(actor, request.query.plant))
      return {
        computedAt: at,
        ledgerSize: size,
        bundle: bundle().digest,
        scopeVersion: bundle().scope.version,
        counts: { ...report.counts },
        items: report.items.slice(from, from + limit).map(coverageRow),
        next: from + limit < report.items.length ? String(from + limit) : null,
      }
    },
  })
  app.route({
    ...routes.recordCoverage,
    url: routes.recordCoverage.path,
    schema: { response: { 201: CoverageSnapshotView, ...problemAnswers } },
    handler: async (request, reply) => {
      const actor = await logins.actor(request)
      needHouseRole(actor, ...overseers)
      const { counts, ...snapshot } = await coverage.record(actor.person.id)
      return reply.code(201).send({ ...snapshot, counts: { ...counts } })
    },
  })
  app.route({
    ...routes.applicability,
    url: routes.applicability.path,
    schema: { querystring: Type.Object(PlantQuery), response: { 200: ApplicabilityView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needRole(actor, ...overseers, 'approver')
      return applicabilityView(await coverage.applicability(plantsAsked(actor, request.query.plant)))
    },
  })
  app.route({
    ...routes.scopeFit,
    url: routes.scopeFit.path,
    schema: { response: { 200: ScopeFitView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needRole(actor, ...overseers)
      return fitView(actor)
    },
  })
  app.route({
    ...routes.reviewScopeFit,
    url: routes.reviewScopeFit.path,
    schema: { body: ReviewFitBody, response: { 201: ScopeFitView, ...problemAnswers } },
    handler: async (request, reply) => {
      const actor = await logins.actor(request)
      needPlantPerson(actor)
      await scopeFits.review(actor, request.body)
      return reply.code(201).send(await fitView(actor))
    },
  })

  async function fitView({ person }: Actor): Promise<ScopeFitView> {
    const { fit, last } = await scopeFits.report()
    const people = await store.people.byIds(last === null ? [] : [last.by])
    return {
      bundle: fit.bundle,
      scopeVersion: fit.scopeVersion,
      last: last === null ? null : { by: refOf(people, last.by, bundle()), at: last.at, decisions: last.decisions },
      dueAt: fit.dueAt,
      isDue: fit.isDue,
      findings: fit.findings.map(({ topic, count, items }) => ({
        topic,
        title: fitTitles[topic],
        count,
        items: items.map((item) => ({ ...item })),
      })),
      mayReview: overseesAll(person, ['isms-manager']),
    }
  }
}

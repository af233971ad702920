// Drills over HTTP: which there are and what their runs found, read by people of the plant; run by who may end access
// there.

import { oversees } from '../../../policy/index.ts'
import { routes } from '../../contract/routes.ts'
import { DrillRunView, DrillsView } from '../../contract/views.ts'
import { mayEnd } from '../../access/steps.ts'
import { attempts } from '../../drills/attempts.ts'
import { GatewayError } from '../../errors.ts'
import type { StoredDrillRun } from '../../store/drills.ts'
import type { Logins } from '../logins.ts'
import { refOf } from '../person-ref.ts'
import { IdParams, problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'
import { needOverseer } from './plant-people.ts'

const mostRuns = 50

export function drillRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { store, bundle, clock, drills } = services

  async function viewsOf(runs: readonly StoredDrillRun[]): Promise<DrillRunView[]> {
    const people = await store.people.byIds(runs.map(({ by }) => by))
    return runs.map(({ id, name, asset, plant, by, startedAt, ended }) => ({
      id,
      name,
      asset,
      plant,
      by: refOf(people, by, bundle()),
      startedAt,
      endedAt: ended?.at ?? null,
      outcome: ended?.outcome ?? null,
      steps: (ended?.steps ?? []).map(({ step, verdict, expected, got, tookMs, entries }) => ({
        step,
        title: attempts[step].title,
        verdict,
        expected,
        got,
        tookMs: tookMs ?? null,
        entries: [...entries],
      })),
    }))
  }

  app.route({
    ...routes.drills,
    url: routes.drills.path,
    schema: { response: { 200: DrillsView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needOverseer(actor)
      const { person } = actor
      const reads = (plant: StoredDrillRun['plant']): boolean =>
        person.plants.includes(plant) || oversees(person, plant, ['auditor', 'isms-manager', 'admin'])
      const now = clock.now()
      const states = (await drills.states()).filter(({ plant }) => reads(plant))
      const shown = []
      for (const { drill, plant, last, dueAt } of states) {
        const { name, asset, owner, everyDays, steps } = drill
        shown.push({
          name,
          plant,
          asset,
          owner,
          everyDays,
          steps: steps.map((step) => ({ step, title: attempts[step].title })),
          last: last === null ? null : ((await viewsOf([last]))[0] ?? null),
          dueAt,
          overdue: now >= dueAt,
          mayRun: mayEnd(person, plant),
        })
      }
      const runs = (await store.drillRuns.list(mostRuns)).filter(({ plant }) => reads(plant))
      return { drills: shown, runs: await viewsOf(runs) }
    },
  })
  app.route({
    ...routes.runDrill,
    url: routes.runDrill.path,
    schema: { params: IdParams, response: { 201: DrillRunView, ...problemAnswers } },
    handler: async (request, reply) => {
      const actor = await logins.actor(request)
      needOverseer(actor)
      const [view] = await viewsOf([await drills.run(actor, request.params.id)])
      if (view === undefined) throw new GatewayError('internal')
      return reply.code(201).send(view)
    },
  })
}

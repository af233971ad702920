// Samples over HTTP: drawing recordings to be looked at, and what was drawn.

import { parsePlantId, type PersonId } from '../../../policy/index.ts'
import { SampleBody } from '../../contract/custody-bodies.ts'
import { routes } from '../../contract/routes.ts'
import { ListOf, SampleView } from '../../contract/views.ts'
import type { Sample } from '../../evidence/samples.ts'
import { GatewayError } from '../../errors.ts'
import type { Logins } from '../logins.ts'
import { refOf } from '../person-ref.ts'
import { needId, problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'
import { needOverseer } from './plant-people.ts'

const dayMs = 24 * 3_600_000
/** What is drawn from where nobody says it. */
const usualSpan = 30 * dayMs

export function sampleRoutes(app: ApiScope, { store, bundle, clock, samples }: Services, logins: Logins): void {
  async function viewsOf(found: readonly Sample[]): Promise<SampleView[]> {
    const people = await store.people.byIds(found.map(({ by }) => by as PersonId))
    return found.map(({ sample, by, at, plants, since, until, count, checkpoint, population, drawn }) => ({
      id: sample,
      by: refOf(people, by, bundle()),
      at,
      plants: plants === null ? null : [...plants],
      since,
      until,
      count,
      checkpoint: { ...checkpoint },
      population,
      drawn: drawn.map((each) => ({ ...each })),
    }))
  }

  app.route({
    ...routes.samples,
    url: routes.samples.path,
    schema: { response: { 200: ListOf(SampleView), ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needOverseer(actor)
      return { items: await viewsOf(await samples.latest(actor)), next: null }
    },
  })
  app.route({
    ...routes.drawSample,
    url: routes.drawSample.path,
    schema: { body: SampleBody, response: { 201: SampleView, ...problemAnswers } },
    handler: async (request, reply) => {
      const actor = await logins.actor(request)
      const { count, plant, since, until = clock.now() } = request.body
      const [view] = await viewsOf([
        await samples.draw(actor, {
          count,
          until,
          since: since ?? until - usualSpan,
          plant: plant === undefined ? null : needId(parsePlantId(plant)),
        }),
      ])
      if (view === undefined) throw new GatewayError('internal')
      return reply.code(201).send(view)
    },
  })
}

// Physical sources over HTTP: reports come in signed by the system they come from, without a login; people of the plants
// read what is known. What a report means is access/physical-reports.ts's.

import { Type } from 'typebox'
import { prefix, routes } from '../../contract/routes.ts'
import { ListOf, PhysicalSourceView, PhysicalTakenView } from '../../contract/views.ts'
import { physicalCredential } from '../../access/physical-reports.ts'
import type { Logins } from '../logins.ts'
import { openPhysicalViewer } from '../physical-view.ts'
import { problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'
import { needPlantPerson, readsAll } from './plant-people.ts'

/** A report is a type, a time and a word. */
const bodyLimit = 4 * 1024

export function physicalRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { store, bundle } = services
  const viewer = openPhysicalViewer(services)
  app.route({
    ...routes.physical,
    url: routes.physical.path,
    schema: { response: { 200: ListOf(PhysicalSourceView), ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needPlantPerson(actor)
      const { physicalSources, zones } = bundle()
      const items: PhysicalSourceView[] = []
      const secrets = await store.credentials.held([...physicalSources.keys()].map(physicalCredential))
      for (const source of physicalSources.values()) {
        const plant = zones.get(source.zone)?.plant
        if (plant === undefined || (!readsAll(actor) && !actor.person.plants.includes(plant))) continue
        items.push(viewer.source(source, secrets.has(physicalCredential(source.id))))
      }
      return { items, next: null }
    },
  })
}

const SourceParams = Type.Object({ id: Type.String({ maxLength: 63 }) })

/** Of a scope of its own: a report has no login, and its body is read as the bytes that were signed. */
export function physicalIntake(app: ApiScope, { physical }: Pick<Services, 'physical'>): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit },
    async (_: unknown, body: Buffer) => body,
  )
  app.route({
    ...routes.reportPhysical,
    url: `${prefix}${routes.reportPhysical.path}`,
    schema: { params: SourceParams, response: { 202: PhysicalTakenView, ...problemAnswers } },
    handler: async (request, reply) => {
      const { headers } = request
      const outcome = await physical.take({
        source: request.params.id,
        headers: {
          id: headers['webhook-id'],
          timestamp: headers['webhook-timestamp'],
          signature: headers['webhook-signature'],
        },
        body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
        from: request.ip,
      })
      return reply.header('cache-control', 'no-store').code(202).send({ outcome })
    },
  })
}

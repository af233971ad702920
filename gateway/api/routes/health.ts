// What works, for everybody who is logged in. That the gateway answers at all is /healthz; whether sessions may begin,
// for the plant's monitoring, is /readyz: see server.ts.

import { routes } from '../../contract/routes.ts'
import { HealthView } from '../../contract/views.ts'
import { healthView } from '../health-view.ts'
import type { Logins } from '../logins.ts'
import { problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'

export function healthRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { bundle, carriers, clock, dependencies, parts } = services
  app.route({
    ...routes.health,
    url: routes.health.path,
    schema: { response: { 200: HealthView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const read = { parts: parts.read(), dependencies: dependencies.read(), carriers: carriers() }
      return healthView({ ...read, bundle: bundle(), now: clock.now() }, actor)
    },
  })
}

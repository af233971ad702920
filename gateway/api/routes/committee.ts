// What the risk committee gets to read, for those who answer for the whole house.

import { Type } from 'typebox'
import { overseesAll } from '../../../policy/index.ts'
import { routes } from '../../contract/routes.ts'
import { CommitteePackView } from '../../contract/views.ts'
import { GatewayError } from '../../errors.ts'
import { committeePack } from '../../evidence/committee-pack.ts'
import { needRole, type Logins } from '../logins.ts'
import { problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'

const readers = ['auditor', 'isms-manager', 'admin'] as const
const Moment = Type.String({ pattern: '^[0-9]{1,15}$', description: 'milliseconds since 1970-01-01T00:00:00Z' })

export function committeeRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { bundle, clock } = services
  app.route({
    ...routes.committeePack,
    url: routes.committeePack.path,
    schema: {
      querystring: Type.Object({ since: Moment, until: Type.Optional(Moment) }),
      response: { 200: CommitteePackView, ...problemAnswers },
    },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needRole(actor, ...readers)
      if (!overseesAll(actor.person, readers))
        throw new GatewayError('role-missing', 'what the committee reads is about every plant: yours are named')
      const { since, until } = request.query
      const pack = await committeePack(services, Number(since), until === undefined ? clock.now() + 1 : Number(until))
      const { scope } = bundle()
      return {
        ...pack,
        scopeVersion: scope.version,
        statement: scope.statement,
        sections: pack.sections.map((section) => ({ ...section, items: [...section.items] })),
      }
    },
  })
}

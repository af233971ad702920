// The risks of the register, for the plant's people: what is borne says where the plant is weak.

import { routes } from '../../contract/routes.ts'
import { RisksView } from '../../contract/views.ts'
import { needRole, type Logins } from '../logins.ts'
import { risksView } from '../risk-view.ts'
import { problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'

const readers = ['auditor', 'isms-manager', 'admin', 'approver', 'safety-engineer'] as const

export function riskRoutes(app: ApiScope, { bundle, clock }: Services, logins: Logins): void {
  app.route({
    ...routes.risks,
    url: routes.risks.path,
    schema: { response: { 200: RisksView, ...problemAnswers } },
    handler: async (request) => {
      needRole(await logins.actor(request), ...readers)
      return risksView(bundle(), clock.now())
    },
  })
}

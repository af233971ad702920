// Approval links over HTTP: from what stands in a message to the request it is about. Who may follow which is decided
// in outbox/links.ts; deciding about the request itself is access.ts's.

import { Type } from 'typebox'
import { routes } from '../../contract/routes.ts'
import { ApprovalLinkView } from '../../contract/views.ts'
import type { Logins } from '../logins.ts'
import { problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'

const LinkParams = Type.Object({ token: Type.String({ maxLength: 128 }) })

export function linkRoutes(app: ApiScope, { links }: Services, logins: Logins): void {
  app.route({
    ...routes.approvalLink,
    url: routes.approvalLink.path,
    schema: { params: LinkParams, response: { 200: ApprovalLinkView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      return { request: await links.follow(actor, request.params.token) }
    },
  })
}

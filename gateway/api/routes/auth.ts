// Login, renewal, logout, and who am I.

import { LoginBody } from '../../contract/bodies.ts'
import { routes } from '../../contract/routes.ts'
import { MeView, StatusView } from '../../contract/views.ts'
import { GatewayError } from '../../errors.ts'
import { Secret } from '../../secret.ts'
import type { Logins } from '../logins.ts'
import { problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'

export function authRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { authenticator, config, store, bundle, checkpoints, clock, version, ssh } = services

  app.route({
    ...routes.login,
    url: routes.login.path,
    schema: { body: LoginBody, response: { 200: MeView, ...problemAnswers } },
    config: { rateLimit: { max: config.https.loginsPerMinute, timeWindow: '1 minute' } },
    handler: async (request, reply) => {
      const { login, password, totp } = request.body
      const origin = { via: 'https', source: request.ip } as const
      const first = await authenticator.password(login, new Secret(password), origin)
      const complete = first.kind === 'good' ? await authenticator.totp(first.proof, totp, origin) : null
      // One answer for every cause: it tells a guesser nothing about which part was wrong.
      if (!complete) throw new GatewayError('login-failed')
      return logins.begin(reply, complete.person, complete.mfa)
    },
  })
  app.route({
    ...routes.refresh,
    url: routes.refresh.path,
    schema: { response: { 200: MeView, ...problemAnswers } },
    handler: (request, reply) => logins.renew(request, reply),
  })
  app.route({
    ...routes.logout,
    url: routes.logout.path,
    handler: async (request, reply) => {
      await logins.actor(request)
      await logins.end(request, reply)
      return reply.code(204).send()
    },
  })
  app.route({
    ...routes.me,
    url: routes.me.path,
    schema: { response: { 200: MeView, ...problemAnswers } },
    handler: (request) => logins.me(request),
  })
  app.route({
    ...routes.status,
    url: routes.status.path,
    schema: { response: { 200: StatusView, ...problemAnswers } },
    handler: async (request) => {
      await logins.actor(request)
      const checkpoint = await checkpoints.latest()
      return {
        version,
        stage: config.stage,
        bundle: bundle().digest,
        scopeVersion: bundle().scope.version,
        ssh: { ...ssh() },
        ledger: {
          size: await store.evidence.size(),
          origin: config.evidence.origin,
          checkpointAt: checkpoint?.at ?? null,
        },
        now: clock.now(),
      }
    },
  })
}

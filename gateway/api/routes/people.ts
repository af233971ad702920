// People: who has which role and from where, what is held together against a rule, and how a prepared account is taken into
// use. Accounts are changed on the gateway's own machine, by feeds, and by reviews.

import { Type } from 'typebox'
import { prefix, routes } from '../../contract/routes.ts'
import { EnrolmentBody, FinishEnrolmentBody } from '../../contract/people-bodies.ts'
import { AccountsView, EnrolmentView, FeedTakenView } from '../../contract/views.ts'
import { GatewayError } from '../../errors.ts'
import { minPasswordLength } from '../../identity/enrol.ts'
import { Secret } from '../../secret.ts'
import type { Logins } from '../logins.ts'
import { accountsView } from '../people-view.ts'
import { problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'
import { needOverseer, readsAll } from './plant-people.ts'

export function peopleRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { config, enrolment, store } = services
  // As many as logins: each is a try at a secret.
  const limited = { rateLimit: { max: config.https.loginsPerMinute, timeWindow: '1 minute' } }

  app.route({
    ...routes.people,
    url: routes.people.path,
    schema: { response: { 200: AccountsView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needOverseer(actor)
      const everybody = await store.people.list()
      const isHere = (plants: readonly string[]): boolean =>
        plants.some((plant) => actor.person.plants.some((p) => p === plant))
      return accountsView(services, readsAll(actor) ? everybody : everybody.filter(({ plants }) => isHere(plants)))
    },
  })
  app.route({
    ...routes.beginEnrolment,
    url: routes.beginEnrolment.path,
    schema: { body: EnrolmentBody, response: { 200: EnrolmentView, ...problemAnswers } },
    config: limited,
    handler: async (request) => {
      const { login, secret } = request.body
      const begun = await enrolment.begin(login, new Secret(secret), request.ip)
      if (begun.kind === 'refused') throw new GatewayError('login-failed')
      const { displayName, totpSecret, totpUri, until } = begun
      // Shown to whoever has the one-time secret: it is what they came for.
      return { displayName, totpSecret: totpSecret.expose(), totpUri: totpUri.expose(), until, minPasswordLength }
    },
  })
  app.route({
    ...routes.finishEnrolment,
    url: routes.finishEnrolment.path,
    schema: { body: FinishEnrolmentBody },
    config: limited,
    handler: async (request, reply) => {
      const { login, secret, password, totp } = request.body
      const given = { login, secret: new Secret(secret), password: new Secret(password), code: totp }
      const done = await enrolment.finish(given, request.ip)
      if (done.kind === 'refused') throw new GatewayError('login-failed')
      if (done.kind === 'invalid') throw new GatewayError('malformed-body', done.problem)
      return reply.code(204).send()
    },
  })
}

/** Some fifty thousand people. */
const mostFeedBytes = 16 * 1024 * 1024
const FeedParams = Type.Object({ id: Type.String({ maxLength: 60 }) })

/** Of a scope of its own: a feed has no login, and its body is read as the bytes that were signed. */
export function peopleFeedIntake(app: ApiScope, { peopleIntake }: Pick<Services, 'peopleIntake'>): void {
  app.removeAllContentTypeParsers()
  const asBytes = { parseAs: 'buffer', bodyLimit: mostFeedBytes } as const
  app.addContentTypeParser(['application/json', 'text/csv'], asBytes, async (_: unknown, body: Buffer) => body)
  app.route({
    ...routes.takePeopleFeed,
    url: `${prefix}${routes.takePeopleFeed.path}`,
    schema: { params: FeedParams, response: { 200: FeedTakenView, ...problemAnswers } },
    config: { rateLimit: { max: 6, timeWindow: '1 minute' } },
    onRequest: async ({ headers }) => {
      // A stranger cannot make us read so much: what is not even said to be signed is turned away before its body.
      if (typeof headers['webhook-signature'] !== 'string') throw new GatewayError('not-logged-in')
    },
    handler: async (request, reply) => {
      const { headers } = request
      const { rows, changes, unchanged, unmapped, problems } = await peopleIntake.take({
        feed: request.params.id,
        headers: {
          id: headers['webhook-id'],
          timestamp: headers['webhook-timestamp'],
          signature: headers['webhook-signature'],
        },
        body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
      })
      return reply.header('cache-control', 'no-store').send({
        rows,
        changed: changes.length,
        unchanged,
        unmapped,
        problems: problems.map(({ line, id, text }) => ({ line, id, text })),
      })
    },
  })
}
